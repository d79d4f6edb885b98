// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints/checkpoint_actions.h"

#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QMessageBox>
#include <QPushButton>
#include <QUrl>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/panels/checkpoints/job_list.h"
#include "ui/panels/checkpoints/output_dialog.h"
#include "ui/panels/checkpoints/prune_dialog.h"
#include "ui/services/app_context.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_launcher.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/message_banner.h"

namespace switchyard::ui {
namespace {

QString folderOf(const io::ListedCheckpoint& row) {
    return QString::fromStdString(row.folder.string());
}

/// Work on a file that says what went wrong, "" = nothing.
template <class Work>
QString sentenceOf(Work work) {
    try {
        work();
        return {};
    } catch (const Error& error) {
        return Failure::of(error).sentence();
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

struct Trashed {
    QString from, to, problem;
};

JobWords verifyWords(const QString& name, const QJsonDocument& answer) {
    const QJsonObject told = answer.object();
    if (told.value(QStringLiteral("ok")).toBool()) {
        return {CheckpointActions::tr("%1 is sound: every hash of %2 files (%3) agrees")
                    .arg(sentenceStart(name))
                    .arg(told.value(QStringLiteral("files")).toInteger())
                    .arg(bytes(told.value(QStringLiteral("bytes")).toDouble()))};
    }
    const QJsonArray problems = told.value(QStringLiteral("problems")).toArray();
    QString words = CheckpointActions::tr("%1 is corrupt: %2").arg(sentenceStart(name), problems.first().toString());
    if (problems.size() > 1) words += CheckpointActions::tr(" (and %1 more)").arg(problems.size() - 1);
    return {words, false};
}

JobWords compareWords(const QString& a, const QString& b, const QJsonDocument& answer) {
    const QJsonObject told = answer.object();
    if (told.value(QStringLiteral("same")).toBool())
        return {CheckpointActions::tr("%1 and %2: every number is the same").arg(sentenceStart(a), b)};
    const QJsonArray tensors = told.value(QStringLiteral("tensors")).toArray();
    double largest = 0;
    QString where;
    for (const QJsonValue& tensor : tensors) {
        if (tensor[QStringLiteral("kind")].toString() != QStringLiteral("model")) continue;
        // Null where a number is not finite or the shapes differ: more than any difference.
        const QJsonValue told_difference = tensor[QStringLiteral("largest_difference")];
        const double difference =
            told_difference.isNull() ? std::numeric_limits<double>::infinity() : told_difference.toDouble();
        if (difference < largest) continue;
        largest = difference;
        where = tensor[QStringLiteral("name")].toString();
    }
    return {CheckpointActions::tr("%1 and %2 differ in %3 tensors; of the weights most in %4, by %5")
                .arg(sentenceStart(a), b, number(static_cast<double>(tensors.size()), 0),
                     where.isEmpty() ? QStringLiteral("–") : where,
                     std::isfinite(largest) ? shortNumber(largest)
                                            : CheckpointActions::tr("a number that is not finite, or another shape"))};
}

}  // namespace

CheckpointActions::CheckpointActions(AppContext& context, const CheckpointTable& model, JobList& jobs,
                                     MessageBanner& banner, QWidget* page)
    : QObject(page), context_(context), model_(model), jobs_(jobs), banner_(banner), page_(page) {
    const auto add = [this](QAction& action, const QString& text, void (CheckpointActions::*act)()) {
        action.setText(text);
        connect(&action, &QAction::triggered, this, act);
    };
    add(verify_, tr("Verify"), &CheckpointActions::verify);
    add(evaluate_, tr("Evaluate"), &CheckpointActions::evaluate);
    add(compare_, tr("Compare"), &CheckpointActions::compare);
    add(resume_, tr("Resume"), &CheckpointActions::resume);
    add(reshard_, tr("Reshard..."), &CheckpointActions::reshard);
    add(prune_, tr("Prune..."), &CheckpointActions::prune);
    add(export_, tr("Export..."), &CheckpointActions::exportModel);
    add(pin_, tr("Pin"), &CheckpointActions::pin);
    add(trash_, tr("Move to trash"), &CheckpointActions::trash);
    add(folder_, tr("Open folder"), &CheckpointActions::openFolders);
    trash_.setShortcut(QKeySequence::Delete);
    trash_.setShortcutContext(Qt::WidgetShortcut);
    connect(&context_.runs(), &RunFeed::listChanged, this, &CheckpointActions::refresh);
    connect(&context_.launcher(), &RunLauncher::pendingChanged, this, &CheckpointActions::refresh);
    refresh();
}

void CheckpointActions::setSelection(const QList<io::ListedCheckpoint>& rows) {
    selection_ = rows;
    refresh();
}

void CheckpointActions::openFolders() {
    for (const io::ListedCheckpoint& row : selection_) QDesktopServices::openUrl(QUrl::fromLocalFile(folderOf(row)));
}

bool CheckpointActions::isNewestOfALiveRun(const io::ListedCheckpoint& row) const {
    const runs::RunStatus* run = context_.runs().status(context_.selectedRun());
    return run != nullptr && runs::isLive(run->state) && model_.rowCount() > 0 && model_.row(0).name == row.name;
}

void CheckpointActions::refresh() {
    const QList<io::ListedCheckpoint>& rows = selection_;
    const bool sound = std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.ok(); });
    const QString none = rows.isEmpty() ? tr("No checkpoint is selected") : QString();
    const QString broken = !none.isEmpty() ? none
                           : sound
                               ? QString()
                               : tr("This checkpoint is broken: %1").arg(QString::fromStdString(rows.first().problem));
    const QString one = !broken.isEmpty() ? broken : rows.size() > 1 ? tr("Select one checkpoint") : QString();
    setActionState(verify_, tr("Read every byte and compare its hash"), none);
    setActionState(evaluate_, tr("Measure it on the evaluation files of its run's configuration"),
                   !broken.isEmpty() ? broken
                   : model_.read().evaluations.isEmpty()
                       ? tr("Evaluate is off: the run's configuration names no evaluation file")
                       : QString());
    setActionState(compare_, tr("Count the numbers in which the two differ"),
                   !broken.isEmpty()  ? broken
                   : rows.size() != 2 ? tr("Compare is off: select two checkpoints")
                                      : QString());
    setActionState(reshard_, tr("Write it again in the parts of another number of ranks"), one);
    setActionState(prune_, tr("Take the experts out that the model needs least"),
                   !one.isEmpty()              ? one
                   : model_.read().experts < 2 ? tr("Prune is off: the model has no experts to spare")
                   : model_.read().trainings.isEmpty()
                       ? tr("Prune is off: the run's configuration names no file to measure the experts on")
                       : QString());
    setActionState(export_, tr("Write the weights for other programs"), one);
    setActionState(folder_, tr("Open its folder"), none);
    const runs::RunStatus* run = context_.runs().status(context_.selectedRun());
    const bool live = run != nullptr && runs::isLive(run->state);
    setActionState(resume_, tr("Train on from here"),
                   !one.isEmpty()                      ? one
                   : live                              ? tr("Resume is off: the run is going on")
                   : context_.launcher().pending() > 0 ? tr("A run is being started")
                                                       : QString());
    resume_.setText(rows.size() == 1 ? tr("Resume from %1").arg(checkpointName(rows.first())) : tr("Resume"));
    const bool pinned =
        !rows.isEmpty() && std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.pinned; });
    pin_.setText(pinned ? tr("Unpin") : tr("Pin"));
    setActionState(pin_, pinned ? tr("Let it go as others do") : tr("Never remove it when newer ones are saved"),
                   broken);
    const bool needed =
        std::any_of(rows.begin(), rows.end(), [this](const auto& row) { return isNewestOfALiveRun(row); });
    setActionState(trash_, tr("It can be brought back"),
                   !none.isEmpty() ? none
                   : needed        ? tr("Move to trash is off: the run would go on from this one")
                                   : QString());
}

