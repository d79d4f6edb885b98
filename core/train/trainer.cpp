// SPDX-License-Identifier: MIT
#include "core/train/trainer.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/util/error.h"
#include "core/base/util/log.h"
#include "core/data/batcher.h"
#include "core/train/assembly.h"
#include "core/train/checkpoint_hook.h"
#include "core/train/eval_hook.h"
#include "core/train/log_hook.h"
#include "core/train/peak_memory.h"
#include "core/train/pause.h"
#include "core/train/probe_hook.h"

namespace switchyard::train {
namespace {

void setUpLibTorch(const RunConfig& config, int world_size) {
    keepFreedMemory();
    at::set_num_threads(threadsFor(config, world_size));
    at::set_num_interop_threads(1);
    // Our own code writes every number before it reads it; filling fresh tensors would only cost time.
    at::globalContext().setDeterministicFillUninitializedMemory(false);
    at::globalContext().setDeterministicAlgorithms(config.run.deterministic, /*warn_only=*/false);
    if (config.run.deterministic) {
        at::globalContext().setDeterministicCuDNN(true);
        setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);  // read when cuBLAS starts
    }
}

/// The first lines of a rank's log: what it is and what it works with.
void tellStart(const Assembly& assembly, const launch::RankEnvironment& environment, const std::string& resume_checkpoint) {
    // Of the whole model, whatever part of it this rank has.
    std::map<std::string, std::int64_t> sizes;
    for (const parallel::Piece& piece : assembly.sharding->weights()) {
        sizes[piece.name] = std::accumulate(piece.global_shape.begin(), piece.global_shape.end(), std::int64_t{1}, std::multiplies<>());
    }
    std::int64_t parameters = 0;
    for (const auto& [name, size] : sizes) parameters += size;
    logLine(LogLevel::kInfo, "rank " + std::to_string(environment.rank) + " of " + std::to_string(environment.world_size) + ", " +
                                 std::to_string(at::get_num_threads()) + " threads, " + at::get_cpu_capability() + " kernels, device " +
                                 assembly.device.str() + ", LibTorch " TORCH_VERSION);
    logLine(LogLevel::kInfo, std::to_string(parameters) + " parameters, " + std::to_string(assembly.data->samples().size()) +
                                 " samples, " + std::to_string(assembly.steps) + " steps" +
                                 (resume_checkpoint.empty() ? "" : ", resumed from " + resume_checkpoint) +
                                 (assembly.rewind == 0 ? "" : ", order of samples " + std::to_string(assembly.rewind)));
}

/// logs/traffic-N.json: what this rank exchanged in its steps (docs/planning.md). Nobody needs it to go on.
void writeTraffic(const std::filesystem::path& file, const plan::Traffic& traffic, std::int64_t steps) {
    std::ofstream(file) << nlohmann::json{{"steps", steps}, {"collectives", plan::toJson(traffic)}}.dump(1) << '\n';
}

/// The step that ends the training because it is not finite is recorded too.
StepResult recordedStep(Assembly& assembly, const std::vector<data::Batch>& batches, std::int64_t step, const Wishes& wishes,
                        bool routing, RunRecord* record) {
    try {
        return trainStep(assembly, batches, step, wishes, routing);
    } catch (const NonFiniteError& error) {
        if (record != nullptr) {
            record->notFinite(error.experts(), error.step());
            record->endStep();
            record->flush(true);
        }
        throw;
    }
}

}  // namespace

