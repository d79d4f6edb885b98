// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints_page.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedLayout>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/panels/checkpoints/job_list.h"
#include "ui/panels/checkpoints/output_dialog.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_launcher.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kReadAgainMs = 2000;

QString folderOf(const io::ListedCheckpoint& row) {
    return QString::fromStdString(row.folder.string());
}

QString nameOf(const io::ListedCheckpoint& row) {
    return row.step >= 0 ? CheckpointsPage::tr("step %1").arg(number(static_cast<double>(row.step), 0))
                         : QString::fromStdString(row.name);
}

/// At the start of a sentence.
QString capital(QString words) {
    if (!words.isEmpty()) words[0] = words[0].toUpper();
    return words;
}

void setState(QAction& action, const QString& hint, const QString& why_off) {
    action.setEnabled(why_off.isEmpty());
    action.setToolTip(why_off.isEmpty() ? hint : why_off);
}

QPushButton* barButton(QAction& action) {
    auto* button = new QPushButton(action.text());
    button->setProperty("bar", true);
    const auto follow = [button, &action] {
        button->setText(action.text());
        button->setToolTip(action.toolTip());
        button->setAccessibleDescription(action.toolTip());
        button->setEnabled(action.isEnabled());
    };
    QObject::connect(&action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, &action, &QAction::trigger);
    follow();
    return button;
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
        return {CheckpointsPage::tr("%1 is sound: every hash of %2 files (%3) agrees")
                    .arg(capital(name))
                    .arg(told.value(QStringLiteral("files")).toInteger())
                    .arg(bytes(told.value(QStringLiteral("bytes")).toDouble()))};
    }
    const QJsonArray problems = told.value(QStringLiteral("problems")).toArray();
    QString words = CheckpointsPage::tr("%1 is corrupt: %2").arg(capital(name), problems.first().toString());
    if (problems.size() > 1) words += CheckpointsPage::tr(" (and %1 more)").arg(problems.size() - 1);
    return {words, false};
}

JobWords compareWords(const QString& a, const QString& b, const QJsonDocument& answer) {
    const QJsonObject told = answer.object();
    if (told.value(QStringLiteral("same")).toBool())
        return {CheckpointsPage::tr("%1 and %2: every number is the same").arg(capital(a), b)};
    const QJsonArray tensors = told.value(QStringLiteral("tensors")).toArray();
    double largest = 0;
    QString where;
    for (const QJsonValue& tensor : tensors) {
        if (tensor[QStringLiteral("kind")].toString() != QStringLiteral("model")) continue;
        const double difference = tensor[QStringLiteral("largest_difference")].toDouble();
        if (difference < largest) continue;
        largest = difference;
        where = tensor[QStringLiteral("name")].toString();
    }
    return {CheckpointsPage::tr("%1 and %2 differ in %3 tensors; of the weights most in %4, by %5")
                .arg(capital(a), b, number(static_cast<double>(tensors.size()), 0),
                     where.isEmpty() ? QStringLiteral("–") : where, shortNumber(largest))};
}

}  // namespace

