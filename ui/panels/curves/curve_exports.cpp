// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/curve_exports.h"

#include <QFileInfo>
#include <QImage>
#include <QPixmap>
#include <limits>
#include <memory>

#include "ui/models/run_words.h"
#include "ui/services/app_context.h"
#include "ui/services/background_save.h"
#include "ui/widgets/table_dialog.h"

namespace switchyard::ui {

CurveExports::CurveExports(AppContext& context, PlotGroup& group, QWidget* page)
    : QObject(page), context_(context), group_(group), page_(page) {}

void CurveExports::serve(PlotCard* card) {
    connect(card, &PlotCard::tableAsked, this, [this, card] { openTable(card->plot().options().name, card->tags()); });
    connect(card, &PlotCard::exportAsked, this, [this, card](ChartExport kind) { exportCard(card, kind); });
}

QString CurveExports::runName() const {
    return QFileInfo(context_.selectedRun()).fileName();
}

std::vector<CurveColumn> CurveExports::columnsOf(const QStringList& tags) const {
    std::vector<CurveColumn> columns;
    for (const QString& tag : tags) {
        for (int run = 0; run < group_.runs(); ++run) {
            const PlotRun& own = group_.run(run);
            if (own.curves.find(tag) == nullptr || (group_.comparing() && !own.visible)) continue;
            columns.push_back({tag, run, group_.comparing() ? tr("%1: %2").arg(own.name, tag) : tag});
        }
    }
    return columns;
}

std::vector<const RunCurves*> CurveExports::curves() const {
    std::vector<const RunCurves*> list;
    for (int run = 0; run < group_.runs(); ++run) list.push_back(&group_.run(run).curves);
    return list;
}

TableDialog* CurveExports::openTable(const QString& title, const QStringList& tags) {
    auto* model = new CurveTableModel(columnsOf(tags));
    model->sync(curves());
    auto* dialog = new TableDialog(tr("%1 of %2").arg(title, runName()), model, page_);
    tables_.emplace_back(dialog, model);
    connect(dialog, &TableDialog::rowActivated, this,
            [this, model](int row) { group_.show(model->table().step(static_cast<std::size_t>(row))); });
    connect(dialog, &TableDialog::csvAsked, this, [this, tags, title, dialog] {
        const QString path = askSavePath(dialog, runName() + u' ' + title.toLower(), ChartExport::kCsvAll);
        if (!path.isEmpty()) writeCsv(path, tags, false);
    });
    dialog->show();
    if (model->rowCount() > 0) {
        const double step = group_.cursor().step().value_or(model->table().step(model->table().rows() - 1));
        dialog->showRow(static_cast<int>(model->table().rowAt(step)));
    }
    return dialog;
}

void CurveExports::refreshTables() {
    std::erase_if(tables_, [](const auto& table) { return table.first.isNull(); });
    for (const auto& [dialog, model] : tables_) model->sync(curves());
}

void CurveExports::closeTables() {
    for (const auto& [dialog, model] : tables_)
        if (dialog) dialog->close();
    tables_.clear();
}

void CurveExports::exportCard(PlotCard* card, ChartExport kind) {
    const QString path = askSavePath(page_, runName() + u' ' + card->plot().options().name.toLower(), kind);
    if (path.isEmpty()) return;
    if (kind == ChartExport::kCsvVisible || kind == ChartExport::kCsvAll) {
        writeCsv(path, card->tags(), kind == ChartExport::kCsvVisible);
    } else if (kind == ChartExport::kPng) {
        write(path, [image = card->plot().image()](QIODevice& out) { image.save(&out, "PNG"); });
    } else {
        const auto picture = kind == ChartExport::kPdf ? CurvePlot::Picture::kPdf : CurvePlot::Picture::kSvg;
        write(path, [bytes = card->plot().picture(picture)](QIODevice& out) { out.write(bytes); });
    }
}

void CurveExports::exportPage(QWidget* cards_area, const std::vector<PlotCard*>& cards, ChartExport kind) {
    const QString path = askSavePath(page_, runName() + tr(" curves"), kind);
    if (path.isEmpty()) return;
    if (kind == ChartExport::kPng) {
        QImage image(cards_area->size() * 2, QImage::Format_RGB32);
        image.setDevicePixelRatio(2);
        image.fill(page_->palette().color(QPalette::Window));
        cards_area->render(&image);
        write(path, [image](QIODevice& out) { image.save(&out, "PNG"); });
    } else if (kind == ChartExport::kPdf) {
        std::vector<CurvePlot*> plots;
        for (PlotCard* card : cards) plots.push_back(&card->plot());
        write(path, [bytes = CurvePlot::pdfOf(plots)](QIODevice& out) { out.write(bytes); });
    } else {
        QStringList tags;
        for (PlotCard* card : cards) tags << card->tags();
        writeCsv(path, tags, kind == ChartExport::kCsvVisible);
    }
}

void CurveExports::writeCsv(const QString& path, const QStringList& tags, bool visible_only) {
    auto table = std::make_shared<CurveTable>(columnsOf(tags));
    table->sync(curves());
    std::vector<CurveTable::Steps> wanted;
    for (const RunCurves* run : curves()) {
        if (!visible_only) break;
        // The same stretch of the axis is another stretch of steps in each run.
        constexpr double kInfinite = std::numeric_limits<double>::infinity();
        wanted.push_back({kInfinite, -kInfinite});
        const CurveSeries* curve = run->longest();
        if (curve == nullptr || !run->hasAxis(group_.axis())) continue;
        const auto [first, end] = curve->within(group_.axis(), group_.range().low, group_.range().high);
        if (end > first) wanted.back() = {curve->step()[first], curve->step()[end - 1]};
    }
    write(path, [table, wanted](QIODevice& out) { table->writeCsv(out, wanted); });
}

void CurveExports::write(const QString& path, std::function<void(QIODevice&)> writer) {
    saveInBackground(this, path, std::move(writer), [this, path](const QString& problem) {
        if (problem.isEmpty()) {
            context_.report(QStringLiteral("info"), tr("Exported %1").arg(path));
        } else {
            context_.report(QStringLiteral("error"), problem);
        }
    });
}

}  // namespace switchyard::ui