TrainResult runRank(const runs::RunPaths& paths, launch::WorkerChannel& channel,
                    const launch::RankEnvironment& environment, const std::string& resume_checkpoint,
                    std::vector<std::unique_ptr<Hook>> more) {
    RunConfig config = config::loadOrThrow(paths.resolvedConfig().string());
    setUpLibTorch(config, environment.world_size);
    Heartbeat heartbeat(channel);
    heartbeat.phase("assemble", 0);
    plan::Traffic traffic;  // before the mesh, which counts in it
    Assembly assembly = assemble(config, paths.tokenizer(), environment, parallel::makeMesh, resume_checkpoint.empty());
    assembly.mesh->onCollective(
        [&](const char* name, std::uint64_t sequence) { heartbeat.beat(name, sequence); });
    const std::int64_t first = resume_checkpoint.empty() ? 0 : resume(assembly, resume_checkpoint);

    const bool records = environment.rank == 0;
    std::unique_ptr<RunRecord> record;
    if (records) record = std::make_unique<RunRecord>(paths, assembly.config, channel, first);
    tellStart(assembly, environment, resume_checkpoint);
    std::vector<std::unique_ptr<Hook>> hooks;
    hooks.push_back(std::make_unique<LogHook>(assembly.config, record.get(), channel));
    // Before a checkpoint: a run that goes on from there has the probe of that step.
    hooks.push_back(std::make_unique<ProbeHook>(assembly, record.get(), heartbeat));
    auto checkpoint_hook = std::make_unique<CheckpointHook>(paths, assembly.config, record.get(), channel, heartbeat);
    CheckpointHook& checkpoints = *checkpoint_hook;
    hooks.push_back(std::move(checkpoint_hook));
    auto eval_hook = std::make_unique<EvalHook>(assembly.config, assembly.data->labels(), record.get(), channel, heartbeat);
    const EvalHook& evaluations = *eval_hook;
    hooks.push_back(std::move(eval_hook));
    std::move(more.begin(), more.end(), std::back_inserter(hooks));

    data::Batcher batcher(assembly.config, *assembly.data, *assembly.tokenizer, environment.rank,
                          environment.world_size, first, assembly.steps, assembly.rewind);
    CommandInbox inbox(channel, environment.rank);
    assembly.model->train();
    channel.send({{"event", "ready"}, {"step", first}, {"steps", assembly.steps}});
    for (const auto& hook : hooks) hook->atStart(assembly, first);
    TrainResult outcome;
    outcome.step = first;
    bool finished = false;
    while (outcome.step < assembly.steps && !outcome.stopped && !finished) {
        const auto begin = std::chrono::steady_clock::now();
        heartbeat.phase("train", outcome.step);
        const std::vector<data::Batch> batches = batcher.next();
        const auto ready = std::chrono::steady_clock::now();
        if (record && outcome.step == first) record->add("perf/start_s", processAge_s(), first);
        const bool routing = std::any_of(hooks.begin(), hooks.end(),
                                         [&](const auto& hook) { return hook->wantsRouting(outcome.step + 1); });
        Wishes wishes = inbox.take();
        wishes.finish = evaluations.endedEarly();
        assembly.mesh->countIn(&traffic);
        const StepResult result = recordedStep(assembly, batches, outcome.step, wishes, routing, record.get());
        assembly.mesh->countIn(nullptr);
        outcome.step = result.step;
        finished = result.finish || result.step == assembly.steps;
        outcome.stopped = result.stop && !finished;
        const StepReport report{result, outcome.stopped || finished, std::chrono::steady_clock::now() - begin,
                                ready - begin};
        for (const auto& hook : hooks) hook->afterStep(assembly, report);
        checkpoints.noteEvaluation(assembly);
        if (!result.pause || report.last) continue;
        if (record) record->flush(true);
        outcome.stopped = holdRanks(assembly, result, inbox, checkpoints, heartbeat, channel);
    }
    writeTraffic(paths.rankTraffic(environment.rank), traffic, outcome.step - first);
    // No rank ends while another still waits for it.
    assembly.mesh->world().barrier("end");
    if (record) record->flush(true);
    logLine(LogLevel::kInfo, (outcome.stopped ? "stopped at step " : "finished at step ") + std::to_string(outcome.step));
    if (outcome.stopped) channel.send({{"event", "stopped"}, {"step", outcome.step}});
    return outcome;
}

}  // namespace switchyard::train