CheckpointsPage::CheckpointsPage(AppContext& app, QWidget* parent)
    : Page(app, parent), model_(new CheckpointTable(this)) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    stack_ = new QStackedLayout;
    outer->addLayout(stack_);
    empty_ = new EmptyState(QStringLiteral("checkpoints"), {}, {});
    stack_->addWidget(empty_);

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildToolBar());
    auto* inner = new QVBoxLayout;
    inner->setContentsMargins(8, 8, 8, 8);
    inner->setSpacing(8);
    column->addLayout(inner, 1);
    banner_ = new MessageBanner;
    banner_->hide();
    inner->addWidget(banner_);
    view_ = new QTableView;
    view_->setModel(model_);
    view_->setAccessibleName(tr("Checkpoints"));
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setShowGrid(false);
    view_->setTabKeyNavigation(false);
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(metric::kTableRow + 4);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view_->horizontalHeader()->setSectionResizeMode(CheckpointTable::kKept, QHeaderView::Stretch);
    view_->horizontalHeader()->setMinimumSectionSize(72);
    auto* frame = new QFrame;
    frame->setProperty("card", true);
    auto* framed = new QVBoxLayout(frame);
    framed->setContentsMargins(1, 1, 1, 1);
    framed->addWidget(view_);
    inner->addWidget(frame, 1);
    jobs_ = new JobList;
    inner->addWidget(jobs_);
    stack_->addWidget(content);
    setFocusProxy(view_);

    view_->addActions({&verify_, &evaluate_, &compare_, &resume_, &reshard_, &export_, &pin_, &folder_, &trash_});
    trash_.setShortcut(QKeySequence::Delete);
    trash_.setShortcutContext(Qt::WidgetShortcut);
    connect(&verify_, &QAction::triggered, this, &CheckpointsPage::verify);
    connect(&evaluate_, &QAction::triggered, this, &CheckpointsPage::evaluate);
    connect(&compare_, &QAction::triggered, this, &CheckpointsPage::compare);
    connect(&resume_, &QAction::triggered, this, &CheckpointsPage::resume);
    connect(&reshard_, &QAction::triggered, this, &CheckpointsPage::reshard);
    connect(&export_, &QAction::triggered, this, &CheckpointsPage::exportModel);
    connect(&pin_, &QAction::triggered, this, &CheckpointsPage::pin);
    connect(&trash_, &QAction::triggered, this, &CheckpointsPage::trash);
    connect(&folder_, &QAction::triggered, this, [this] {
        for (const io::ListedCheckpoint& row : selected())
            QDesktopServices::openUrl(QUrl::fromLocalFile(folderOf(row)));
    });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        refreshActions();
        tellSelection();
    });
    connect(metric_, &QComboBox::activated, this,
            [this](int row) { model_->setMetric(metric_->itemData(row).toString()); });
    connect(&context(), &AppContext::selectedRunChanged, this, [this] {
        seen_.clear();
        first_ = true;
        wanted_.clear();
        banner_->hide();
        read();
    });
    connect(&context().runs(), &RunFeed::listChanged, this, &CheckpointsPage::runsChanged);
    connect(&context().launcher(), &RunLauncher::pendingChanged, this, &CheckpointsPage::refreshActions);
    connect(&Theme::instance(), &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    // Checkpoints of a live run come and go by themselves, and evaluations are noted in them later.
    again_.setInterval(kReadAgainMs);
    connect(&again_, &QTimer::timeout, this, [this] {
        const runs::RunStatus* run = context().runs().status(context().selectedRun());
        if (run != nullptr && runs::isLive(run->state)) read();
    });
    take({});
    read();
}

QWidget* CheckpointsPage::buildToolBar() {
    verify_.setText(tr("Verify"));
    evaluate_.setText(tr("Evaluate"));
    compare_.setText(tr("Compare"));
    resume_.setText(tr("Resume"));
    reshard_.setText(tr("Reshard..."));
    export_.setText(tr("Export..."));
    pin_.setText(tr("Pin"));
    trash_.setText(tr("Move to trash"));
    folder_.setText(tr("Open folder"));
    auto* bar = new QWidget;
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setProperty("toolbar", true);
    bar->setFixedHeight(metric::kToolBar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 12, 0);
    row->setSpacing(8);
    for (QAction* action : {&verify_, &evaluate_, &compare_, &resume_, &reshard_, &export_, &pin_, &trash_})
        row->addWidget(barButton(*action));
    row->addStretch(1);
    metric_ = new QComboBox;
    metric_->setProperty("small", true);
    metric_->setAccessibleName(tr("Measured"));
    metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    metric_->setToolTip(tr("What the table shows of what was measured"));
    row->addWidget(metric_);
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    row->addWidget(count_);
    return bar;
}

void CheckpointsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    again_.start();
    read();
}

void CheckpointsPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    again_.stop();
}

void CheckpointsPage::runsChanged() {
    const runs::RunStatus* run = context().runs().status(context().selectedRun());
    const QString seen = run == nullptr ? QString()
                                        : QString::fromStdString(run->checkpoint.string()) + u'\n' +
                                              QString::number(static_cast<int>(run->state));
    if (seen == seen_) return;
    seen_ = seen;
    if (isVisible()) read();
    refreshActions();
}

void CheckpointsPage::read() {
    const QString run = context().selectedRun();
    const quint64 request = ++request_;
    inBackground(
        this, [run] { return readCheckpoints(run); },
        [this, request](CheckpointsRead read) {
            if (request == request_) take(std::move(read));
        });
}

void CheckpointsPage::take(CheckpointsRead read) {
    QStringList names;
    for (const io::ListedCheckpoint& row : selected()) names << QString::fromStdString(row.name);
    if (!wanted_.isEmpty()) names = {std::exchange(wanted_, {})};
    const bool other_run = read.run_dir != model_->read().run_dir;
    model_->take(std::move(read));
    if (other_run) names.clear();
    if (std::exchange(first_, false) || names.isEmpty())
        names << (model_->rowCount() > 0 ? QString::fromStdString(model_->row(0).name) : QString());
    QItemSelection selection;
    for (const QString& name : names) {
        const int row = model_->indexOf(name);
        if (row >= 0) selection.select(model_->index(row, 0), model_->index(row, CheckpointTable::kColumns - 1));
    }
    view_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (!selection.isEmpty())
        view_->selectionModel()->setCurrentIndex(selection.first().topLeft(), QItemSelectionModel::NoUpdate);

    const QStringList metrics = model_->metrics();
    metric_->clear();
    for (const QString& metric : metrics) metric_->addItem(metricWords(metric), metric);
    metric_->setCurrentIndex(static_cast<int>(metrics.indexOf(model_->metric())));
    metric_->setVisible(metrics.size() > 1);
    const int rows = model_->rowCount();
    count_->setText(rows == 1
                        ? tr("1 checkpoint, %1").arg(bytes(static_cast<double>(model_->bytes())))
                        : tr("%1 checkpoints, %2").arg(number(rows, 0), bytes(static_cast<double>(model_->bytes()))));
    const QString& run = model_->read().run_dir;
    if (run.isEmpty()) {
        empty_->setTexts(tr("No run selected"), tr("Choose a run in the list at the left."));
    } else if (!model_->read().problem.isEmpty()) {
        empty_->setTexts(tr("The checkpoints can not be read"), model_->read().problem);
    } else {
        empty_->setTexts(tr("No checkpoints"),
                         tr("This run has saved none yet. How often it does is checkpoint.every."));
    }
    stack_->setCurrentIndex(rows > 0 || !jobs_->rows().isEmpty() || banner_->isVisibleTo(this) ? 1 : 0);
    refreshActions();
    tellSelection();
}

QList<io::ListedCheckpoint> CheckpointsPage::selected() const {
    QList<io::ListedCheckpoint> rows;
    for (const QModelIndex& index : view_->selectionModel()->selectedRows()) rows.append(model_->row(index.row()));
    // The order of the table, not of the clicks.
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name > b.name; });
    return rows;
}

bool CheckpointsPage::isNewestOfALiveRun(const io::ListedCheckpoint& row) const {
    const runs::RunStatus* run = context().runs().status(context().selectedRun());
    return run != nullptr && runs::isLive(run->state) && model_->rowCount() > 0 && model_->row(0).name == row.name;
}

