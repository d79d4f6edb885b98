// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ask_subject.h"

#include <QCoreApplication>
#include <QHash>
#include <algorithm>
#include <filesystem>

#include "core/base/config/config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "ui/services/failure.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(AskSubject)
};

AskSubject read(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::path file = folder / "config.resolved.yaml";
    if (!std::filesystem::exists(file, failed)) file = folder / "config.yaml";
    const RunConfig config = config::loadOrThrow(file.string());
    std::vector<dataset::TaskLabels> labels;
    if (std::filesystem::exists(folder / "labels.json", failed)) labels = dataset::readLabels(folder / "labels.json");
    AskSubject subject;
    if (config.task.kind == TaskKind::kMultimodal) return subject;
    subject.kind = config.task.kind == TaskKind::kVqa ? AskKind::kVqa : AskKind::kText;
    if (labels.empty()) {
        subject.problem = subject.kind == AskKind::kVqa
                              ? Words::tr(
                                    "The list of its answers (labels.json) is not in the folder. Export the model "
                                    "again, or choose a checkpoint of its run.")
                              : Words::tr(
                                    "It was not trained for a task, so it has no answers. Train it on one, or choose "
                                    "another checkpoint.");
        return subject;
    }
    if (subject.kind == AskKind::kVqa) return subject;
    for (const dataset::TaskLabels& of : labels) {
        AskTask task{QString::fromStdString(of.task),
                     !dataset::textTask(of.task, config.task).pair.empty(),
                     of.classes.empty(),
                     {}};
        for (const std::string& name : of.classes) task.classes.append(QString::fromStdString(name));
        subject.tasks.append(task);
    }
    return subject;
}

}  // namespace

const AskTask* AskSubject::task(const QString& name) const {
    const auto found = std::find_if(tasks.begin(), tasks.end(), [&](const AskTask& of) { return of.name == name; });
    return found == tasks.end() ? nullptr : &*found;
}

AskSubject readAskSubject(const QString& model_folder) {
    AskSubject subject;
    try {
        return read(model_folder.toStdString());
    } catch (const Error& error) {
        subject.problem = Failure::of(error).sentence();
    } catch (const std::exception& error) {
        subject.problem = QString::fromLocal8Bit(error.what());
    }
    return subject;
}

QString taskTitle(const QString& task) {
    static const QHash<QString, const char*> titles = {
        {QStringLiteral("sst2"), QT_TRANSLATE_NOOP("AskSubject", "SST-2: is it positive?")},
        {QStringLiteral("cola"), QT_TRANSLATE_NOOP("AskSubject", "CoLA: is it good English?")},
        {QStringLiteral("mrpc"), QT_TRANSLATE_NOOP("AskSubject", "MRPC: do both say the same?")},
        {QStringLiteral("rte"), QT_TRANSLATE_NOOP("AskSubject", "RTE: does the second follow?")},
        {QStringLiteral("stsb"), QT_TRANSLATE_NOOP("AskSubject", "STS-B: how alike are they?")},
        {QStringLiteral("qnli"), QT_TRANSLATE_NOOP("AskSubject", "QNLI: is the question answered?")},
        {QStringLiteral("sick"), QT_TRANSLATE_NOOP("AskSubject", "SICK: does the second follow?")},
        {QStringLiteral("tsv"), QT_TRANSLATE_NOOP("AskSubject", "The table's own task")}};
    const char* title = titles.value(task, nullptr);
    return title == nullptr ? task : Words::tr(title);
}

QString classWords(const QString& task, const QString& name) {
    static const QHash<QString, const char*> words = {
        {QStringLiteral("sst2/0"), QT_TRANSLATE_NOOP("AskSubject", "negative")},
        {QStringLiteral("sst2/1"), QT_TRANSLATE_NOOP("AskSubject", "positive")},
        {QStringLiteral("cola/0"), QT_TRANSLATE_NOOP("AskSubject", "not acceptable")},
        {QStringLiteral("cola/1"), QT_TRANSLATE_NOOP("AskSubject", "acceptable")},
        {QStringLiteral("mrpc/0"), QT_TRANSLATE_NOOP("AskSubject", "different")},
        {QStringLiteral("mrpc/1"), QT_TRANSLATE_NOOP("AskSubject", "the same")},
        {QStringLiteral("rte/entailment"), QT_TRANSLATE_NOOP("AskSubject", "follows")},
        {QStringLiteral("rte/not_entailment"), QT_TRANSLATE_NOOP("AskSubject", "does not follow")},
        {QStringLiteral("qnli/entailment"), QT_TRANSLATE_NOOP("AskSubject", "answered")},
        {QStringLiteral("qnli/not_entailment"), QT_TRANSLATE_NOOP("AskSubject", "not answered")},
        {QStringLiteral("sick/ENTAILMENT"), QT_TRANSLATE_NOOP("AskSubject", "follows")},
        {QStringLiteral("sick/NEUTRAL"), QT_TRANSLATE_NOOP("AskSubject", "neither")},
        {QStringLiteral("sick/CONTRADICTION"), QT_TRANSLATE_NOOP("AskSubject", "contradicts")}};
    const char* found = words.value(task + u'/' + name, nullptr);
    return found == nullptr ? name : Words::tr(found);
}

}  // namespace switchyard::ui
