// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/expert_exports.h"

#include <QFileInfo>
#include <cmath>
#include <memory>

#include "ui/models/load_table.h"
#include "ui/models/run_words.h"
#include "ui/services/app_context.h"
#include "ui/services/background_save.h"
#include "ui/widgets/table_dialog.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kPngScale = 2;

QImage pictureOf(QWidget* plot) {
    QImage image(plot->size() * kPngScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kPngScale);
    image.fill(Theme::instance().palette().panel);
    plot->render(&image);
    return image;
}

}  // namespace

ExpertExports::ExpertExports(AppContext& context, ExpertsView& view, QWidget* page)
    : QObject(page), context_(context), view_(view), page_(page) {}

QString ExpertExports::nameOf(const QString& what) const {
    return QFileInfo(context_.selectedRun()).fileName() + u' ' + layerLabel(view_.focus.layer(), true) + u' ' + what;
}

TableDialog* ExpertExports::openLoads() {
    if (view_.layer() == nullptr) return nullptr;
    auto* model = new LoadTableModel(view_.focus.modality());
    model->sync(*view_.layer());
    const QString title = tr("Load over fair share, %1").arg(layerLabel(view_.focus.layer(), false));
    auto* dialog = new TableDialog(title, model, page_);
    connect(dialog, &TableDialog::rowActivated, this,
            [this, model](int row) { view_.focus.setStep(model->step(row)); });
    connect(dialog, &TableDialog::csvAsked, this, [this] { exportLoads(ChartExport::kCsvAll, {}); });
    if (loads_dialog_) loads_dialog_->close();
    loads_dialog_ = dialog;
    loads_model_ = model;
    dialog->show();
    dialog->showRow(model->rowAt(view_.focus.step()));
    return dialog;
}

ExpertExports::Table ExpertExports::modalityTable() const {
    Table table{{tr("Expert"), tr("Text tokens"), tr("Image tokens"), tr("Text share")}, {}};
    if (view_.layer() == nullptr) return table;
    for (const ExpertShare& share : expertShares(*view_.layer(), view_.column(), LoadModality::kAll)) {
        table.rows.push_back(
            {expertName(share.expert), number(share.text, 0), number(share.image, 0),
             share.textShare() ? number(100 * *share.textShare(), 1) + QStringLiteral(" %") : QString()});
    }
    return table;
}

ExpertExports::Table ExpertExports::layersTable() const {
    Table table{{tr("Layer")}, {}};
    int most = 0;
    for (const QString& name : view_.loads->layers()) {
        const LoadRing& ring = view_.loads->layer(name)->ring;
        most = std::max(most, ring.experts());
        QStringList row = {layerLabel(name, false)};
        const int column = ring.columnAt(view_.focus.step());
        for (int e = 0; e < ring.experts(); ++e) {
            const double ratio = ring.ratio(column, view_.focus.modality(), e);
            row << (std::isnan(ratio) ? QString() : number(ratio, 3));
        }
        table.rows.push_back(row);
    }
    for (int e = 0; e < most; ++e) table.heads << expertName(e);
    return table;
}

ExpertExports::Table ExpertExports::exchangeTable() const {
    Table table{{tr("From")}, {}};
    const int ranks = view_.ranks();
    const Exchange* exchange = view_.layer() == nullptr ? nullptr : view_.layer()->exchange.at(view_.focus.step());
    if (exchange == nullptr) return table;
    for (int to = 0; to < ranks; ++to) table.heads << tr("To rank %1").arg(to);
    for (int from = 0; from < ranks; ++from) {
        QStringList row = {tr("Rank %1").arg(from)};
        for (int to = 0; to < ranks; ++to)
            row << number(exchange->tokens[static_cast<std::size_t>(from * ranks + to)], 0);
        table.rows.push_back(row);
    }
    return table;
}

TableDialog* ExpertExports::open(const QString& title, const Table& table) {
    auto* dialog = new TableDialog(title, new TextTableModel(table.heads, table.rows), page_);
    dialogs_.emplace_back(dialog);
    dialog->show();
    return dialog;
}