void CheckpointsPage::refreshActions() {
    const QList<io::ListedCheckpoint> rows = selected();
    const bool sound = std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.ok(); });
    const QString none = rows.isEmpty() ? tr("No checkpoint is selected") : QString();
    const QString broken = !none.isEmpty() ? none
                           : sound
                               ? QString()
                               : tr("This checkpoint is broken: %1").arg(QString::fromStdString(rows.first().problem));
    const QString one = !broken.isEmpty() ? broken : rows.size() > 1 ? tr("Select one checkpoint") : QString();
    setState(verify_, tr("Read every byte and compare its hash"), none);
    setState(evaluate_, tr("Measure it on the evaluation files of its run's configuration"),
             !broken.isEmpty() ? broken
             : model_->read().evaluations.isEmpty()
                 ? tr("Evaluate is off: the run's configuration names no evaluation file")
                 : QString());
    setState(compare_, tr("Count the numbers in which the two differ"),
             !broken.isEmpty()  ? broken
             : rows.size() != 2 ? tr("Compare is off: select two checkpoints")
                                : QString());
    setState(reshard_, tr("Write it again in the parts of another number of ranks"), one);
    setState(export_, tr("Write the weights for other programs"), one);
    setState(folder_, tr("Open its folder"), none);
    const runs::RunStatus* run = context().runs().status(context().selectedRun());
    const bool live = run != nullptr && runs::isLive(run->state);
    setState(resume_, tr("Train on from here"),
             !one.isEmpty()                       ? one
             : live                               ? tr("Resume is off: the run is going on")
             : context().launcher().pending() > 0 ? tr("A run is being started")
                                                  : QString());
    resume_.setText(rows.size() == 1 ? tr("Resume from %1").arg(nameOf(rows.first())) : tr("Resume"));
    const bool pinned =
        !rows.isEmpty() && std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.pinned; });
    pin_.setText(pinned ? tr("Unpin") : tr("Pin"));
    setState(pin_, pinned ? tr("Let it go as others do") : tr("Never remove it when newer ones are saved"), broken);
    const bool needed =
        std::any_of(rows.begin(), rows.end(), [this](const auto& row) { return isNewestOfALiveRun(row); });
    setState(trash_, tr("It can be brought back"),
             !none.isEmpty() ? none
             : needed        ? tr("Move to trash is off: the run would go on from this one")
                             : QString());
}

void CheckpointsPage::tellSelection() {
    const QList<io::ListedCheckpoint> rows = selected();
    Inspection told;
    if (rows.size() != 1) {
        told.heading = rows.isEmpty() ? tr("No checkpoint selected") : tr("%1 checkpoints").arg(rows.size());
        quint64 sum = 0;
        for (const auto& row : rows) sum += row.bytes;
        if (!rows.isEmpty())
            told.sections.append({tr("Together"), {}, {{tr("Size"), bytes(static_cast<double>(sum)), {}, {}}}});
        Q_EMIT inspect(told);
        return;
    }
    const io::ListedCheckpoint& row = rows.first();
    told.heading = capital(nameOf(row));
    told.caption = QString::fromStdString(row.name);
    InspectorSection file{tr("Checkpoint"), {}, {}};
    const auto line = [](const QString& name, const QString& value) {
        return InspectorSection::Line{name, value, {}, {}};
    };
    file.lines << line(tr("Size"), row.ok() ? bytes(static_cast<double>(row.bytes)) : QStringLiteral("–"));
    file.lines << line(tr("Saved by ranks"), row.ok() ? QString::number(row.ranks) : QStringLiteral("–"));
    file.lines << line(tr("Hashes"), verifiedWords(row));
    file.lines << line(tr("Pinned"), row.pinned ? tr("yes") : tr("no"));
    if (!row.created_by.empty()) file.lines << line(tr("Written by"), QString::fromStdString(row.created_by));
    told.sections << file;
    if (!row.ok()) told.sections.append({tr("Broken"), {}, {line(QString::fromStdString(row.problem), {})}});
    if (!row.metrics.empty()) {
        InspectorSection measured{tr("Measured"), {}, {}};
        for (const auto& [name, value] : row.metrics)
            measured.lines << line(metricWords(QString::fromStdString(name)), shortNumber(value));
        told.sections << measured;
    }
    Q_EMIT inspect(told);
}

