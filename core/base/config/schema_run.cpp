// SPDX-License-Identifier: MIT
// Schema rows of `run` and `task`.
#include "core/base/config/schema_row.h"

namespace switchyard::config {

void addRunRows(Rows& rows) {
    constexpr double kLargestSeed = 9.2e18;
    rows.push_back(SWITCHYARD_KEY(run.name).text("Name", "", "Name of the run and of its folder."));
    rows.push_back(SWITCHYARD_KEY(run.dir).text(
        "Runs folder", "",
        "Folder in which the run's own folder is made. Empty means switchyard/runs in the XDG data folder."));
    rows.push_back(SWITCHYARD_KEY(run.seed)
                       .range(0, kLargestSeed)
                       .text("Seed", "",
                             "Start of every random draw: weights, sample order, augmentation, routing noise. The same "
                             "seed gives the same draws on any number of ranks."));
    rows.push_back(SWITCHYARD_KEY(run.deterministic)
                       .text("Deterministic", "",
                             "Use only algorithms that give the same bytes every time, which can be slower on GPUs."));
    rows.push_back(SWITCHYARD_KEY(run.tags).text("Tags", "", "Words to find the run by in the run list."));
    rows.push_back(SWITCHYARD_KEY(run.note).text("Note", "", "Free text kept with the run."));
    rows.push_back(SWITCHYARD_KEY(run.restarts)
                       .range(0, 1000)
                       .text("Restarts", "times",
                             "So often the run goes on by itself from its newest checkpoint when a rank was lost, hung "
                             "or ran out of memory. Never after a bad configuration, bad data or a loss that is not "
                             "finite."));

    rows.push_back(SWITCHYARD_CHOICE(task.kind, "multimodal", "text", "vqa")
                       .text("Task", "",
                             "What is trained: multimodal aligns images with their texts, text classifies or scores "
                             "texts and pairs of texts, vqa answers questions about images."));
    rows.push_back(SWITCHYARD_KEY(task.contrastive)
                       .range(0, 1000)
                       .text("Contrastive loss", "weight",
                             "Weight of the contrastive loss, which pulls matching texts and images together."));
    rows.push_back(SWITCHYARD_KEY(task.matching)
                       .range(0, 1000)
                       .text("Matching loss", "weight",
                             "Weight of the matching loss, which trains the fusion blocks to tell true pairs from hard "
                             "negatives. 0 leaves the fusion pass out of training."));
    rows.push_back(SWITCHYARD_KEY(task.matching_share)
                       .range(0, 1)
                       .text("Matching share", "of each block",
                             "Share of each block of samples that the matching loss looks at; less is faster."));
    rows.push_back(SWITCHYARD_KEY(task.matching_block)
                       .range(2, 65536)
                       .text("Matching block", "samples",
                             "Hard negatives are looked for among this many neighbours of the global batch, so they "
                             "are the same on any number of ranks."));
    rows.push_back(SWITCHYARD_KEY(task.names)
                       .items({"sst2", "cola", "mrpc", "rte", "stsb", "qnli", "sick", "tsv"})
                       .text("Text tasks", "",
                             "text: the task of each training file, in order. Several are trained together, each with "
                             "a head of its own. tsv is any table whose columns task.tsv_* name."));
    rows.push_back(SWITCHYARD_KEY(task.weights)
                       .range(0, 1000)
                       .text("Task weights", "", "text: weight of each task's loss, in order. Empty means 1 for all."));
    rows.push_back(SWITCHYARD_KEY(task.tsv_text).text("Text column", "", "Task tsv: name of the column with the text."));
    rows.push_back(SWITCHYARD_KEY(task.tsv_pair)
                       .text("Second column", "", "Task tsv: name of the column with a second text. Empty means none."));
    rows.push_back(SWITCHYARD_KEY(task.tsv_label)
                       .text("Label column", "", "Task tsv: name of the column with the class or the number."));
    rows.push_back(SWITCHYARD_KEY(task.tsv_score)
                       .text("Labels are numbers", "", "Task tsv: predict a number instead of a class."));
    rows.push_back(SWITCHYARD_KEY(task.answers)
                       .range(2, 1000000)
                       .text("Answers", "classes",
                             "vqa: so many of the most frequent training answers are classes; others can not be given."));
    rows.push_back(SWITCHYARD_KEY(task.head_dropout)
                       .range(0, 0.95)
                       .text("Head dropout", "probability", "text, vqa: dropout on what the task heads see in training."));
}

}  // namespace switchyard::config
