// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_dialog.h"

#include <QAbstractTableModel>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

TableDialog::TableDialog(const QString& title, QAbstractTableModel* model, QWidget* parent) : QDialog(parent) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    model->setParent(this);
    view_ = new QTableView;
    view_->setModel(model);
    view_->setAccessibleName(title);
    view_->setFont(Theme::instance().font(TextRole::kMono));
    view_->setAlternatingRowColors(true);
    view_->setShowGrid(false);
    view_->setSelectionMode(QAbstractItemView::ContiguousSelection);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->verticalHeader()->setDefaultSectionSize(metric::kTableRow);
    view_->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    view_->horizontalHeader()->setHighlightSections(false);
    const QFontMetrics metrics(view_->font());
    for (int column = 0; column < model->columnCount(); ++column) {
        const QString head = model->headerData(column, Qt::Horizontal).toString();
        const QString sample =
            model->rowCount() > 0 ? model->index(model->rowCount() - 1, column).data().toString() : QString();
        const int widest = std::max(metrics.horizontalAdvance(head), metrics.horizontalAdvance(sample));
        view_->setColumnWidth(column, std::max(72, widest + 28));
    }
    auto* rows = new QLabel;
    rows->setProperty("role", "muted");
    const auto count = [rows, model] { rows->setText(tr("%1 rows").arg(number(model->rowCount(), 0))); };
    connect(model, &QAbstractItemModel::rowsInserted, this, count);
    connect(model, &QAbstractItemModel::modelReset, this, count);
    count();
    auto* copy = new QPushButton(tr("Copy"));
    copy->setToolTip(tr("Copies the selected cells (Ctrl+C)"));
    auto* csv = new QPushButton(tr("Export CSV..."));
    auto* close = new QPushButton(tr("Close"));
    for (QPushButton* button : {copy, csv, close}) button->setAutoDefault(false);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 8);
    foot->setSpacing(8);
    foot->addWidget(rows);
    foot->addStretch(1);
    foot->addWidget(copy);
    foot->addWidget(csv);
    foot->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(view_, 1);
    column->addLayout(foot);
    connect(copy, &QPushButton::clicked, view_, [this] { copySelectedCells(*view_); });
    connect(csv, &QPushButton::clicked, this, &TableDialog::csvAsked);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(new QShortcut(QKeySequence::Copy, view_), &QShortcut::activated, view_,
            [this] { copySelectedCells(*view_); });
    connect(view_, &QAbstractItemView::activated, this,
            [this](const QModelIndex& at) { Q_EMIT rowActivated(at.row()); });
    int columns = 0;
    for (int i = 0; i < model->columnCount(); ++i) columns += view_->columnWidth(i);
    resize(std::clamp(columns + 16, 420, 900), 520);
}

void TableDialog::showRow(int row) {
    const QModelIndex at = view_->model()->index(row, 0);
    view_->setCurrentIndex(at);
    view_->scrollTo(at, QAbstractItemView::PositionAtCenter);
}

}  // namespace switchyard::ui