void CheckpointsPage::fail(const QString& sentence) {
    banner_->showMessage(MessageBanner::Kind::kDanger, sentence.toHtmlEscaped());
    context().report(QStringLiteral("error"), sentence);
}

void CheckpointsPage::verify() {
    for (const io::ListedCheckpoint& row : selected()) {
        const QString name = nameOf(row);
        JobRow* job =
            jobs_->add(tr("Verifying %1").arg(name),
                       {QStringLiteral("ckpt"), QStringLiteral("verify"), folderOf(row), QStringLiteral("--deep")},
                       [name](const QJsonDocument& answer, int) { return verifyWords(name, answer); });
        connect(job, &JobRow::settled, this, &CheckpointsPage::read);
    }
}

void CheckpointsPage::evaluate() {
    for (const io::ListedCheckpoint& row : selected()) {
        for (const CheckpointsRead::Evaluation& of : model_->read().evaluations) {
            QStringList arguments = {QStringLiteral("eval"),
                                     QStringLiteral("--checkpoint"),
                                     folderOf(row),
                                     QStringLiteral("--task"),
                                     of.task,
                                     QStringLiteral("--data"),
                                     of.file};
            if (of.task == QStringLiteral("vqa") || of.task == QStringLiteral("retrieval"))
                arguments << QStringLiteral("--root") << of.root;
            const QString name = nameOf(row), folder = folderOf(row), task = of.task;
            JobRow* job = jobs_->add(
                tr("Evaluating %1 on %2").arg(name, task), arguments, [name, task](const QJsonDocument& answer, int) {
                    QStringList words;
                    const QJsonObject metrics = answer.object().value(QStringLiteral("metrics")).toObject();
                    for (auto it = metrics.begin(); it != metrics.end() && words.size() < 4; ++it)
                        words << QStringLiteral("%1 %2").arg(metricWords(it.key()), shortNumber(it.value().toDouble()));
                    return JobWords{tr("%1, %2: %3").arg(capital(name), task, words.join(QStringLiteral(", ")))};
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
                                read();
                            });
                    });
        }
    }
}

void CheckpointsPage::compare() {
    const QList<io::ListedCheckpoint> rows = selected();
    if (rows.size() != 2) return;
    const QString older = nameOf(rows[1]), newer = nameOf(rows[0]);
    jobs_->add(tr("Comparing %1 and %2").arg(older, newer),
               {QStringLiteral("ckpt"), QStringLiteral("diff"), folderOf(rows[1]), folderOf(rows[0])},
               [older, newer](const QJsonDocument& answer, int) { return compareWords(older, newer, answer); });
}

