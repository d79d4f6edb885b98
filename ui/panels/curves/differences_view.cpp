// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/differences_view.h"

#include <QBuffer>
#include <QHeaderView>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/run_differences.h"
#include "ui/panels/curves/plot_group.h"
#include "ui/services/app_context.h"
#include "ui/services/background_save.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kAgainMs = 5000;  // values of live runs
constexpr int kKeyWidth = 240, kLeastRun = 120, kMostRun = 176;

}  // namespace

DifferencesView::DifferencesView(AppContext& context, PlotGroup& group, QWidget* parent)
    : QWidget(parent), context_(context), group_(group), model_(new RunDifferencesModel(this)) {
    card_ = new Card(tr("Differences"));
    menu_ = new ChartMenu(tr("Differences"), {ChartExport::kCsvAll});
    menu_->menu().actions().first()->setVisible(false);  // it is a table already
    QAction* copy = menu_->addAction(tr("Copy selected cells"));
    card_->addCornerWidget(menu_);
    table_ = new QTableView;
    table_->setModel(model_);
    table_->setAccessibleName(tr("Differences of the compared runs"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setSelectionMode(QAbstractItemView::ContiguousSelection);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(metric::kTableRow);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setMinimumSectionSize(kLeastRun);
    card_->setContent(table_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metric::kGrid, metric::kGrid, metric::kGrid, metric::kGrid);
    column->addWidget(card_);
    again_.setInterval(kAgainMs);
    connect(&again_, &QTimer::timeout, this, [this] {
        if (isVisible()) read();
    });
    again_.start();
    connect(&group, &PlotGroup::runsChanged, this, [this] {
        if (isVisible()) read();
    });
    connect(menu_, &ChartMenu::exportAsked, this, [this] {
        const QString path = askSavePath(this, tr("differences"), ChartExport::kCsvAll);
        if (path.isEmpty()) return;
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        model_->writeCsv(buffer);
        saveInBackground(
            this, path, [bytes](QIODevice& out) { out.write(bytes); },
            [this, path](const QString& problem) {
                context_.report(problem.isEmpty() ? QStringLiteral("info") : QStringLiteral("error"),
                                problem.isEmpty() ? tr("Exported %1").arg(path) : problem);
            });
    });
    connect(copy, &QAction::triggered, table_, [this] { copySelectedCells(*table_); });
    connect(new QShortcut(QKeySequence::Copy, table_), &QShortcut::activated, table_,
            [this] { copySelectedCells(*table_); });
    connect(&Theme::instance(), &Theme::changed, table_->viewport(), qOverload<>(&QWidget::update));
}

void DifferencesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    read();
}

void DifferencesView::read() {
    QStringList dirs;
    std::vector<int> series;
    for (int i = 0; i < group_.runs(); ++i) {
        dirs << group_.run(i).dir;
        series.push_back(group_.run(i).series);
    }
    if (dirs.size() < 2) return model_->clear();
    const quint64 reading = ++reading_;
    inBackground(
        this,
        [dirs] {
            std::vector<RunSheet> sheets;
            for (const QString& dir : dirs) sheets.push_back(readRunSheet(dir));
            return sheets;
        },
        [this, reading, series](const std::vector<RunSheet>& sheets) {
            if (reading != reading_) return;
            const QModelIndex at = table_->currentIndex();
            const int columns = model_->columnCount();
            table_->clearSpans();
            model_->setSheets(sheets, series);
            for (int row = 0; row < model_->rowCount(); ++row)
                if (model_->isHead(row)) table_->setSpan(row, 0, 1, model_->columnCount());
            if (model_->columnCount() != columns) {
                table_->setColumnWidth(0, kKeyWidth);
                // Beside each other, where the eye compares, and not spread over a wide window.
                const int runs = std::max(1, model_->columnCount() - 1);
                const int room = (table_->viewport()->width() - kKeyWidth) / runs;
                for (int i = 1; i < model_->columnCount(); ++i)
                    table_->setColumnWidth(i, std::clamp(room, kLeastRun, kMostRun));
            } else if (at.isValid()) {
                table_->setCurrentIndex(model_->index(at.row(), at.column()));
            }
        });
}

}  // namespace switchyard::ui
