// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/routing_exports.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>

#include "ui/models/load_history.h"
#include "ui/models/load_table.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/services/app_context.h"
#include "ui/services/background_save.h"
#include "ui/widgets/table_dialog.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kPngScale = 2;
constexpr int kPdfDots = 960, kScreenDots = 96;

QString plain(double value) {
    return QString::number(value, 'g', 6);
}

void addChoiceHeads(QStringList& heads, int choices) {
    for (int k = 1; k <= choices; ++k)
        heads << RoutingExports::tr("Expert %1").arg(k) << RoutingExports::tr("Weight %1").arg(k)
              << RoutingExports::tr("Probability %1").arg(k) << RoutingExports::tr("Dropped %1").arg(k);
    heads << RoutingExports::tr("Entropy, bits");
}

void addChoices(QStringList& cells, const RoutedLayer& layer, int row) {
    const QList<RoutedChoice> choices = layer.choicesOf(row);
    const std::vector<double> p = layer.probabilities(row);
    for (int k = 0; k < layer.choices; ++k) {
        if (k >= choices.size()) {
            cells << QString() << QString() << QString() << QString();
            continue;
        }
        cells << expertName(choices[k].expert) << plain(static_cast<double>(choices[k].weight))
              << (p.empty() ? QString() : plain(p[static_cast<std::size_t>(choices[k].expert)]))
              << (choices[k].dropped ? RoutingExports::tr("yes") : RoutingExports::tr("no"));
    }
    cells << plain(layer.entropy(row));
}

