// SPDX-License-Identifier: MIT
#include "core/train/probe_hook.h"

#include <ATen/ATen.h>

#include "core/base/dataset/probe_samples.h"
#include "core/base/runs/probe_codec.h"
#include "core/base/runs/probe_record.h"
#include "core/data/picture.h"
#include "core/train/lone_rank.h"

namespace switchyard::train {

ProbeHook::ProbeHook(const Assembly& assembly, RunRecord* record, Heartbeat& heartbeat)
    : config_(assembly.config), record_(record), heartbeat_(heartbeat) {
    active_ = dataset::hasProbe(config_) && !assembly.model->moeLayers().empty();
    together_ = config_.parallel.expert > 1 || config_.parallel.shard == Shard::kFsdp;
    if (active_ && (together_ || record != nullptr)) prepare(assembly);
}

void ProbeHook::prepare(const Assembly& assembly) {
    const dataset::ProbeSamples probe = dataset::openProbe(config_, assembly.data->labels());
    const bool pictures = config_.task.kind != TaskKind::kText;
    std::vector<runs::ProbeSample> told;
    for (const dataset::Sample* sample : probe.samples) {
        eval::TraceSample trace;
        trace.id = sample->name;
        if (!sample->texts.empty()) trace.text = sample->texts.front();
        if (!sample->pair.empty()) trace.pair = sample->pair;
        runs::ProbeSampleInfo info;
        Input input;
        if (pictures) {
            trace.picture = probe.data->picture(*sample);
            input.told.picture = io::encodePng(data::plainPicture(*trace.picture, config_));
            info.image = sample->image.empty() ? "" : (probe.data->root() / sample->image).string();
            info.patch_grid = config_.model.vision.image_size / config_.model.vision.patch_size;
            info.class_token = config_.model.vision.class_token;
        }
        input.batches = eval::prepareSample(trace, config_, assembly.tokenizer.get());
        info.id = sample->name;
        info.text = trace.text.value_or("");
        info.pair = sample->pair;
        info.token_ids = input.batches.token_ids;
        for (const std::int32_t id : info.token_ids) info.tokens.push_back(assembly.tokenizer->piece(id));
        input.told.info = runs::toJson(info);
        told.push_back(input.told);
        inputs_.push_back(std::move(input));
    }
    if (record_ != nullptr && record_->setProbeSamples(told)) {
        record_->warn("The samples of the routing probe are others than before: it is recorded anew", -1);
    }
}

void ProbeHook::atStart(Assembly& assembly, std::int64_t step) {
    // A resumed run has recorded its step already.
    if (step == 0) probe(assembly, step);
}

void ProbeHook::afterStep(Assembly& assembly, const StepReport& report) {
    const std::int64_t step = report.result.step;
    const bool due = step == 1 || (config_.probe.every > 0 && step % config_.probe.every == 0);
    if (due || step == assembly.steps || report.result.finish) probe(assembly, step);
}

void ProbeHook::probe(Assembly& assembly, std::int64_t step) {
    if (!active_) return;
    heartbeat_.phase("probe", step);
    if (together_) {
        record(assembly, step);
    } else if (record_ != nullptr) {
        record(assembly, step);
        exchangeDone(assembly, true, "probe");
    } else {
        while (!exchangeDone(assembly, false, "probe")) heartbeat_.phase("probe", step);
    }
}

void ProbeHook::record(Assembly& assembly, std::int64_t step) {
    const auto begin = std::chrono::steady_clock::now();
    const auto limit = std::chrono::duration<double>(config_.parallel.timeout_s / 4);
    auto told = begin;
    const parallel::Mesh alone;
    model::ForwardContext context;
    context.seed = static_cast<std::uint64_t>(config_.run.seed);
    context.mesh = together_ ? assembly.mesh.get() : &alone;
    context.units = assembly.sharding->units();
    assembly.model->eval();
    {
        // Not inference mode: between training steps the model keeps tensors made here, such as position biases.
        const at::NoGradGuard no_gradient;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            heartbeat_.phase("probe", step);
            const eval::SamplePass pass = eval::passSample(assembly.model, inputs_[i].batches, context);
            if (record_ != nullptr) write(assembly, step, static_cast<std::int64_t>(i), pass.routing());
            if (together_ || std::chrono::steady_clock::now() - told < limit) continue;
            exchangeDone(assembly, false, "probe");
            told = std::chrono::steady_clock::now();
        }
    }
    assembly.model->train();
    if (record_ == nullptr) return;
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    record_->add("perf/probe_ms", time.count(), step);
    record_->flush(true);
}

void ProbeHook::write(const Assembly& assembly, std::int64_t step, std::int64_t sample,
                      const std::vector<model::RoutingRecord>& routing) {
    const RunConfig::Moe& moe = config_.model.moe;
    for (const model::RoutingRecord& of_layer : routing) {
        record_->add(
            {step, of_layer.layer, sample, runs::encodeProbe(eval::routesOf(of_layer, moe), eval::weightsRule(moe))});
        if (sample != 0) continue;
        const at::Tensor bias = eval::selectionBias(assembly.model, of_layer.layer);
        if (!bias.defined()) continue;
        const auto* first = static_cast<const std::uint8_t*>(bias.const_data_ptr());
        record_->add(runs::ProbeRow{step, of_layer.layer, runs::kProbeBias, {first, first + bias.nbytes()}});
    }
}

}  // namespace switchyard::train