void CheckpointsPage::resume() {
    const QList<io::ListedCheckpoint> rows = selected();
    if (rows.size() != 1) return;
    const QString dir = context().selectedRun(), folder = folderOf(rows.first()), name = nameOf(rows.first());
    const auto go = [this, dir, folder, name] {
        context().launcher().resume(
            this, dir,
            [this, name](const QString& run) {
                context().report(QStringLiteral("info"), tr("Resumed %1 from %2").arg(run, name));
            },
            [this](const Failure& failure) { fail(failure.sentence()); }, folder);
    };
    if (model_->row(0).name == rows.first().name) return go();
    auto* question = new QMessageBox(
        QMessageBox::NoIcon, tr("Resume from an earlier step"),
        tr("Train on from %1? The steps after it are run again: their records and checkpoints are replaced.").arg(name),
        QMessageBox::NoButton, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* yes = question->addButton(tr("Resume from %1").arg(name), QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(tr("Leave it"), QMessageBox::RejectRole));
    connect(yes, &QPushButton::clicked, this, go);
    question->open();
}

void CheckpointsPage::reshard() {
    const QList<io::ListedCheckpoint> rows = selected();
    if (rows.size() != 1) return;
    const QString folder = folderOf(rows.first()), name = nameOf(rows.first());
    auto* dialog =
        new OutputDialog(tr("Reshard %1").arg(name), tr("Write it"), {}, rows.first().ranks == 1 ? 2 : 1, this);
    const QString base = QDir(context().selectedRun()).filePath(QString::fromStdString(rows.first().name));
    dialog->setFolderFor([base](const QString& ranks) { return QStringLiteral("%1-of-%2").arg(base, ranks); });
    connect(dialog, &QDialog::accepted, this, [this, dialog, folder, name] {
        const QString ranks = dialog->word(), out = dialog->folder();
        jobs_->add(tr("Writing %1 for %2 ranks").arg(name, ranks),
                   {QStringLiteral("ckpt"), QStringLiteral("reshard"), folder, QStringLiteral("--ranks"), ranks,
                    QStringLiteral("--out"), out},
                   [name, ranks, out](const QJsonDocument&, int) {
                       return JobWords{tr("%1 for %2 ranks is in %3").arg(capital(name), ranks, out)};
                   });
    });
    dialog->open();
}

void CheckpointsPage::exportModel() {
    const QList<io::ListedCheckpoint> rows = selected();
    if (rows.size() != 1) return;
    const QString folder = folderOf(rows.first()), name = nameOf(rows.first());
    auto* dialog = new OutputDialog(
        tr("Export %1").arg(name), tr("Export"),
        {{tr("Switchyard model, fp32"), QStringLiteral("switchyard fp32"),
          tr("Weights, configuration and tokenizer in one folder: for eval, retrieve, trace and as a start for other "
             "runs.")},
         {tr("Switchyard model, bf16"), QStringLiteral("switchyard bf16"), tr("The same in half the bytes.")},
         {tr("Hugging Face, text encoder"), QStringLiteral("hf text"),
          tr("As transformers reads it. The encoder must have learned positions, norms behind and no experts.")},
         {tr("Hugging Face, image encoder"), QStringLiteral("hf vision"),
          tr("As transformers reads a ViT. The encoder must have a linear stem and no experts.")},
         {tr("PEFT adapters, text encoder"), QStringLiteral("peft text"),
          tr("The LoRA adapters alone, as PEFT reads them.")},
         {tr("PEFT adapters, image encoder"), QStringLiteral("peft vision"),
          tr("The LoRA adapters alone, as PEFT reads them.")}},
        1, this);
    const QString base =
        QDir(context().selectedRun()).filePath(QStringLiteral("export-") + QString::fromStdString(rows.first().name));
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
        arguments << (format == QStringLiteral("switchyard") ? QStringLiteral("--dtype") : QStringLiteral("--part"))
                  << detail;
        jobs_->add(tr("Exporting %1").arg(name), arguments, [name, out](const QJsonDocument&, int) {
            return JobWords{tr("%1 is exported to %2").arg(capital(name), out)};
        });
    });
    dialog->open();
}

void CheckpointsPage::pin() {
    const QList<io::ListedCheckpoint> rows = selected();
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
            read();
        });
}

void CheckpointsPage::trash() {
    const QList<io::ListedCheckpoint> rows = selected();
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
                banner_->showMessage(MessageBanner::Kind::kOk, words.toHtmlEscaped(), tr("Undo"), [this, good] {
                    banner_->hide();
                    for (const Trashed& one : good) restore(one.to, one.from);
                });
                context().report(QStringLiteral("info"), words);
            }
            read();
        });
}

void CheckpointsPage::restore(const QString& trashed, const QString& folder) {
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
            wanted_ = QFileInfo(folder).fileName();
            read();
        });
}

}  // namespace switchyard::ui
