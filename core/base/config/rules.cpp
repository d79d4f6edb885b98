// SPDX-License-Identifier: MIT
#include "core/base/config/rules.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/config/moe_layers.h"
#include "core/base/config/rule_words.h"
#include "core/base/config/values.h"

namespace switchyard::config {
namespace {

using Int = std::int64_t;

/// The largest product of sizes that is taken seriously: 2^50 numbers are four petabytes in fp32.
constexpr long double kMostNumbers = 1125899906842624.0L;

bool isPowerOfTwo(Int value) {
    return value > 0 && (value & (value - 1)) == 0;
}

class RuleChecker {
public:
    RuleChecker(const RunConfig& config, const NameKey& name_key) : config_(config), name_key_(name_key) {}

    std::vector<RuleProblem> check() {
        checkRun();
        checkTask();
        checkEncoders();
        checkExperts();
        checkData();
        checkProbe();
        checkOptim();
        checkBatch();
        checkSizes();
        return std::move(found_);
    }

private:
    /// The problem stands at the first of `keys`.
    RuleProblem& add(std::vector<std::string> keys, std::string message, std::string fix = {},
                     std::vector<std::string> suggestions = {}) {
        Problem problem;
        problem.path = keys.front();
        problem.message = std::move(message);
        problem.fix = std::move(fix);
        problem.suggestions = std::move(suggestions);
        found_.push_back({std::move(problem), std::move(keys)});
        return found_.back();
    }
    void warn(std::vector<std::string> keys, std::string message, std::string fix = {},
              std::vector<std::string> suggestions = {}) {
        add(std::move(keys), std::move(message), std::move(fix), std::move(suggestions)).problem.warning = true;
    }

    bool usesExperts() const {
        const RunConfig::Model& m = config_.model;
        const bool pictures = config_.task.kind != TaskKind::kText;
        return m.moe.experts > 0 && (m.text.moe_every > 0 || (pictures && (m.fusion.moe || m.vision.moe_every > 0)));
    }

    void checkRun() {
        const std::string& name = config_.run.name;
        constexpr std::size_t kLongestName = 100;
        const bool line =
            std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos || line ||
            name.size() > kLongestName) {
            add({"run.name"}, "run.name can not be a folder's name: \"" + name.substr(0, kLongestName) + "\"",
                "Use a short word without \"/\"");
        }
    }

    /// A text encoder without tasks, as `ckpt import` makes one: to start from and to ask for embeddings, not to train.
    bool encoderAlone() const {
        return config_.task.kind == TaskKind::kText && config_.task.names.empty() && config_.data.train.empty();
    }

    void checkTextTasks() {
        const RunConfig::Task& task = config_.task;
        const RunConfig::Data& data = config_.data;
        if (encoderAlone()) return;
        if (task.names.empty()) {
            add({"task.names", "task.kind"}, "A text run needs a task", "Name one for each training file, as in [sst2]");
        } else if (task.names.size() != data.train.size()) {
            add({"task.names", "data.train"},
                counted(static_cast<Int>(task.names.size()), "task") + " for " +
                    counted(static_cast<Int>(data.train.size()), "training file"),
                "Name one task for each file of " + name_key_("data.train"));
        }
        if (!data.eval.empty() && data.eval.size() != task.names.size()) {
            add({"data.eval", "task.names"}, "Evaluation needs one file for each task, in their order",
                "Name " + counted(static_cast<Int>(task.names.size()), "file"));
        }
        if (!task.weights.empty() && task.weights.size() != task.names.size()) {
            add({"task.weights", "task.names"}, "There is one weight for each task, or none at all",
                "Give " + counted(static_cast<Int>(task.names.size()), "weight"));
        }
        const std::set<std::string> distinct(task.names.begin(), task.names.end());
        if (distinct.size() != task.names.size()) {
            add({"task.names"}, "A task is named twice", "Put its files together in one, or use tsv for one of them");
        }
        if (distinct.count("tsv") > 0 && (task.tsv_text.empty() || task.tsv_label.empty())) {
            add({task.tsv_text.empty() ? "task.tsv_text" : "task.tsv_label", "task.names"},
                "The task tsv needs the names of its columns", "Set task.tsv_text and task.tsv_label");
        }
        if (data.format != DataFormat::kTsv) {
            add({"data.format", "task.kind"}, "Text tasks are read from tables", "Set data.format to tsv", {"tsv"});
        }
    }