TableDialog* ExpertExports::openModality() {
    const Table table = modalityTable();
    auto* dialog = open(tr("Modality share of %1 at step %2")
                            .arg(layerLabel(view_.focus.layer(), false), number(view_.focus.step(), 0)),
                        table);
    connect(dialog, &TableDialog::rowActivated, this, [this](int row) { view_.focus.setExpert(row); });
    connect(dialog, &TableDialog::csvAsked, this,
            [this, table] { exportTable(ChartExport::kCsvAll, nameOf(tr("modality share")), table, nullptr); });
    return dialog;
}

TableDialog* ExpertExports::openLayers() {
    const Table table = layersTable();
    auto* dialog = open(tr("Load over fair share of all layers at step %1").arg(number(view_.focus.step(), 0)), table);
    connect(dialog, &TableDialog::rowActivated, this,
            [this](int row) { view_.focus.setLayer(view_.loads->layers().value(row)); });
    connect(dialog, &TableDialog::csvAsked, this,
            [this, table] { exportTable(ChartExport::kCsvAll, nameOf(tr("layers")), table, nullptr); });
    return dialog;
}

TableDialog* ExpertExports::openExchange() {
    const Table table = exchangeTable();
    auto* dialog = open(tr("Tokens that ranks sent each other, %1, step %2")
                            .arg(layerLabel(view_.focus.layer(), false), number(view_.focus.step(), 0)),
                        table);
    connect(dialog, &TableDialog::csvAsked, this,
            [this, table] { exportTable(ChartExport::kCsvAll, nameOf(tr("all-to-all")), table, nullptr); });
    return dialog;
}

void ExpertExports::exportLoads(ChartExport kind, const std::function<QImage(double scale)>& picture) {
    if (view_.layer() == nullptr) return;
    const QString path = askSavePath(page_, nameOf(tr("loads")), kind);
    if (path.isEmpty()) return;
    if (kind == ChartExport::kPng) {
        write(path, [image = picture(kPngScale)](QIODevice& out) { image.save(&out, "PNG"); });
    } else {
        write(path, [ring = std::make_shared<LoadRing>(view_.layer()->ring),
                     modality = view_.focus.modality()](QIODevice& out) { writeLoadCsv(out, *ring, modality); });
    }
}

void ExpertExports::exportModality(ChartExport kind, QWidget* plot) {
    exportTable(kind, nameOf(tr("modality share")), modalityTable(), plot);
}

void ExpertExports::exportLayers(ChartExport kind, QWidget* plot) {
    exportTable(kind, nameOf(tr("layers")), layersTable(), plot);
}

void ExpertExports::exportExchange(ChartExport kind, QWidget* plot) {
    exportTable(kind, nameOf(tr("all-to-all")), exchangeTable(), plot);
}

void ExpertExports::exportTable(ChartExport kind, const QString& name, const Table& table, QWidget* plot) {
    const QString path = askSavePath(page_, name, kind);
    if (path.isEmpty()) return;
    if (kind == ChartExport::kPng && plot != nullptr) {
        write(path, [image = pictureOf(plot)](QIODevice& out) { image.save(&out, "PNG"); });
    } else {
        write(path, [table](QIODevice& out) { writeTableCsv(out, table.heads, table.rows); });
    }
}

void ExpertExports::refreshTables() {
    if (loads_dialog_ && loads_model_ && view_.layer() != nullptr) loads_model_->sync(*view_.layer());
}

void ExpertExports::closeTables() {
    if (loads_dialog_) loads_dialog_->close();
    for (const auto& dialog : dialogs_)
        if (dialog) dialog->close();
    dialogs_.clear();
}

void ExpertExports::write(const QString& path, std::function<void(QIODevice&)> writer) {
    saveInBackground(this, path, std::move(writer), [this, path](const QString& problem) {
        if (problem.isEmpty()) {
            context_.report(QStringLiteral("info"), tr("Exported %1").arg(path));
        } else {
            context_.report(QStringLiteral("error"), problem);
        }
    });
}

}  // namespace switchyard::ui
