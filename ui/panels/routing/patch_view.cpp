// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/patch_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/retrieval_result.h"
#include "ui/models/route_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kEdge = 3;                    // for the lines around outer patches
const QColor kOnPicture(0x1A, 0x1F, 0x26);  // the picture lies on white in both themes

double weightOf(const RoutedLayer& layer, int row, int expert) {
    for (const RoutedChoice& choice : layer.choicesOf(row))
        if (choice.expert == expert) return static_cast<double>(choice.weight);
    return 0;
}

}  // namespace

PatchOverlay patchOverlay(const RoutedSample& sample, const RoutedLayer& layer, PatchMode mode, int expert) {
    PatchOverlay overlay;
    const double most_bits = std::log2(std::max(2, layer.experts));
    for (int patch = 0; patch < sample.patches(); ++patch) {
        const int row = sample.rowOfPatch(layer, patch);
        if (row < 0) return {};
        overlay.experts.push_back(layer.first(row));
        overlay.dropped.push_back(layer.allDropped(row));
        overlay.part_lost.push_back(layer.droppedOf(row) > 0);
        double share = 0;
        if (mode == PatchMode::kExpert && expert >= 0) share = weightOf(layer, row, expert);
        if (mode == PatchMode::kEntropy) share = layer.entropy(row) / most_bits;
        overlay.shares.push_back(share);
    }
    return overlay;
}