    void checkTask() {
        const RunConfig::Task& task = config_.task;
        if (task.kind == TaskKind::kText) return checkTextTasks();
        if (config_.data.format == DataFormat::kTsv) {
            add({"data.format", "task.kind"}, "Tables hold text tasks, not images", "Set task.kind to text");
        }
        if (task.kind == TaskKind::kVqa) {
            if (config_.data.format == DataFormat::kSynthetic) {
                add({"data.format", "task.kind"}, "The synthetic images come with captions, not with questions",
                    "Set data.format to jsonl", {"jsonl"});
            }
            return;
        }
        if (task.contrastive == 0 && task.matching == 0) {
            add({"task.contrastive", "task.matching"}, "Both losses have weight 0, so nothing would be trained",
                "Give task.contrastive or task.matching a weight");
        }
        if (task.matching > 0 && task.matching_share == 0) {
            add({"task.matching_share", "task.matching"}, "The matching loss has a weight but looks at no sample",
                "Raise task.matching_share, or set " + name_key_("task.matching") + " to 0");
        }
    }

    void checkHeads(const std::string& section, Int dim, Int heads) {
        if (dim % heads == 0) return;
        const std::string dim_key = section + ".dim";
        const std::string heads_key = section + ".heads";
        const auto values = nearMultiples(dim, heads);
        add({dim_key, heads_key},
            "A width of " + std::to_string(dim) + " does not divide over " + counted(heads, "head"),
            useOneOf(values) + ", or change " + name_key_(heads_key), values);
    }

    void checkEncoders() {
        const RunConfig::Model& m = config_.model;
        checkHeads("model.text", m.text.dim, m.text.heads);
        checkAdapters("model.text", m.text.lora, m.text.init_from.empty());
        if (m.vision.pool == Pool::kFirst && !m.vision.class_token) {
            add({"model.vision.pool", "model.vision.class_token"}, "The first token is a patch, unless there is a class token",
                "Set " + name_key_("model.vision.class_token") + " to true", {"mean"});
        }
        checkUpcycling();
        checkHeads("model.vision", m.vision.dim, m.vision.heads);
        checkHeads("model.fusion", m.fusion.dim, m.fusion.heads);
        const Int size = m.vision.image_size;
        const Int patch = m.vision.patch_size;
        if (size % patch != 0) {
            const auto values = nearMultiples(size, patch);
            add({"model.vision.image_size", "model.vision.patch_size"},
                "An image of " + std::to_string(size) + " pixels does not divide into patches of " +
                    std::to_string(patch),
                useOneOf(values) + ", or change " + name_key_("model.vision.patch_size"), values);
        } else {
            const auto patches = static_cast<double>((size / patch) * (size / patch));
            if (patches * (1.0 - config_.data.image.augment.patch_drop) < 1.0) {
                add({"data.image.augment.patch_drop", "model.vision.image_size", "model.vision.patch_size"},
                    "Patch drop would leave no patch of an image", "Lower data.image.augment.patch_drop");
            }
        }
        if (m.vision.stem == Stem::kConv && (!isPowerOfTwo(patch) || patch < 2)) {
            Int below = 2;
            while (below * 2 <= patch) below *= 2;
            std::vector<std::string> values = {std::to_string(below)};
            if (patch > 2) values.push_back(std::to_string(below * 2));
            add({"model.vision.patch_size", "model.vision.stem"},
                "The conv stem halves the image, so its patch size must be a power of two, not " +
                    std::to_string(patch),
                useOneOf(values) + ", or set " + name_key_("model.vision.stem") + " to linear", values);
        }
        checkAdapters("model.vision", m.vision.lora, m.vision.init_from.empty());
    }

    void checkAdapters(const std::string& section, const RunConfig::Lora& lora, bool fresh) {
        const std::string at = section + ".lora.";
        std::set<std::string> seen;
        for (const std::string& target : lora.targets) {
            if (!seen.insert(target).second) add({at + "targets"}, "The target " + target + " is named twice", "Remove one");
        }
        if (lora.rank > 0 && lora.targets.empty()) {
            add({at + "targets", at + "rank"}, "Adapters are asked for, but on no matrix",
                "Name targets such as [q, v], or set " + name_key_(at + "rank") + " to 0");
        }
        if (lora.rank > 0 && lora.freeze_base && fresh) {
            warn({at + "freeze_base", at + "rank", section + ".init_from"},
                 "The matrices under the adapters start at random and stay frozen",
                 "Give " + section + ".init_from a checkpoint, or set " + at + "freeze_base to false", {"false"});
        }
    }