void CheckpointActions::fail(const QString& sentence) {
    banner_.showMessage(MessageBanner::Kind::kDanger, sentence.toHtmlEscaped());
    context_.report(QStringLiteral("error"), sentence);
}

void CheckpointActions::verify() {
    for (const io::ListedCheckpoint& row : selection_) {
        const QString name = checkpointName(row);
        JobRow* job =
            jobs_.add(tr("Verifying %1").arg(name),
                      {QStringLiteral("ckpt"), QStringLiteral("verify"), folderOf(row), QStringLiteral("--deep")},
                      [name](const QJsonDocument& answer, int) { return verifyWords(name, answer); });
        connect(job, &JobRow::settled, this, [this] { Q_EMIT changed({}); });
    }
}

void CheckpointActions::evaluate() {
    for (const io::ListedCheckpoint& row : selection_) {
        for (const CheckpointsRead::Evaluation& of : model_.read().evaluations) {
            QStringList arguments = {QStringLiteral("eval"),
                                     QStringLiteral("--checkpoint"),
                                     folderOf(row),
                                     QStringLiteral("--task"),
                                     of.task,
                                     QStringLiteral("--data"),
                                     of.file};
            if (of.task == QStringLiteral("vqa") || of.task == QStringLiteral("retrieval"))
                arguments << QStringLiteral("--root") << of.root;
            const QString name = checkpointName(row), folder = folderOf(row), task = of.task;
            JobRow* job = jobs_.add(
                tr("Evaluating %1 on %2").arg(name, task), arguments, [name, task](const QJsonDocument& answer, int) {
                    QStringList words;
                    const QJsonObject metrics = answer.object().value(QStringLiteral("metrics")).toObject();
                    for (auto it = metrics.begin(); it != metrics.end() && words.size() < 4; ++it)
                        words << QStringLiteral("%1 %2").arg(metricWords(it.key()), shortNumber(it.value().toDouble()));
                    return JobWords{tr("%1, %2: %3").arg(sentenceStart(name), task, words.join(QStringLiteral(", ")))};
                });
            connect(job, &JobRow::settled, this,
                    [this, folder, task](JobRow::State state, const QJsonDocument& answer) {
                        if (state != JobRow::State::kGood) return;
                        std::map<std::string, double> measured;
                        const QJsonObject metrics = answer.object().value(QStringLiteral("metrics")).toObject();
                        for (auto it = metrics.begin(); it != metrics.end(); ++it) {
                            if (it.value().isDouble())
                                measured[QStringLiteral("eval/%1/%2").arg(task, it.key()).toStdString()] =
                                    it.value().toDouble();
                        }
                        inBackground(
                            this,
                            [folder, measured] {
                                return sentenceOf([&] {
                                    const std::filesystem::path path = folder.toStdString();
                                    std::map<std::string, double> all =
                                        io::metricsOf(path, io::readCheckpoint(path, /*deep=*/false));
                                    for (const auto& [key, value] : measured) all[key] = value;
                                    io::noteMetrics(path, all);
                                });
                            },
                            [this](const QString& problem) {
                                if (!problem.isEmpty()) fail(problem);
                                Q_EMIT changed({});
                            });
                    });
        }
    }
}