PatchView::PatchView(RouteFocus& focus, QWidget* parent) : FocusPlot(parent), focus_(focus) {
    setAccessibleName(tr("Patches"));
    setAccessibleDescription(
        tr("Arrows move over the patches, Enter takes a patch's expert. The data table in the menu holds all."));
    connect(&focus_, &RouteFocus::sampleChanged, this, &PatchView::refresh);
    connect(&focus_, &RouteFocus::layerChanged, this, &PatchView::refresh);
    connect(&focus_, &RouteFocus::expertChanged, this, &PatchView::refresh);
    connect(&focus_, &RouteFocus::rowChanged, this, qOverload<>(&QWidget::update));
    connect(&focus_, &RouteFocus::marksChanged, this, qOverload<>(&QWidget::update));
    connect(&focus_, &RouteFocus::pickedChanged, this, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PatchView::refresh() {
    const RoutedLayer* layer = layerWithPicture();
    overlay_ = layer == nullptr ? PatchOverlay() : patchOverlay(*focus_.sample(), *layer, mode_, focus_.expert());
    update();
}

void PatchView::setMode(PatchMode mode) {
    mode_ = mode;
    refresh();
}

void PatchView::setStrength(double strength) {
    strength_ = std::clamp(strength, 0.0, 1.0);
    update();
}

const RoutedLayer* PatchView::layerWithPicture() const {
    const RoutedLayer* layer = focus_.layer();
    return layer != nullptr && focus_.sample()->grid > 0 && layer->images >= focus_.sample()->patches() ? layer
                                                                                                        : nullptr;
}

QRectF PatchView::picturePlace() const {
    const int grid = focus_.sample() == nullptr ? 1 : std::max(1, focus_.sample()->grid);
    const int room = std::min(width(), height()) - 2 * kEdge;
    // A whole number of pixels a patch, so that the grid is even.
    const int side = std::max(grid, room / grid * grid);
    return QRectF((width() - side) / 2, (height() - side) / 2, side, side);
}

QRectF PatchView::patchRect(int patch) const {
    const int grid = std::max(1, focus_.sample()->grid);
    const QRectF place = picturePlace();
    const double side = place.width() / grid;
    return {place.left() + (patch % grid) * side, place.top() + (patch / grid) * side, side, side};
}

int PatchView::patchAt(const QPointF& point) const {
    const QRectF place = picturePlace();
    if (focus_.sample() == nullptr || focus_.sample()->grid <= 0 || !place.contains(point)) return -1;
    const int grid = focus_.sample()->grid;
    const auto along = [&](double from_edge) {
        return std::clamp(static_cast<int>(from_edge / place.width() * grid), 0, grid - 1);
    };
    return along(point.y() - place.top()) * grid + along(point.x() - place.left());
}

QColor PatchView::fill(int patch, int experts) const {
    const auto i = static_cast<std::size_t>(patch);
    QColor color;
    switch (mode_) {
        case PatchMode::kTop:
            if (overlay_.experts[i] < 0 || overlay_.dropped[i]) return Qt::transparent;
            color = Theme::instance().expertColor(overlay_.experts[i], experts);
            color.setAlphaF(static_cast<float>(strength_));
            return color;
        case PatchMode::kExpert:
            if (focus_.expert() < 0) return Qt::transparent;
            if (overlay_.shares[i] <= 0) {
                color = Qt::white;
                color.setAlphaF(static_cast<float>(strength_));
                return color;
            }
            color = Theme::instance().expertColor(focus_.expert(), experts);
            color.setAlphaF(
                static_cast<float>(std::clamp(overlay_.shares[i], 0.0, 1.0) * std::min(1.0, 1.6 * strength_)));
            return color;
        case PatchMode::kEntropy:
            color = sequentialColor(overlay_.shares[i]);
            color.setAlphaF(static_cast<float>(std::min(1.0, 1.5 * strength_)));
            return color;
        case PatchMode::kDropped:
            if (overlay_.part_lost[i]) return Qt::transparent;
            color = Qt::white;
            color.setAlphaF(static_cast<float>(strength_));
            return color;
    }
    return {};
}

void PatchView::paintSelection(QPainter& painter) const {
    const RoutedLayer* layer = layerWithPicture();
    const RoutedSample& sample = *focus_.sample();
    if (focus_.anyLit()) {
        std::vector<bool> taken;
        for (int patch = 0; patch < sample.patches(); ++patch)
            taken.push_back(focus_.isLit(sample.rowOfPatch(*layer, patch)));
        const auto has = [&](int x, int y) {
            return x >= 0 && y >= 0 && x < sample.grid && y < sample.grid &&
                   taken[static_cast<std::size_t>(y * sample.grid + x)];
        };
        QList<QLineF> edges;
        for (int y = 0; y < sample.grid; ++y) {
            for (int x = 0; x < sample.grid; ++x) {
                if (!has(x, y)) continue;
                const QRectF r = patchRect(y * sample.grid + x);
                if (!has(x - 1, y)) edges << QLineF(r.topLeft(), r.bottomLeft());
                if (!has(x + 1, y)) edges << QLineF(r.topRight(), r.bottomRight());
                if (!has(x, y - 1)) edges << QLineF(r.topLeft(), r.topRight());
                if (!has(x, y + 1)) edges << QLineF(r.bottomLeft(), r.bottomRight());
            }
        }
        painter.setPen(QPen(Qt::white, 4, Qt::SolidLine, Qt::SquareCap));
        painter.drawLines(edges);
        painter.setPen(QPen(kOnPicture, 2, Qt::SolidLine, Qt::SquareCap));
        painter.drawLines(edges);
    }
    const int patch = focus_.row() < 0 ? -1 : sample.patchOfRow(*layer, focus_.row());
    if (patch < 0) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::white, 4));
    painter.drawRect(patchRect(patch));
    painter.setPen(QPen(QColor(0x1B, 0x5F, 0xBF), 2));
    painter.drawRect(patchRect(patch));
}