    void checkUpcycling() {
        const RunConfig::Moe& moe = config_.model.moe;
        const Int groups = moe.upcycle.groups;
        if (groups > 1 && moe.experts % groups != 0) {
            const auto values = nearMultiples(moe.experts, groups);
            add({"model.moe.experts", "model.moe.upcycle.groups"},
                counted(moe.experts, "expert") + " can not be made of whole FFNs cut into " + counted(groups, "group"),
                useOneOf(values), values);
        }
    }

    void checkMoeEvery(const std::string& section, Int every, Int layers) {
        if (every <= layers || config_.model.moe.experts == 0) return;
        warn({section + ".moe_every", section + ".layers", "model.moe.experts"},
             "No block gets experts: every " + std::to_string(every) + "th of " + counted(layers, "block"),
             "Use at most " + std::to_string(layers), {std::to_string(layers)});
    }

    void checkExperts() {
        const RunConfig::Moe& moe = config_.model.moe;
        const Int expert_ranks = config_.parallel.expert;
        checkMoeEvery("model.text", config_.model.text.moe_every, config_.model.text.layers);
        checkMoeEvery("model.vision", config_.model.vision.moe_every, config_.model.vision.layers);
        if (config_.parallel.ranks % expert_ranks != 0) {
            const auto values = nearDivisors(config_.parallel.ranks, expert_ranks, 1);
            add({"parallel.expert", "parallel.ranks"},
                counted(expert_ranks, "expert rank") + (expert_ranks == 1 ? " does" : " do") + " not divide " + counted(config_.parallel.ranks, "rank"),
                useOneOf(values) + ", or change " + name_key_("parallel.ranks"), values);
        }
        if (moe.experts == 0) return;
        if (!usesExperts()) {
            warn({"model.moe.experts", "model.fusion.moe", "model.text.moe_every", "model.vision.moe_every"},
                 "No block uses the experts", "Set " + name_key_("model.fusion.moe") + " to true, or experts to 0",
                 {"0"});
            return;
        }
        if (moe.experts % expert_ranks != 0) {
            const auto values = nearMultiples(moe.experts, expert_ranks);
            add({"model.moe.experts", "parallel.expert"},
                counted(moe.experts, "expert") + (moe.experts == 1 ? " does" : " do") + " not divide over " +
                    counted(expert_ranks, "expert rank"),
                useOneOf(values) + ", or change " + name_key_("parallel.expert"), values);
        }
        checkLayerExperts();
        checkGateKeys();
        const Int wanted = moe.gate == GateKind::kSwitch ? 1 : moe.gate == GateKind::kTop2 ? 2 : moe.top_k;
        if (moe.top_k != wanted) {
            add({"model.moe.top_k", "model.moe.gate"},
                std::string("The ") + (wanted == 1 ? "switch" : "top2") + " gate sends each token to " +
                    counted(wanted, "expert") + ", not " + std::to_string(moe.top_k),
                "Use " + std::to_string(wanted) + ", or change " + name_key_("model.moe.gate"),
                {std::to_string(wanted)});
        } else if (moe.experts < moe.top_k) {
            add({"model.moe.experts", "model.moe.top_k"},
                counted(moe.experts, "expert") + " can not serve " + std::to_string(moe.top_k) + " choices per token",
                "Use at least " + std::to_string(moe.top_k), {std::to_string(moe.top_k)});
        }
    }

