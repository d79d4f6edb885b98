// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run/log_view.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

void LogModel::setLines(std::vector<LogLine> lines) {
    beginResetModel();
    lines_ = std::move(lines);
    filter();
    endResetModel();
}

void LogModel::setFilter(const QString& source, const QString& search) {
    beginResetModel();
    source_ = source;
    search_ = search;
    filter();
    endResetModel();
}

void LogModel::filter() {
    shown_.clear();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const bool fits = (source_.isEmpty() || lines_[i].source == source_) && lines_[i].text.contains(search_, Qt::CaseInsensitive);
        if (fits) shown_.push_back(i);
    }
}

int LogModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(shown_.size()); }
int LogModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant LogModel::data(const QModelIndex& index, int role) const {
    const LogLine& row = line(index.row());
    const Palette& p = Theme::instance().palette();
    const bool error = row.level == u'E', warning = row.level == u'W';
    switch (role) {
        case Qt::DisplayRole:
            if (index.column() == kTime) return row.time;
            if (index.column() == kSource) return row.source == QStringLiteral("supervisor") ? QStringLiteral("sup") : row.source;
            if (index.column() == kText) return row.text;
            return {};
        case Qt::DecorationRole:
            if (index.column() != kLevel || (!error && !warning)) return {};
            return Theme::instance().icon(error ? QStringLiteral("error") : QStringLiteral("warning"), error ? p.danger : p.warning);
        case Qt::FontRole: return Theme::instance().font(TextRole::kMono);
        case Qt::ForegroundRole: return index.column() == kText ? p.text : p.muted;
        case Qt::BackgroundRole: return error ? p.ground_danger : warning ? p.ground_warning : QVariant();
        case Qt::ToolTipRole: return index.column() == kText && row.text.size() > 60 ? row.text : QVariant();
        default: return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    const QStringList names = {tr("Time"), tr("Rank"), tr("Level"), tr("Line")};
    return names.value(section);
}

LogView::LogView(QWidget* parent) : Card(tr("Log"), parent) {
    setSubtitle(tr("last %1 lines of each rank, by time").arg(LogTail::kLines));
    source_ = new QComboBox;
    source_->setProperty("small", true);
    source_->setAccessibleName(tr("Whose log"));
    source_->addItem(tr("All"), QString());
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("Find in log"));
    search_->setAccessibleName(tr("Find in log"));
    search_->setProperty("small", true);
    search_->setClearButtonEnabled(true);
    search_->setMaximumWidth(180);
    search_->addAction(Theme::instance().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto* copy = new IconButton(QStringLiteral("copy"), tr("Copy the lines shown"));
    addCornerWidget(source_);
    addCornerWidget(search_);
    addCornerWidget(copy);
    table_ = new QTableView;
    table_->setModel(&model_);
    table_->horizontalHeader()->hide();
    table_->verticalHeader()->hide();
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->verticalHeader()->setDefaultSectionSize(22);
    table_->verticalHeader()->setMinimumSectionSize(18);
    table_->horizontalHeader()->setMinimumSectionSize(20);
    table_->horizontalHeader()->setStretchLastSection(true);
    const QFontMetrics mono(Theme::instance().font(TextRole::kMono));
    table_->setColumnWidth(LogModel::kTime, mono.horizontalAdvance(QStringLiteral("00:00:00.000")) + 24);
    table_->setColumnWidth(LogModel::kSource, mono.horizontalAdvance(QStringLiteral("sup")) + 32);
    table_->setColumnWidth(LogModel::kLevel, 28);
    table_->setAccessibleName(tr("Log lines"));
    foot_ = new QLabel;
    foot_->setProperty("role", "caption");
    foot_->setContentsMargins(12, 4, 12, 6);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    body()->setContentsMargins(0, 6, 0, 0);
    body()->addWidget(table_, 1);
    body()->addWidget(line);
    body()->addWidget(foot_);
    const auto refilter = [this] {
        model_.setFilter(source_->currentData().toString(), search_->text());
        table_->scrollToBottom();
        tell();
    };
    connect(source_, &QComboBox::currentIndexChanged, this, refilter);
    connect(search_, &QLineEdit::textChanged, this, refilter);
    connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(text()); });
    connect(&Theme::instance(), &Theme::changed, this, [this] { table_->viewport()->update(); });
}

void LogView::setLines(const std::vector<LogLine>& lines) {
    QStringList sources;
    for (const LogLine& one : lines) {
        if (!sources.contains(one.source)) sources << one.source;
    }
    std::sort(sources.begin(), sources.end(), [](const QString& a, const QString& b) {
        bool a_is_rank = false, b_is_rank = false;
        const int rank_a = a.toInt(&a_is_rank), rank_b = b.toInt(&b_is_rank);
        return a_is_rank != b_is_rank ? a_is_rank : a_is_rank ? rank_a < rank_b : a < b;
    });
    const QString chosen = source_->currentData().toString();
    {
        const QSignalBlocker quiet(source_);
        source_->clear();
        source_->addItem(tr("All"), QString());
        for (const QString& source : sources) {
            bool is_rank = false;
            source.toInt(&is_rank);
            source_->addItem(is_rank ? tr("Rank %1").arg(source) : source, source);
        }
        source_->setCurrentIndex(std::max(0, source_->findData(chosen)));
    }
    const QScrollBar* bar = table_->verticalScrollBar();
    const bool at_end = bar->value() >= bar->maximum() - 1;
    const int value = bar->value();
    model_.setLines(lines);
    if (at_end) table_->scrollToBottom();
    else table_->verticalScrollBar()->setValue(value);
    tell();
}

void LogView::tell() {
    const int shown = model_.rowCount(), total = model_.total();
    foot_->setText(total == 0 ? tr("No lines yet") : shown == total ? tr("%1 lines").arg(number(total, 0)) : tr("%1 of %2 lines").arg(number(shown, 0), number(total, 0)));
}

QString LogView::text() const {
    QString all;
    for (int row = 0; row < model_.rowCount(); ++row) {
        const LogLine& one = model_.line(row);
        all += QStringLiteral("%1 %2 %3 %4\n").arg(one.time, one.source, QString(one.level), one.text);
    }
    return all;
}

}  // namespace switchyard::ui
