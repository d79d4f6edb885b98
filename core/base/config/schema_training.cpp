// SPDX-License-Identifier: MIT
// Schema rows of `optim`, `train`, `parallel`, `checkpoint`, `log` and `eval`.
#include "core/base/config/schema_row.h"

namespace switchyard::config {
namespace {

constexpr double kManySteps = 1e12;

void addOptimRows(Rows& rows) {
    rows.push_back(SWITCHYARD_CHOICE(optim.name, "adamw").text("Optimizer", "", "The optimizer."));
    rows.push_back(SWITCHYARD_KEY(optim.lr).range(0, 100).text("Learning rate", "", "The highest learning rate."));
    rows.push_back(
        SWITCHYARD_KEY(optim.betas)
            .range(0, 0.99999999)
            .text("Betas", "first, second moment", "Decay of the running means of the gradient and of its square."));
    rows.push_back(
        SWITCHYARD_KEY(optim.eps).range(1e-16, 1).text("Epsilon", "", "Added to the denominator of the update."));
    rows.push_back(SWITCHYARD_KEY(optim.weight_decay)
                       .range(0, 10)
                       .text("Weight decay", "", "Decoupled weight decay, on matrices only."));
    rows.push_back(SWITCHYARD_CHOICE(optim.schedule, "constant", "cosine", "linear")
                       .text("Schedule", "", "How the learning rate falls after the warm-up: not, or to 0."));
    rows.push_back(SWITCHYARD_KEY(optim.warmup_steps)
                       .range(0, kManySteps)
                       .text("Warm-up", "steps", "The learning rate rises linearly from 0 over this many steps."));
    rows.push_back(SWITCHYARD_KEY(optim.grad_clip)
                       .range(0, 1e9)
                       .text("Gradient clip", "norm", "Gradients are scaled down to this total norm. 0 means never."));
    rows.push_back(SWITCHYARD_KEY(optim.head_lr)
                       .range(0, 10000)
                       .text("Head rate", "x learning rate", "The task heads' learning rate, times the learning rate."));
    rows.push_back(SWITCHYARD_KEY(optim.expert_lr)
                       .range(0, 10000)
                       .text("Expert rate", "x learning rate",
                             "The experts' and routers' learning rate, times the learning rate."));
    rows.push_back(
        SWITCHYARD_CHOICE(optim.state_dtype, "fp32", "bf16")
            .text("State type", "",
                  "Number format of the optimizer's two moments. bf16 halves their memory; they are rounded up or down at "
                  "random (reproducibly), so that small changes are not lost."));
    rows.push_back(SWITCHYARD_KEY(optim.in_backward)
                       .text("Update in backward", "",
                             "fsdp: a block's weights are updated during the backward pass and its gradients forgotten at "
                             "once. Saves a gradient's worth of memory; clipping then goes by the norm of the step before."));
}

void addTrainRows(Rows& rows) {
    rows.push_back(SWITCHYARD_KEY(train.steps)
                       .range(0, kManySteps)
                       .text("Steps", "updates",
                             "Length of the training in optimizer steps. 0, or left out beside epochs, takes it from "
                             "epochs."));
    rows.push_back(
        SWITCHYARD_KEY(train.epochs)
            .range(0, 1e6)
            .text("Epochs", "passes", "Length of the training in passes over the data. 0 takes it from steps."));
    rows.push_back(SWITCHYARD_KEY(train.global_batch)
                       .range(1, 16777216)
                       .text("Global batch", "samples", "Samples of one optimizer step, over all ranks."));
    rows.push_back(SWITCHYARD_KEY(train.micro_batch)
                       .range(0, 16777216)
                       .text("Micro batch", "samples a rank",
                             "Samples that a rank computes at once; gradients add up until the global batch is done. "
                             "0 means all of a rank's share."));
    rows.push_back(SWITCHYARD_CHOICE(train.precision, "fp32", "bf16", "fp16", "fp64")
                       .text("Precision", "",
                             "Number format of the computation. Weights stay in fp32 under bf16 and fp16, which scales the "
                             "loss; fp64 is for exact comparisons."));
    rows.push_back(SWITCHYARD_CHOICE(train.activation_checkpointing, "none", "block", "selective")
                       .text("Activation checkpointing", "",
                             "Which activations are computed again in the backward pass instead of kept: all of a block's, "
                             "or those of its feed-forward and experts, which are the widest."));
    rows.push_back(SWITCHYARD_CHOICE(train.non_finite, "stop", "skip", "rewind")
                       .text("Not finite", "",
                             "When the loss or a gradient of any rank is not finite: stop ends the run, skip leaves that "
                             "update out, rewind goes back to the newest checkpoint and on with the samples in another "
                             "order."));
    rows.push_back(SWITCHYARD_KEY(train.non_finite_limit)
                       .range(1, 1000000)
                       .text("Not finite, limit", "times",
                             "The run ends after so many updates left out in a row, or so many times gone back."));
}

void addParallelRows(Rows& rows) {
    rows.push_back(SWITCHYARD_KEY(parallel.ranks)
                       .range(1, 1024)
                       .text("Ranks", "processes", "Worker processes of the run; each takes a share of the batch."));
    rows.push_back(SWITCHYARD_KEY(parallel.expert)
                       .range(1, 1024)
                       .text("Expert ranks", "", "Ranks that the experts of a layer are spread over."));
    rows.push_back(
        SWITCHYARD_CHOICE(parallel.shard, "none", "oss", "zero2", "fsdp")
            .text("Sharding", "",
                  "What is split over ranks besides the batch: oss the optimizer's state, zero2 gradients too, fsdp weights "
                  "too."));
    rows.push_back(SWITCHYARD_KEY(parallel.reshard_after_forward)
                       .text("Reshard after forward", "",
                             "fsdp: a block's weights are given up after its forward pass and fetched again for the "
                             "backward. Off costs memory and saves an exchange."));
    rows.push_back(
        SWITCHYARD_CHOICE(parallel.reduce_dtype, "fp32", "bf16")
            .text("Reduction type", "",
                  "Number format of gradients on their way between ranks. bf16 halves the traffic and rounds each rank's "
                  "part once."));
    rows.push_back(SWITCHYARD_KEY(parallel.exchange_chunks)
                       .range(1, 64)
                       .text("Exchange in parts", "parts",
                             "Expert ranks: rows travel in this many parts, each while the experts of another part "
                             "compute. Pays where the network is slow; 1 sends all at once."));
    rows.push_back(
        SWITCHYARD_CHOICE(parallel.backend, "auto", "gloo", "nccl")
            .text("Back end", "", "Library for the exchange between ranks. auto is nccl on GPUs, else gloo."));
    rows.push_back(SWITCHYARD_CHOICE(parallel.device, "auto", "cpu", "cuda")
                       .text("Device", "", "Where the model runs. auto takes GPUs when there is one for each rank."));
    rows.push_back(SWITCHYARD_KEY(parallel.threads)
                       .range(0, 1024)
                       .text("Threads", "a rank", "Compute threads of each rank. 0 shares the cores out evenly."));
    rows.push_back(SWITCHYARD_KEY(parallel.timeout_s)
                       .range(1, 86400)
                       .text("Timeout", "seconds", "An exchange between ranks that takes longer counts as a hang."));
}

}  // namespace

void addTrainingRows(Rows& rows) {
    addOptimRows(rows);
    addTrainRows(rows);
    addParallelRows(rows);
    rows.push_back(
        SWITCHYARD_KEY(checkpoint.every)
            .range(0, kManySteps)
            .text("Every", "steps", "A checkpoint is written after this many steps. 0 means only at the end."));
    rows.push_back(SWITCHYARD_KEY(checkpoint.keep)
                       .range(1, 1000000)
                       .text("Keep", "checkpoints", "So many of the newest checkpoints are kept."));
    rows.push_back(SWITCHYARD_KEY(checkpoint.keep_every)
                       .range(0, kManySteps)
                       .text("Keep every", "steps",
                             "Checkpoints of steps that this divides are kept for good. 0 keeps none for that."));
    rows.push_back(SWITCHYARD_KEY(checkpoint.best)
                       .text("Keep the best", "metric",
                             "The checkpoint with the best value of this metric is kept too, such as "
                             "eval/retrieval/text_to_image_r1 or loss/total (where less is better). Empty keeps none."));
    rows.push_back(SWITCHYARD_KEY(checkpoint.async)
                       .text("Beside training", "",
                             "A checkpoint is written while training goes on, from a copy in memory of what the rank "
                             "writes. The last one is always waited for."));
    rows.push_back(SWITCHYARD_KEY(log.every)
                       .range(1, kManySteps)
                       .text("Every", "steps", "Metrics are recorded after this many steps."));
    rows.push_back(SWITCHYARD_KEY(log.tensorboard)
                       .text("TensorBoard", "", "Write TensorBoard event files beside the run's own records."));
    rows.push_back(
        SWITCHYARD_KEY(eval.every)
            .range(0, kManySteps)
            .text("Every", "steps", "The model is evaluated after this many steps. 0 means only at the end."));
    rows.push_back(SWITCHYARD_KEY(eval.tasks)
                       .items({"retrieval"})
                       .text("Tasks", "",
                             "What the evaluation measures. An empty list leaves it out. Text tasks and vqa are measured "
                             "by their own metrics."));
    rows.push_back(SWITCHYARD_KEY(eval.patience)
                       .range(0, 1000000)
                       .text("Patience", "evaluations",
                             "So many evaluations in a row without a better value of checkpoint.best end the run. 0 means "
                             "never."));
    rows.push_back(SWITCHYARD_KEY(probe.data)
                       .text("Samples from", "",
                             "Files with the samples of the routing probe, in the format of data.eval (synthetic: JSON "
                             "lines), relative to the data folder. Empty takes the first rows of data.eval."));
    rows.push_back(SWITCHYARD_KEY(probe.every)
                       .range(0, kManySteps)
                       .text("Every", "steps",
                             "After this many steps, and at the start and the end, it is written down where the routers "
                             "send each token of the probe's samples, for the Routing page. 0 means never."));
    rows.push_back(SWITCHYARD_KEY(probe.samples)
                       .range(1, 1024)
                       .text("Samples", "", "Samples of the routing probe; each passes through the model alone."));
}

}  // namespace switchyard::config