QByteArray png(const RouteView& view) {
    QImage image(view.size() * kPngScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kPngScale);
    image.fill(Theme::instance().palette().panel);
    {
        QPainter painter(&image);
        view.paint(painter);
    }
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray pdf(const RouteView& view) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    const QSizeF size = view.size();
    writer.setPageMargins(QMarginsF());
    writer.setPageSize(QPageSize(size * 72.0 / kScreenDots, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setResolution(kPdfDots);
    QPainter painter(&writer);
    painter.scale(static_cast<double>(kPdfDots) / kScreenDots, static_cast<double>(kPdfDots) / kScreenDots);
    painter.fillRect(QRectF(QPointF(), size), Theme::instance().palette().panel);
    view.paint(painter);
    painter.end();
    return bytes;
}

}  // namespace

RouteTable tokenTable(const RoutedSample& sample, const RoutedLayer& layer) {
    RouteTable table{{RoutingExports::tr("Token"), RoutingExports::tr("Piece"), RoutingExports::tr("Id")}, {}};
    addChoiceHeads(table.heads, layer.choices);
    for (int token = 0; token < layer.texts; ++token) {
        const auto i = static_cast<std::size_t>(token);
        QStringList cells = {QString::number(token + 1), sample.pieces.value(token),
                             i < sample.token_ids.size() ? QString::number(sample.token_ids[i]) : QString()};
        addChoices(cells, layer, token);
        table.rows.push_back(cells);
    }
    return table;
}

RouteTable patchTable(const RoutedSample& sample, const RoutedLayer& layer) {
    RouteTable table{{RoutingExports::tr("Row"), RoutingExports::tr("Column")}, {}};
    addChoiceHeads(table.heads, layer.choices);
    for (int patch = 0; patch < sample.patches(); ++patch) {
        const int row = sample.rowOfPatch(layer, patch);
        if (row < 0) break;
        QStringList cells = {QString::number(patch / sample.grid + 1), QString::number(patch % sample.grid + 1)};
        addChoices(cells, layer, row);
        table.rows.push_back(cells);
    }
    return table;
}

RouteTable loadTable(const RouteLoad& load) {
    RouteTable table{{RoutingExports::tr("Expert"), RoutingExports::tr("Text tokens"), RoutingExports::tr("Patches"),
                      RoutingExports::tr("Dropped"), RoutingExports::tr("Load over fair share")},
                     {}};
    for (int e = 0; e < load.experts(); ++e) {
        const auto i = static_cast<std::size_t>(e);
        table.rows.push_back(
            {expertName(e), plain(load.text[i]), plain(load.image[i]), plain(load.dropped[i]), plain(load.ratio(e))});
    }
    return table;
}

RouteTable loadTable(const RouteLoad& load, const RouteLoad& reference, const QStringList& names) {
    RouteTable table{{RoutingExports::tr("Expert")}, {}};
    for (const QString& name : names)
        table.heads << RoutingExports::tr("%1: choices").arg(name) << RoutingExports::tr("%1: dropped").arg(name)
                    << RoutingExports::tr("%1: load over fair share").arg(name);
    for (int e = 0; e < load.experts(); ++e) {
        QStringList cells = {expertName(e)};
        for (const RouteLoad* of : {&load, &reference}) {
            if (e < of->experts())
                cells << plain(of->taken(e)) << plain(of->dropped[static_cast<std::size_t>(e)]) << plain(of->ratio(e));
            else
                cells << QString() << QString() << QString();
        }
        table.rows.push_back(cells);
    }
    return table;
}

RoutingExports::RoutingExports(AppContext& context, RouteFocus& focus, QWidget* page)
    : QObject(page), context_(context), focus_(focus), page_(page) {}

QString RoutingExports::nameOf(const RouteView& view) const {
    QString name =
        QStringLiteral("%1 %2 %3").arg(model_name_, layerLabel(focus_.layerName(), true), view.name).simplified();
    return name.replace(u'/', u'-');
}

void RoutingExports::serveTokens(ChartMenu* menu, TokenStrip* tokens) {
    serve(menu, tr("Tokens"),
          {tr("tokens"),
           [this] { return focus_.layer() == nullptr ? RouteTable() : tokenTable(*focus_.sample(), *focus_.layer()); },
           [tokens] {
               return tokens->contentSize().expandedTo({1, 1});
           },
           [tokens](QPainter& painter) { tokens->paintAll(painter); }, [this](int row) { focus_.chooseRow(row); }});
}

void RoutingExports::servePatches(ChartMenu* menu, PatchView* patches) {
    serve(menu, tr("Patches"),
          {tr("patches"),
           [this] { return focus_.layer() == nullptr ? RouteTable() : patchTable(*focus_.sample(), *focus_.layer()); },
           [patches] { return patches->size(); }, [patches](QPainter& painter) { patches->paintAll(painter); },
           [this](int row) {
               if (focus_.layer() != nullptr) focus_.chooseRow(focus_.sample()->rowOfPatch(*focus_.layer(), row));
           }});
}

TableDialog* RoutingExports::openTable(const QString& title, const RouteView& view) {
    const RouteTable table = view.table();
    if (table.rows.empty()) return nullptr;
    auto* dialog = new TableDialog(tr("%1, %2").arg(title, layerLabel(focus_.layerName(), false)),
                                   new TextTableModel(table.heads, table.rows), page_);
    connect(dialog, &TableDialog::rowActivated, this, view.choose);
    connect(dialog, &TableDialog::csvAsked, this, [this, view] {
        const QString path = askSavePath(page_, nameOf(view), ChartExport::kCsv);
        if (!path.isEmpty()) write(ChartExport::kCsv, path, view);
    });
    dialogs_.emplace_back(dialog);
    dialog->show();
    return dialog;
}

void RoutingExports::serve(ChartMenu* menu, const QString& title, const RouteView& view) {
    connect(menu, &ChartMenu::tableAsked, this, [this, title, view] { openTable(title, view); });
    connect(menu, &ChartMenu::exportAsked, this, [this, view](ChartExport kind) {
        const QString path = askSavePath(page_, nameOf(view), kind);
        if (!path.isEmpty()) write(kind, path, view);
    });
}

void RoutingExports::write(ChartExport kind, const QString& path, const RouteView& view) {
    std::function<void(QIODevice&)> writer;
    if (kind == ChartExport::kCsv) {
        writer = [table = view.table()](QIODevice& out) { writeTableCsv(out, table.heads, table.rows); };
    } else {
        writer = [bytes = kind == ChartExport::kPdf ? pdf(view) : png(view)](QIODevice& out) { out.write(bytes); };
    }
    saveInBackground(this, path, writer, [this, path](const QString& problem) {
        if (problem.isEmpty())
            context_.report(QStringLiteral("info"), tr("Exported %1").arg(path));
        else
            context_.report(QStringLiteral("error"), problem);
    });
}

void RoutingExports::closeTables() {
    for (const auto& dialog : dialogs_)
        if (dialog) dialog->close();
    dialogs_.clear();
}

}  // namespace switchyard::ui
