// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/events_panel.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/util/clock.h"
#include "ui/models/alarm_words.h"
#include "ui/models/run_words.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr std::size_t kOwnKept = 500;

QString clockText(double time) { return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(time * 1000)).toString(QStringLiteral("HH:mm:ss")); }

QString levelWord(int level) {
    return level == 2 ? EventsModel::tr("Error") : level == 1 ? EventsModel::tr("Warning") : EventsModel::tr("Information");
}

}  // namespace

void EventsModel::setRows(std::vector<EventRow> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int EventsModel::count(int level) const {
    return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [&](const EventRow& row) { return row.level == level; }));
}

int EventsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int EventsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant EventsModel::data(const QModelIndex& index, int role) const {
    const EventRow& event = row(index.row());
    const Palette& p = Theme::instance().palette();
    if (role == Qt::UserRole) return event.level;
    switch (index.column()) {
        case kTime:
            if (role == Qt::DisplayRole) return clockText(event.time);
            if (role == Qt::FontRole) return Theme::instance().font(TextRole::kMono);
            if (role == Qt::ForegroundRole) return p.muted;
            break;
        case kLevel:
            if (role == Qt::DecorationRole) {
                const QString icon = event.level == 2 ? QStringLiteral("error") : event.level == 1 ? QStringLiteral("warning") : QStringLiteral("info");
                return Theme::instance().icon(icon, event.level == 2 ? p.danger : event.level == 1 ? p.warning : p.muted);
            }
            if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) return levelWord(event.level);
            break;
        case kText:
            if (role == Qt::ToolTipRole && event.alarm) return alarmTip(*event.alarm);
            if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return event.text;
            if (role == Qt::ForegroundRole && event.alarm) return p.accent;
            break;
        default: break;
    }
    return {};
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == kTime ? tr("Time") : section == kLevel ? tr("Level") : tr("Event");
}

EventsPanel::EventsPanel(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto* head = new QWidget;
    head->setAttribute(Qt::WA_StyledBackground);
    head->setProperty("dockTitle", true);
    head->setFixedHeight(metric::kDockTitle);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(8);
    auto* title = new QLabel(tr("Events"));
    title->setProperty("role", "title");
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    count_->setProperty("small", true);
    fold_ = new IconButton(QStringLiteral("chevron-right"), tr("Show the list of events"));
    row->addWidget(title);
    row->addWidget(fold_);

    folded_part_ = new QWidget;
    auto* folded = new QHBoxLayout(folded_part_);
    folded->setContentsMargins(0, 0, 0, 0);
    folded->setSpacing(12);
    newest_time_ = new QLabel;
    newest_time_->setFont(Theme::instance().font(TextRole::kMono));
    newest_time_->setProperty("role", "muted");
    newest_ = new ElidedLabel;
    newest_->setFont(Theme::instance().font(TextRole::kMono));
    newest_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    warnings_ = new QLabel;
    errors_ = new QLabel;
    for (QLabel* label : {warnings_, errors_}) label->setProperty("role", "tag");
    errors_->setProperty("role", "tag-danger");
    folded->addWidget(newest_time_);
    folded->addWidget(newest_, 1);
    folded->addWidget(warnings_);
    folded->addWidget(errors_);

    open_part_ = new QWidget;
    auto* opened = new QHBoxLayout(open_part_);
    opened->setContentsMargins(0, 0, 0, 0);
    opened->setSpacing(8);
    levels_ = new SegmentedControl({tr("All"), tr("Warnings"), tr("Errors")});
    levels_->setAccessibleName(tr("Which events"));
    opened->addWidget(count_);
    opened->addStretch(1);
    opened->addWidget(levels_);
    auto* close = new IconButton(QStringLiteral("close"), tr("Close this panel"));
    row->addWidget(folded_part_, 1);
    row->addWidget(open_part_, 1);
    row->addWidget(close);
    column->addWidget(head);

    filter_.setSourceModel(&model_);
    filter_.setFilterRole(Qt::UserRole);
    filter_.setFilterKeyColumn(0);
    table_ = new QTableView;
    table_->setModel(&filter_);
    table_->horizontalHeader()->hide();
    table_->verticalHeader()->hide();
    table_->setShowGrid(false);
    table_->setAlternatingRowColors(true);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setWordWrap(false);
    table_->setIconSize(QSize(16, 16));
    table_->verticalHeader()->setDefaultSectionSize(28);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->setColumnWidth(EventsModel::kTime, 88);
    table_->setColumnWidth(EventsModel::kLevel, 28);
    table_->horizontalHeader()->setMinimumSectionSize(20);
    table_->setAccessibleName(tr("Events"));
    column->addWidget(table_, 1);

    connect(table_, &QTableView::clicked, this, &EventsPanel::follow);
    connect(table_, &QTableView::activated, this, &EventsPanel::follow);
    connect(fold_, &QToolButton::clicked, this, [this] { setOpen(!open_); });
    connect(close, &QToolButton::clicked, this, &EventsPanel::closeRequested);
    connect(levels_, &SegmentedControl::changed, this, [this](int level) {
        filter_.setFilterRegularExpression(level == 0 ? QString() : level == 1 ? QStringLiteral("^1$") : QStringLiteral("^2$"));
        tell();
    });
    connect(&context_, &AppContext::reported, this, [this](const QString& level, const QString& message) {
        const int number = level == QStringLiteral("error") ? 2 : level == QStringLiteral("warning") ? 1 : 0;
        own_.push_back({wallTime(), -1, number, tr("window"), message, {}});
        if (own_.size() > kOwnKept) own_.erase(own_.begin());
        refresh();
    });
    connect(&context_.runs(), &RunFeed::recordsChanged, this, &EventsPanel::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this] { table_->viewport()->update(); });
    setOpen(false);
    refresh();
}

