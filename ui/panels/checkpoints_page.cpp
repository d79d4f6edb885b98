// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints_page.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/panels/checkpoints/checkpoint_actions.h"
#include "ui/panels/checkpoints/job_list.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kReadAgainMs = 2000;

}  // namespace

CheckpointsPage::CheckpointsPage(AppContext& app, QWidget* parent)
    : Page(app, parent), model_(new CheckpointTable(this)) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    stack_ = new QStackedLayout;
    outer->addLayout(stack_);
    banner_ = new MessageBanner;
    banner_->hide();
    jobs_ = new JobList;
    actions_ = new CheckpointActions(app, *model_, *jobs_, *banner_, this);
    empty_ = new EmptyState(QStringLiteral("checkpoints"), {}, {});
    stack_->addWidget(empty_);

    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildToolBar());
    auto* inner = new QVBoxLayout;
    inner->setContentsMargins(8, 8, 8, 8);
    inner->setSpacing(8);
    column->addLayout(inner, 1);
    inner->addWidget(banner_);
    auto* frame = new QFrame(content);
    frame->setProperty("card", true);
    view_ = new QTableView(frame);
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
    auto* framed = new QVBoxLayout(frame);
    framed->setContentsMargins(1, 1, 1, 1);
    framed->addWidget(view_);
    inner->addWidget(frame, 1);
    inner->addWidget(jobs_);
    stack_->addWidget(content);
    setFocusProxy(view_);

    view_->addActions(actions_->all());
    connect(actions_, &CheckpointActions::changed, this, [this](const QString& select) {
        wanted_ = select;
        read();
    });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        actions_->setSelection(selected());
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
    auto* bar = new QWidget;
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setProperty("toolbar", true);
    // In a narrow window it goes on in a second line.
    auto* row = new FlowLayout(8, bar);
    row->setContentsMargins(8, 7, 12, 7);
    for (QAction* action : actions_->forToolBar()) row->addWidget(actionButton(*action));
    metric_ = new QComboBox;
    metric_->setProperty("small", true);
    metric_->setAccessibleName(tr("Measured"));
    metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    metric_->setToolTip(tr("What the table shows of what was measured"));
    row->addWidget(metric_);
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    count_->setFixedHeight(metric::kControlSmall);
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
    // A live run is read again and again: what a person points at stays as it is until something changed.
    if (!first_ && wanted_.isEmpty() && read == model_->read()) return;
    QStringList names;
    for (const io::ListedCheckpoint& row : selected()) names << QString::fromStdString(row.name);
    const int place = view_->currentIndex().row();
    if (!wanted_.isEmpty()) names = {std::exchange(wanted_, {})};
    const bool fresh = std::exchange(first_, false) || read.run_dir != model_->read().run_dir;
    model_->take(std::move(read));
    jobs_->setRun(QFileInfo(model_->read().run_dir).fileName());
    if (fresh) names.clear();
    QItemSelection selection;
    const auto add = [&](int row) {
        if (row >= 0 && row < model_->rowCount())
            selection.select(model_->index(row, 0), model_->index(row, CheckpointTable::kColumns - 1));
    };
    for (const QString& name : names) add(model_->indexOf(name));
    if (fresh) add(0);
    // Those that were selected are gone: what stands at their place now.
    if (selection.isEmpty() && !names.isEmpty()) add(std::clamp(place, 0, std::max(0, model_->rowCount() - 1)));
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
    actions_->setSelection(selected());
    tellSelection();
}

QList<io::ListedCheckpoint> CheckpointsPage::selected() const {
    QList<io::ListedCheckpoint> rows;
    for (const QModelIndex& index : view_->selectionModel()->selectedRows()) rows.append(model_->row(index.row()));
    // The order of the table, not of the clicks.
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name > b.name; });
    return rows;
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
    told.heading = sentenceStart(checkpointName(row));
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

}  // namespace switchyard::ui