    /// Each layer's own number: one for each MoE layer, whole, and within what holds for all.
    void checkLayerExperts() {
        const RunConfig::Moe& moe = config_.model.moe;
        if (moe.layer_experts.empty()) return;
        Int layers = 0;
        for (const MoePart part : {MoePart::kText, MoePart::kVision, MoePart::kFusion})
            layers += moeLayersIn(config_, part);
        const std::vector<std::string> keys = {"model.moe.layer_experts", "model.moe.experts"};
        const auto given = static_cast<Int>(moe.layer_experts.size());
        if (given != layers) {
            add(keys, "The model has " + counted(layers, "MoE layer") + ", not " + std::to_string(given),
                "Give " + counted(layers, "number") + ", or none");
            return;
        }
        for (const double value : moe.layer_experts) {
            const auto experts = static_cast<Int>(value);
            const std::string shown = realText(value);
            if (static_cast<double>(experts) != value || experts > moe.experts) {
                add(keys, shown + " can not be the experts of a layer",
                    "Use whole numbers of at most " + std::to_string(moe.experts) + ", or change " +
                        name_key_("model.moe.experts"));
            } else if (experts < moe.top_k) {
                add({"model.moe.layer_experts", "model.moe.top_k"},
                    "A layer of " + counted(experts, "expert") + " can not serve " + std::to_string(moe.top_k) +
                        " choices per token",
                    "Use at least " + std::to_string(moe.top_k));
            } else if (experts % config_.parallel.expert != 0) {
                add({"model.moe.layer_experts", "parallel.expert"},
                    "A layer's " + counted(experts, "expert") + (experts == 1 ? " does" : " do") + " not divide over " +
                        counted(config_.parallel.expert, "expert rank"),
                    useOneOf(nearMultiples(experts, config_.parallel.expert)) + ", or change " +
                        name_key_("parallel.expert"));
            } else if (moe.upcycle.groups > 1 && experts % moe.upcycle.groups != 0) {
                add({"model.moe.layer_experts", "model.moe.upcycle.groups"},
                    "A layer's " + counted(experts, "expert") + " can not be made of whole FFNs cut into " +
                        counted(moe.upcycle.groups, "group"),
                    useOneOf(nearMultiples(experts, moe.upcycle.groups)));
            } else {
                continue;
            }
            return;
        }
    }

    void checkGateKeys() {
        const RunConfig::Moe& moe = config_.model.moe;
        if (moe.gate == GateKind::kExpertChoice && config_.model.text.causal) {
            add({"model.moe.gate", "model.text.causal"},
                "Experts that choose among all tokens would let a causal text encoder see later tokens",
                "Choose another gate, or set " + name_key_("model.text.causal") + " to false", {});
        }
        if (moe.gate != GateKind::kTopK && (moe.bias_balance > 0 || moe.score != RouterScore::kSoftmax)) {
            const std::string key = moe.bias_balance > 0 ? "model.moe.bias_balance" : "model.moe.score";
            warn({key, "model.moe.gate"}, "Only the topk gate uses this key", "Set " + name_key_("model.moe.gate") + " to topk", {"topk"});
        }
        if (moe.gate != GateKind::kNoisyTopK && moe.losses.load > 0) {
            warn({"model.moe.losses.load", "model.moe.gate"}, "Only the noisy_topk gate has a load loss",
                 "Set " + name_key_("model.moe.losses.load") + " to 0", {"0"});
        }
    }

    void checkData() {
        const RunConfig::Data& data = config_.data;
        if (data.format != DataFormat::kSynthetic && data.train.empty() && !encoderAlone()) {
            add({"data.train", "data.format"}, "data.train names no file", "Name the files, as in [train.jsonl]");
        }
        for (const auto& [path, files] : {std::pair("data.train", &data.train), std::pair("data.eval", &data.eval)}) {
            if (std::find(files->begin(), files->end(), "") != files->end()) {
                add({path}, std::string(path) + " names a file without a name", "Remove the empty item");
            }
        }
        if (data.format == DataFormat::kSynthetic && data.synthetic.samples < config_.train.global_batch) {
            const std::string least = std::to_string(config_.train.global_batch);
            add({"data.synthetic.samples", "train.global_batch", "data.format"},
                counted(data.synthetic.samples, "sample") + " can not fill a batch of " + least,
                "Use at least " + least + ", or change " + name_key_("train.global_batch"), {least});
        }
        const RunConfig::Image& image = data.image;
        if (image.mean.size() != 3)
            add({"data.image.mean"}, "data.image.mean needs three values, for red, green and blue");
        if (image.std.size() != 3)
            add({"data.image.std"}, "data.image.std needs three values, for red, green and blue");
        if (std::any_of(image.std.begin(), image.std.end(), [](double v) { return v <= 0; })) {
            add({"data.image.std"}, "data.image.std divides the pixels, so it must be above 0");
        }
    }

    void checkProbe() {
        const RunConfig::Probe& probe = config_.probe;
        if (probe.data.empty()) return;
        const std::vector<std::string>& names = config_.task.names;
        if (std::find(probe.data.begin(), probe.data.end(), "") != probe.data.end()) {
            add({"probe.data"}, "probe.data names a file without a name", "Remove the empty item");
        } else if (config_.task.kind == TaskKind::kText && probe.data.size() != names.size()) {
            add({"probe.data", "task.names"}, "The probe needs one file for each task, in their order",
                "Name " + counted(static_cast<Int>(names.size()), "file"));
        } else if (probe.every == 0) {
            warn({"probe.data", "probe.every"}, "These samples are not used: the routing probe is off",
                 "Set " + name_key_("probe.every") + " to a number of steps");
        } else if (!usesExperts()) {
            warn({"probe.data", "model.moe.experts"}, "These samples are not used: no block has experts, so nothing is routed",
                 "Remove probe.data");
        }
    }