void CheckpointActions::compare() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.size() != 2) return;
    const QString older = checkpointName(rows[1]), newer = checkpointName(rows[0]);
    jobs_.add(tr("Comparing %1 and %2").arg(older, newer),
              {QStringLiteral("ckpt"), QStringLiteral("diff"), folderOf(rows[1]), folderOf(rows[0])},
              [older, newer](const QJsonDocument& answer, int) { return compareWords(older, newer, answer); });
}

void CheckpointActions::resume() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.size() != 1) return;
    const QString dir = context_.selectedRun(), folder = folderOf(rows.first()), name = checkpointName(rows.first());
    const auto go = [this, dir, folder, name] {
        context_.launcher().resume(
            this, dir,
            [this, name](const QString& run) {
                context_.report(QStringLiteral("info"), tr("Resumed %1 from %2").arg(run, name));
            },
            [this](const Failure& failure) { fail(failure.sentence()); }, folder);
    };
    if (model_.row(0).name == rows.first().name) return go();
    auto* question = new QMessageBox(
        QMessageBox::NoIcon, tr("Resume from an earlier step"),
        tr("Train on from %1? The steps after it are run again: their records and checkpoints are replaced.").arg(name),
        QMessageBox::NoButton, page_);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* yes = question->addButton(tr("Resume from %1").arg(name), QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(tr("Leave it"), QMessageBox::RejectRole));
    connect(yes, &QPushButton::clicked, this, go);
    question->open();
}

