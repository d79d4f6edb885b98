// SPDX-License-Identifier: MIT
#include "core/eval/ask.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "core/eval/request_fields.h"
#include "core/eval/trace.h"

namespace switchyard::eval {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& fix) {
    throw Error(ExitCode::kUsage, what, {}, fix);
}

bool isBlank(const std::optional<std::string>& text) {
    return !text || text->find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

bool takesPair(const LoadedModel& model, std::size_t task) {
    return !dataset::textTask(model.labels()[task].task, model.config().task).pair.empty();
}

/// The model reads a question, or a caption, and a picture.
void checkPicture(const LoadedModel& model, const TraceSample& sample, const AskOptions& options) {
    const bool vqa = model.config().task.kind == TaskKind::kVqa;
    if (isBlank(sample.text)) {
        refuse(vqa ? "there is no question" : "there is no text to compare the picture with",
               vqa ? "Give a question about the picture" : "Give a text");
    }
    if (!sample.picture)
        refuse(
            vqa ? "the question is about a picture, and there is none" : "there is no picture to compare the text with",
            "Give a picture");
    if (sample.pair) refuse("the model reads one text beside the picture, not two", "Leave the second one out");
    if (!options.task.empty() && vqa) model.taskNamed(options.task);
}

void checkTexts(const LoadedModel& model, const TraceSample& sample, const AskOptions& options) {
    if (model.labels().empty())
        refuse("the model has no head for a task: there is nothing that it could answer",
               "Train it on one (docs/model.md), or take another checkpoint");
    if (sample.picture) refuse("the model reads texts alone, no pictures", "Leave the picture out");
    if (isBlank(sample.text)) refuse("there is no text", "Give one");
    const bool pair = !isBlank(sample.pair);
    if (!options.task.empty()) {
        const bool two = takesPair(model, model.taskNamed(options.task));
        if (two && !pair)
            refuse("the task " + options.task + " is about two texts, and there is one", "Give the second one as well");
        if (!two && pair)
            refuse("the task " + options.task + " is about one text, and there are two", "Leave the second one out");
        return;
    }
    for (std::size_t task = 0; task < model.labels().size(); ++task) {
        if (takesPair(model, task) == pair) return;
    }
    refuse(pair ? "the model's tasks are about one text, and there are two"
                : "the model's tasks are about two texts, and there is one",
           pair ? "Leave the second one out" : "Give the second one as well");
}

std::vector<double> softmax(const std::vector<double>& logits) {
    const double highest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> shares;
    double sum = 0;
    for (const double logit : logits) sum += shares.emplace_back(std::exp(logit - highest));
    for (double& share : shares) share /= sum;
    return shares;
}

nlohmann::json answerOf(const dataset::TaskLabels& labels, const std::vector<double>& logits, std::int64_t top) {
    if (labels.classes.empty()) return {{"task", labels.task}, {"value", logits.front()}};
    const std::vector<double> shares = softmax(logits);
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max<std::int64_t>(1, top))));
    nlohmann::json classes = nlohmann::json::array();
    for (const std::size_t of : order) classes.push_back({{"class", labels.classes[of]}, {"probability", shares[of]}});
    return {{"task", labels.task}, {"classes", classes}, {"of", shares.size()}};
}

void requireFinite(const LoadedModel& model, const std::vector<double>& values) {
    if (std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return;
    throw Error(ExitCode::kNonFinite, "the model's answer is not a finite number", model.folder().string(),
                "Take an earlier checkpoint");
}

const char* kindWord(TaskKind kind) {
    return kind == TaskKind::kVqa ? "vqa" : kind == TaskKind::kText ? "text" : "matching";
}

/// How many tokens the texts would be, where the model reads no more of them.
std::optional<std::size_t> cutFrom(const LoadedModel& model, const TraceSample& sample, std::size_t read) {
    if (static_cast<std::int64_t>(read) < model.config().model.text.max_tokens) return {};
    const std::size_t all = model.tokenizer().tokens(*sample.text, sample.pair ? &*sample.pair : nullptr).size();
    return all > read ? std::optional(all) : std::nullopt;
}

}  // namespace

nlohmann::json ask(LoadedModel& model, const TraceSample& sample, const AskOptions& options,
                   const PassProgress& progress) {
    const Stopwatch clock;
    const TaskKind kind = model.config().task.kind;
    kind == TaskKind::kText ? checkTexts(model, sample, options) : checkPicture(model, sample, options);
    SampleRoutes routes = sampleRoutes(model, sample, options.out, progress);
    nlohmann::json answer = std::move(routes.told);
    answer.erase("tasks");  // told in full below
    answer["kind"] = kindWord(kind);
    answer["answers"] = nlohmann::json::array();
    for (const HeadOutput& head : routes.heads) {
        const dataset::TaskLabels& labels = model.labels()[head.task];
        if (!options.task.empty() && options.task != labels.task) continue;
        requireFinite(model, head.logits);
        answer["answers"].push_back(answerOf(labels, head.logits, options.top));
    }
    if (answer.contains("match_logit")) {
        const double logit = answer["match_logit"].get<double>();
        requireFinite(model, {logit});
        answer["match"] = {{"probability", 1 / (1 + std::exp(-logit))}, {"logit", logit}, {"score", answer["score"]}};
        answer.erase("match_logit");
        answer.erase("score");
    }
    if (const auto all = cutFrom(model, sample, answer["tokens"].size())) answer["text_tokens"] = *all;
    if (options.out.empty()) {
        answer["layers"] = tellLayers(routes.layers);
    } else {
        answer["out"] = options.out;
    }
    answer["checkpoint"] = model.folder().string();
    answer["step"] = model.step();
    answer["ask_ms"] = clock.milliseconds();
    return answer;
}

}  // namespace switchyard::eval