    void checkOptim() {
        if (config_.eval.patience > 0 && (config_.checkpoint.best.empty() || config_.eval.every == 0)) {
            add({"eval.patience", "checkpoint.best", "eval.every"}, "Patience needs a metric to watch, and evaluations on the way",
                "Set checkpoint.best to a metric, such as eval/sst2/accuracy, and " + name_key_("eval.every") + " to a number of steps");
        }
        const RunConfig::Optim& optim = config_.optim;
        const RunConfig::Train& train = config_.train;
        if (optim.betas.size() != 2) {
            add({"optim.betas"}, "optim.betas needs two values, for the first and the second moment",
                "Write [0.9, 0.98]", {"[0.9, 0.98]"});
        }
        if (train.steps == 0 && train.epochs == 0) {
            add({"train.steps", "train.epochs"}, "The training has no length",
                "Give train.steps or train.epochs a value");
        } else if (train.steps > 0 && train.epochs > 0) {
            add({"train.steps", "train.epochs"}, "The training's length is given twice",
                "Keep train.steps or " + name_key_("train.epochs"));
        }
        if (train.steps > 0 && train.epochs == 0 && optim.warmup_steps > train.steps) {
            warn({"optim.warmup_steps", "train.steps"},
                 "The warm-up of " + counted(optim.warmup_steps, "step") + " is longer than the training",
                 "Use at most " + std::to_string(train.steps), {std::to_string(train.steps)});
        }
    }

    void checkBatch() {
        const RunConfig::Parallel& parallel = config_.parallel;
        const Int batch = config_.train.global_batch;
        if (parallel.backend == Backend::kNccl && parallel.device == Device::kCpu) {
            add({"parallel.backend", "parallel.device"}, "NCCL moves data between GPUs only", "Use gloo or auto",
                {"gloo", "auto"});
        }
        const bool pairs = config_.task.kind == TaskKind::kMultimodal;
        if (pairs && config_.task.contrastive > 0 && batch < 2) {
            add({"train.global_batch", "task.contrastive"},
                "The contrastive loss needs at least two samples to compare", "Use at least 2", {"2"});
        }
        if (batch % parallel.ranks != 0) {
            const auto values = nearMultiples(batch, parallel.ranks);
            add({"train.global_batch", "parallel.ranks"},
                "A global batch of " + std::to_string(batch) + " does not divide over " +
                    counted(parallel.ranks, "rank"),
                useOneOf(values) + ", or change " + name_key_("parallel.ranks"), values);
            return;
        }
        if (config_.train.non_finite == NonFinite::kRewind && config_.checkpoint.every == 0) {
            add({"train.non_finite", "checkpoint.every"}, "There is no checkpoint to go back to during training",
                "Set " + name_key_("checkpoint.every") + " to a number of steps", {"stop"});
        }
        const Int share = batch / parallel.ranks;
        const Int micro = config_.train.micro_batch == 0 ? share : config_.train.micro_batch;
        if (config_.optim.state_dtype == StoredType::kBf16 && config_.train.precision == Precision::kFp64) {
            add({"optim.state_dtype", "train.precision"}, "fp64 is for exact comparisons, and bf16 moments are rounded",
                "Use fp32, which keeps them in the weights' own type", {"fp32"});
        }
        if (parallel.reduce_dtype == StoredType::kBf16 && config_.train.precision == Precision::kFp64) {
            add({"parallel.reduce_dtype", "train.precision"}, "fp64 is for exact comparisons, and bf16 sums are rounded",
                "Use fp32, which leaves gradients in their own type", {"fp32"});
        }
        if (config_.optim.in_backward && config_.train.non_finite == NonFinite::kSkip) {
            add({"optim.in_backward", "train.non_finite"},
                "An update in the backward pass has begun before every gradient is known, so it can not be left out",
                "Use stop or rewind", {"stop", "rewind"});
        }
        if (config_.optim.in_backward && parallel.shard != Shard::kFsdp) {
            add({"optim.in_backward", "parallel.shard"}, "Updates in the backward pass need the flat shards of fsdp",
                "Set " + name_key_("parallel.shard") + " to fsdp (on any number of ranks)", {"false"});
        }
        if (config_.optim.in_backward && config_.train.precision == Precision::kFp16) {
            add({"optim.in_backward", "train.precision"}, "fp16 looks at all gradients before it updates any weight", "Use bf16", {"bf16"});
        }
        if (config_.optim.in_backward && micro < share) {
            add({"optim.in_backward", "train.micro_batch"}, "Updates in the backward pass leave no gradient to add up over micro batches",
                "Set " + name_key_("train.micro_batch") + " to 0", {"false"});
        }
        if (share % micro != 0) {
            const auto values = nearDivisors(share, micro, 1);
            add({"train.micro_batch", "train.global_batch", "parallel.ranks"},
                "A micro batch of " + std::to_string(micro) + " does not divide a rank's share of " +
                    counted(share, "sample"),
                useOneOf(values) + ", or change " + name_key_("train.global_batch"), values);
            return;
        }
        const Int block = config_.task.matching_block;
        if (pairs && config_.task.matching > 0 && micro % block != 0) {
            const auto values = nearDivisors(micro, block, 2);
            std::string fix = values.empty() ? "" : useOneOf(values) + ", or ";
            fix += (values.empty() ? "Change " : "change ") +
                   name_key_(config_.train.micro_batch == 0 ? "train.global_batch" : "train.micro_batch");
            add({"task.matching_block", "task.matching", "train.micro_batch", "train.global_batch", "parallel.ranks"},
                "Matching blocks of " + std::to_string(block) + " do not divide the " + counted(micro, "sample") +
                    " that a rank computes at once",
                fix, values);
        }
    }

