// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/tiles_row.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>
#include <cmath>
#include <numbers>

#include "core/base/health/limits.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kHeight = 56;
constexpr std::size_t kNamedDead = 3;

}  // namespace

TilesRow::TilesRow(ExpertsView& view, QWidget* parent) : QWidget(parent), view_(view) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 1);
    row->setSpacing(0);
    const QStringList names = {tr("Experts in use, text"), tr("Experts in use, image"), tr("Router entropy"),
                               tr("Max violation"),        tr("Dropped tokens"),        tr("Dead experts")};
    for (std::size_t i = 0; i < kTiles; ++i) {
        if (i > 0) {
            auto* line = new QFrame;
            line->setProperty("line", true);
            line->setFixedWidth(1);
            row->addWidget(line);
        }
        auto* tile = new QWidget;
        auto* column = new QVBoxLayout(tile);
        column->setContentsMargins(12, 7, 4, 5);
        column->setSpacing(0);
        auto* name = new QLabel(names[static_cast<qsizetype>(i)]);
        name->setProperty("role", "caption");
        name->setMinimumWidth(10);
        auto* values = new QHBoxLayout;
        values->setSpacing(8);
        Parts& parts = tiles_[i];
        parts.figure = new QLabel;
        parts.figure->setProperty("role", "figure");
        parts.figure->setAccessibleName(name->text());
        parts.note = new QLabel;
        parts.note->setProperty("role", "caption");
        parts.note->setMinimumWidth(10);
        values->addWidget(parts.figure, 0, Qt::AlignBaseline);
        values->addWidget(parts.note, 1, Qt::AlignBaseline);
        column->addWidget(name);
        column->addLayout(values);
        row->addWidget(tile, 1);
    }
    connect(&view.focus, &ExpertFocus::stepChanged, this, &TilesRow::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &TilesRow::refresh);
}

QString TilesRow::figure(Tile tile) const {
    return tiles_[tile].figure->text();
}
QString TilesRow::note(Tile tile) const {
    return tiles_[tile].note->text();
}

void TilesRow::set(Tile tile, const QString& figure, const QString& note, const char* role) {
    const Palette& p = Theme::instance().palette();
    Parts& parts = tiles_[tile];
    parts.figure->setText(figure);
    parts.note->setText(note);
    const QColor color = qstrcmp(role, "warning") == 0 ? p.warning : qstrcmp(role, "danger") == 0 ? p.danger : p.text;
    QPalette colors = parts.figure->palette();
    if (colors.color(QPalette::WindowText) == color) return;
    colors.setColor(QPalette::WindowText, color);
    parts.figure->setPalette(colors);
}

std::optional<double> TilesRow::value(const char* name) const {
    const CurveSeries* series = view_.metrics.find(view_.tag(name));
    if (series == nullptr || series->size() == 0) return std::nullopt;
    return series->raw()[series->nearest(XAxis::kStep, view_.focus.step())];
}

void TilesRow::refresh() {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr) return;
    const QString none = QStringLiteral("–");
    const int experts = layer->ring.experts();
    const QString of = tr("of %1").arg(number(experts, 0));
    const auto text = value("experts_in_use_text"), image = value("experts_in_use_image");
    set(kText, text ? number(*text, 1) : none, text ? of : tr("not recorded"));
    set(kImage, image ? number(*image, 1) : none,
        image                    ? of
        : layer->ring.hasImage() ? tr("not recorded")
                                 : tr("no images here"));
    const auto entropy = value("entropy");
    set(kEntropy, entropy ? number(*entropy / std::numbers::ln2, 2) : none, tr("bits"));
    const auto violation = value("max_violation");
    set(kViolation, violation ? number(*violation, 2) : none, tr("limit %1").arg(number(view_.violation_limit, 1)),
        violation && *violation > view_.violation_limit ? "warning" : "figure");
    const auto dropped = value("dropped");
    set(kDropped, dropped ? number(100 * *dropped, 1) + QStringLiteral(" %") : none,
        tr("limit %1 %").arg(number(100 * health::limit::kDropped, 0)),
        dropped && *dropped > health::limit::kDropped ? "warning" : "figure");
    const std::vector<int> dead = layer->dead.dead();
    QStringList names;
    for (const int expert : dead) names << expertName(expert);
    set(kDead, number(static_cast<double>(dead.size()), 0),
        dead.empty() || dead.size() > kNamedDead ? of : names.join(QStringLiteral(", ")),
        dead.empty() ? "figure" : "danger");
}

}  // namespace switchyard::ui