void EventsPanel::setOpen(bool open) {
    open_ = open;
    fold_->setIconName(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"));
    fold_->setToolTip(open ? tr("Fold the list of events") : tr("Show the list of events"));
    fold_->setAccessibleName(fold_->toolTip());
    folded_part_->setVisible(!open);
    open_part_->setVisible(open);
    table_->setVisible(open);
    setMinimumHeight(metric::kDockTitle);
    setMaximumHeight(open ? QWIDGETSIZE_MAX : metric::kDockTitle);
    if (open) setMinimumHeight(120);
    Q_EMIT openChanged(open);
}

void EventsPanel::refresh() {
    const auto& events = context_.runs().events();
    const auto& alarms = context_.runs().alarms();
    // The feed sends every change of the run; most bring no event.
    const Shown now{events.size(), own_.size(), alarms.size(), events.empty() ? 0.0 : events.back().wall_time,
                    own_.empty() ? 0.0 : own_.back().time};
    if (now == shown_) return;
    shown_ = now;
    std::vector<EventRow> rows = own_;
    for (const health::Alarm& alarm : alarms) {
        const QString text = tr("Alarm at step %1, %2: %3").arg(number(static_cast<double>(alarm.raised_step), 0), alarmPlace(alarm), alarmText(alarm));
        rows.push_back({alarm.raised_at, alarm.raised_step, 1, tr("health"), text, alarm});
    }
    for (const runs::Event& event : events) {
        if (event.source == "health") continue;  // rank 0's words of the same alarms
        rows.push_back({event.wall_time, event.step, static_cast<int>(event.level), QString::fromStdString(event.source), QString::fromStdString(event.message), {}});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const EventRow& a, const EventRow& b) { return a.time > b.time; });
    model_.setRows(std::move(rows));
    tell();
}

void EventsPanel::follow(const QModelIndex& index) {
    if (!index.isValid()) return;
    const std::optional<health::Alarm> alarm = model_.row(filter_.mapToSource(index).row()).alarm;
    if (alarm) context_.showAlarm(*alarm);
}

void EventsPanel::tell() {
    const int all = model_.rowCount(), warnings = model_.count(1), errors = model_.count(2);
    count_->setText(filter_.rowCount() == all ? number(all, 0) : tr("%1 of %2").arg(number(filter_.rowCount(), 0), number(all, 0)));
    levels_->setLabel(1, tr("Warnings %1").arg(number(warnings, 0)));
    levels_->setLabel(2, tr("Errors %1").arg(number(errors, 0)));
    newest_time_->setText(all == 0 ? QString() : clockText(model_.row(0).time));
    newest_->setFullText(all == 0 ? tr("Nothing has happened yet") : model_.row(0).text);
    warnings_->setText(warnings == 1 ? tr("1 warning") : tr("%1 warnings").arg(number(warnings, 0)));
    errors_->setText(errors == 1 ? tr("1 error") : tr("%1 errors").arg(number(errors, 0)));
    warnings_->setVisible(warnings > 0);
    errors_->setVisible(errors > 0);
}

}  // namespace switchyard::ui