    void limitProduct(std::vector<std::string> keys, const std::string& what, std::initializer_list<Int> factors) {
        long double product = 1;
        std::string shown;
        for (const Int factor : factors) {
            product *= static_cast<long double>(factor);
            shown += (shown.empty() ? "" : " x ") + std::to_string(factor);
        }
        if (product <= kMostNumbers) return;
        add(std::move(keys), what + " would take " + shown + " numbers, more than any computer holds",
            "Use smaller sizes");
    }

    /// Sizes are multiplied as 64-bit integers later on; these limits keep every product far from overflow.
    void checkSizes() {
        const RunConfig::Model& m = config_.model;
        const Int batch = config_.train.global_batch;
        const auto encoder = [&](const std::string& section, Int layers, Int dim, Int ffn) {
            limitProduct({section + ".dim", section + ".layers", section + ".ffn_dim"}, "The blocks of " + section,
                         {layers, dim, std::max(dim * 4, ffn * 2)});
        };
        encoder("model.text", m.text.layers, m.text.dim, m.text.ffn_dim);
        encoder("model.vision", m.vision.layers, m.vision.dim, m.vision.ffn_dim);
        encoder("model.fusion", m.fusion.layers, m.fusion.dim, m.fusion.ffn_dim);
        limitProduct({"model.text.vocab_size", "model.text.dim"}, "The token table", {m.text.vocab_size, m.text.dim});
        if (usesExperts()) {
            const Int widest = std::max({m.text.dim, m.vision.dim, m.fusion.dim});
            limitProduct(
                {"model.moe.experts", "model.moe.hidden_dim", "model.text.dim", "model.vision.dim", "model.fusion.dim"},
                "The experts of a layer", {m.moe.experts, m.moe.hidden_dim, 2, widest});
        }
        limitProduct({"train.global_batch", "model.vision.image_size"}, "The images of a step",
                     {batch, 3, m.vision.image_size, m.vision.image_size});
        limitProduct({"train.global_batch", "model.text.max_tokens", "model.text.ffn_dim"}, "The texts of a step",
                     {batch, m.text.max_tokens, m.text.ffn_dim});
        const Int side = m.vision.image_size / m.vision.patch_size;
        limitProduct({"train.global_batch", "model.vision.heads", "model.vision.image_size", "model.vision.patch_size"},
                     "The attention of a step", {batch, m.vision.heads, side * side, side * side});
    }

    const RunConfig& config_;
    const NameKey& name_key_;
    std::vector<RuleProblem> found_;
};

}  // namespace

std::vector<RuleProblem> checkRulesWithPlaces(const RunConfig& config, const NameKey& name_key) {
    return RuleChecker(config, name_key).check();
}

}  // namespace switchyard::config