void PatchView::paintAll(QPainter& painter) const {
    const RoutedSample* sample = focus_.sample();
    if (sample == nullptr || sample->grid <= 0) return;
    const QRectF place = picturePlace();
    painter.save();
    painter.fillRect(place, Qt::white);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (!sample->picture.isNull()) painter.drawImage(place, sample->picture);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const RoutedLayer* layer = layerWithPicture();
    if (layer != nullptr && !overlay_.experts.empty()) {
        for (int patch = 0; patch < sample->patches(); ++patch) {
            const QRectF rect = patchRect(patch);
            painter.fillRect(rect, fill(patch, layer->experts));
            const bool lost = overlay_.dropped[static_cast<std::size_t>(patch)];
            if (mode_ == PatchMode::kEntropy || mode_ == PatchMode::kExpert) continue;
            if (!lost && (mode_ != PatchMode::kDropped || !overlay_.part_lost[static_cast<std::size_t>(patch)]))
                continue;
            if (lost && mode_ != PatchMode::kDropped) {
                QColor veil(Qt::white);
                veil.setAlphaF(static_cast<float>(strength_));
                painter.fillRect(rect, veil);
            }
            paintHatch(painter, rect,
                       mode_ == PatchMode::kDropped && !lost ? QColor(0xE0, 0x9A, 0x94) : QColor(0x8A, 0x93, 0xA0));
        }
        QColor grid(Qt::white);
        grid.setAlphaF(0.35F);
        painter.setRenderHint(QPainter::Antialiasing, false);
        for (int i = 1; i < sample->grid; ++i) {
            const double at = i * place.width() / sample->grid;
            painter.fillRect(QRectF(place.left() + at, place.top(), 1, place.height()), grid);
            painter.fillRect(QRectF(place.left(), place.top() + at, place.width(), 1), grid);
        }
        for (auto mark = focus_.marks().begin(); mark != focus_.marks().end(); ++mark)
            if (const int patch = sample->patchOfRow(*layer, mark.key()); patch >= 0)
                paintChanged(painter, patchRect(patch));
        paintSelection(painter);
    }
    if (!Theme::instance().isDark()) {
        painter.setPen(Theme::instance().palette().border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5));
    }
    painter.restore();
}

void PatchView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintAll(painter);
    paintFocusRing(painter);
}

void PatchView::mousePressEvent(QMouseEvent* event) {
    const int patch = event->button() == Qt::LeftButton ? patchAt(event->position()) : -1;
    if (patch < 0 || layerWithPicture() == nullptr) return event->ignore();
    focus_.chooseRow(focus_.sample()->rowOfPatch(*layerWithPicture(), patch));
}

void PatchView::keyPressEvent(QKeyEvent* event) {
    const RoutedLayer* layer = layerWithPicture();
    if (layer == nullptr || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return event->ignore();
    const RoutedSample& sample = *focus_.sample();
    const int now = focus_.row() < 0 ? -1 : sample.patchOfRow(*layer, focus_.row());
    const int x = now % sample.grid, y = now / sample.grid, last = sample.grid - 1;
    const auto go = [&](int to_x, int to_y) {
        const int patch = now < 0 ? 0 : std::clamp(to_y, 0, last) * sample.grid + std::clamp(to_x, 0, last);
        focus_.setRow(sample.rowOfPatch(*layer, patch));
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return go(x - 1, y);
        case Qt::Key_Right:
            return go(x + 1, y);
        case Qt::Key_Up:
            return go(x, y - 1);
        case Qt::Key_Down:
            return go(x, y + 1);
        case Qt::Key_Home:
            return go(0, y);
        case Qt::Key_End:
            return go(last, y);
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (now >= 0) focus_.cycleExpert(layer->choicesOf(focus_.row()));
            return;
        case Qt::Key_Escape:
            if (!focus_.anyLit()) return event->ignore();
            return focus_.letGo();
        default:
            event->ignore();
    }
}

QString PatchView::tip(int patch) const {
    const RoutedSample& sample = *focus_.sample();
    QStringList lines = {tr("Patch: row %1, column %2").arg(patch / sample.grid + 1).arg(patch % sample.grid + 1)};
    const RoutedLayer* layer = layerWithPicture();
    if (layer == nullptr) return lines.first();
    const int row = sample.rowOfPatch(*layer, patch);
    lines << choiceLines(*layer, row);
    if (focus_.marks().contains(row)) lines << tr("otherwise: %1").arg(focus_.marks().value(row));
    lines << tr("entropy %1 bits").arg(number(layer->entropy(row), 2));
    return lines.join(u'\n');
}

bool PatchView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int patch = patchAt(help->pos());
    if (patch < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainToolTip(tip(patch)).replace(u'\n', QLatin1String("<br>")), this);
    return true;
}

}  // namespace switchyard::ui