void CheckpointActions::reshard() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.size() != 1) return;
    const QString folder = folderOf(rows.first()), name = checkpointName(rows.first());
    auto* dialog =
        new OutputDialog(tr("Reshard %1").arg(name), tr("Write it"), {}, rows.first().ranks == 1 ? 2 : 1, page_);
    const QString base = QDir(context_.selectedRun()).filePath(QString::fromStdString(rows.first().name));
    dialog->setFolderFor([base](const QString& ranks) { return QStringLiteral("%1-of-%2").arg(base, ranks); });
    connect(dialog, &QDialog::accepted, this, [this, dialog, folder, name] {
        const QString ranks = dialog->word(), out = dialog->folder();
        jobs_.add(tr("Writing %1 for %2 ranks").arg(name, ranks),
                  {QStringLiteral("ckpt"), QStringLiteral("reshard"), folder, QStringLiteral("--ranks"), ranks,
                   QStringLiteral("--out"), out},
                  [name, ranks, out](const QJsonDocument&, int) {
                      return JobWords{tr("%1 for %2 ranks is in %3").arg(sentenceStart(name), ranks, out)};
                  });
    });
    dialog->open();
}

void CheckpointActions::prune() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.size() != 1 || !prune_.isEnabled()) return;
    const QString name = checkpointName(rows.first());
    auto* dialog = new PruneDialog(rows.first(), model_.read(), page_);
    connect(dialog, &QDialog::accepted, this, [this, dialog, name] {
        const QString out = dialog->folder(), kept = number(dialog->keep(), 0);
        const bool over_all = dialog->overAllLayers();
        jobs_.add(tr("Pruning %1").arg(name), dialog->arguments() << QStringLiteral("--out") << out,
                  [name, out, kept, over_all](const QJsonDocument& answer, int) {
                      QStringList words;
                      for (const PrunedMetric& of : prunedMetrics(answer).mid(0, 2))
                          words << tr("%1 %2, was %3")
                                       .arg(metricWords(of.name), shortNumber(of.after), shortNumber(of.before));
                      const QString told = over_all ? tr("%1 with %2 experts in all is in %3: %4")
                                                    : tr("%1 with %2 experts a layer is in %3: %4");
                      return JobWords{told.arg(sentenceStart(name), kept, out, words.join(QStringLiteral("; ")))};
                  });
    });
    dialog->open();
}

void CheckpointActions::exportModel() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.size() != 1) return;
    const QString folder = folderOf(rows.first()), name = checkpointName(rows.first());
    auto* dialog = new OutputDialog(
        tr("Export %1").arg(name), tr("Export"),
        {{tr("Switchyard model, fp32"), QStringLiteral("switchyard fp32"),
          tr("Weights, configuration and tokenizer in one folder: for eval, retrieve, trace and as a start for other "
             "runs.")},
         {tr("Switchyard model, bf16"), QStringLiteral("switchyard bf16"), tr("The same in half the bytes.")},
         {tr("Switchyard model, int8"), QStringLiteral("switchyard int8"),
          tr("The same in about a fourth of the bytes: matrices as whole numbers with a scale for each output.")},
         {tr("Hugging Face, text encoder"), QStringLiteral("hf text"),
          tr("As transformers reads it. The encoder must have learned positions, norms behind and no experts.")},
         {tr("Hugging Face, image encoder"), QStringLiteral("hf vision"),
          tr("As transformers reads a ViT. The encoder must have a linear stem and no experts.")},
         {tr("PEFT adapters, text encoder"), QStringLiteral("peft text"),
          tr("The LoRA adapters alone, as PEFT reads them.")},
         {tr("PEFT adapters, image encoder"), QStringLiteral("peft vision"),
          tr("The LoRA adapters alone, as PEFT reads them.")},
         {tr("Model folder with a card"), QStringLiteral("folder stored"),
          tr("To pass on: weights as they were trained, hashes, and a README made from the run's records.")},
         {tr("TorchScript"), QStringLiteral("torchscript fp32"),
          tr("The whole forward in one file, which torch.jit.load runs without Switchyard.")},
         {tr("Triton model repository"), QStringLiteral("triton fp32"),
          tr("TorchScript by function, with the configurations that Triton Inference Server reads.")}},
        1, page_);
    const QString base =
        QDir(context_.selectedRun()).filePath(QStringLiteral("export-") + QString::fromStdString(rows.first().name));
    dialog->setFolderFor(
        [base](const QString& word) { return base + u'-' + word.section(u' ', 0, 0) + u'-' + word.section(u' ', 1); });
    connect(dialog, &QDialog::accepted, this, [this, dialog, folder, name] {
        const QString format = dialog->word().section(u' ', 0, 0), detail = dialog->word().section(u' ', 1),
                      out = dialog->folder();
        QStringList arguments = {QStringLiteral("ckpt"),
                                 QStringLiteral("export"),
                                 folder,
                                 QStringLiteral("--out"),
                                 out,
                                 QStringLiteral("--format"),
                                 format};
        const bool encoder = format == QStringLiteral("hf") || format == QStringLiteral("peft");
        arguments << (encoder ? QStringLiteral("--part") : QStringLiteral("--dtype")) << detail;
        jobs_.add(tr("Exporting %1").arg(name), arguments, [name, out](const QJsonDocument&, int) {
            return JobWords{tr("%1 is exported to %2").arg(sentenceStart(name), out)};
        });
    });
    dialog->open();
}

void CheckpointActions::pin() {
    const QList<io::ListedCheckpoint> rows = selection_;
    const bool on = !std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.pinned; });
    inBackground(
        this,
        [rows, on] {
            return sentenceOf([&] {
                for (const auto& row : rows) io::setPinned(row.folder, on);
            });
        },
        [this](const QString& problem) {
            if (!problem.isEmpty()) fail(problem);
            Q_EMIT changed({});
        });
}

void CheckpointActions::trash() {
    const QList<io::ListedCheckpoint> rows = selection_;
    if (rows.isEmpty() || !trash_.isEnabled()) return;
    inBackground(
        this,
        [rows] {
            QList<Trashed> moved;
            for (const auto& row : rows) {
                Trashed one{folderOf(row), {}, {}};
                if (!QFile::moveToTrash(one.from, &one.to))
                    one.problem = tr("%1 can not be moved to the trash").arg(one.from);
                moved << one;
            }
            return moved;
        },
        [this](const QList<Trashed>& moved) {
            QList<Trashed> good;
            for (const Trashed& one : moved) {
                if (one.problem.isEmpty())
                    good << one;
                else
                    fail(one.problem);
            }
            if (!good.isEmpty()) {
                const QString words = good.size() == 1
                                          ? tr("%1 is in the trash.").arg(QFileInfo(good.first().from).fileName())
                                          : tr("%1 checkpoints are in the trash.").arg(good.size());
                banner_.showMessage(MessageBanner::Kind::kOk, words.toHtmlEscaped(), tr("Undo"), [this, good] {
                    banner_.hide();
                    for (const Trashed& one : good) restore(one.to, one.from);
                });
                context_.report(QStringLiteral("info"), words);
            }
            Q_EMIT changed({});
        });
}

void CheckpointActions::restore(const QString& trashed, const QString& folder) {
    inBackground(
        this,
        [trashed, folder] {
            if (trashed.isEmpty() || !QDir().rename(trashed, folder))
                return tr("%1 can not be brought back; it is still in the trash").arg(folder);
            // The trash's own note of it, in the folder beside (freedesktop.org's specification of the trash).
            const QFileInfo file(trashed);
            QFile::remove(QDir(file.path()).filePath(QStringLiteral("../info/%1.trashinfo").arg(file.fileName())));
            return QString();
        },
        [this, folder](const QString& problem) {
            if (!problem.isEmpty()) fail(problem);
            Q_EMIT changed(QFileInfo(folder).fileName());
        });
}

}  // namespace switchyard::ui
