// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/models/retrieval_result.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kTop = 4, kBottom = 8;

}  // namespace

FlowView::FlowView(RouteFocus& focus, QWidget* parent) : FocusPlot(parent), focus_(focus) {
    setAccessibleName(tr("Flow between experts"));
    setAccessibleDescription(tr(
        "Arrows move over the experts of the layers, Enter selects one, Escape lets it go. The data table in the menu "
        "holds all."));
    setMouseTracking(true);
    const auto relight = [this] {
        light();
        picture_ = {};
        update();
    };
    connect(&focus_, &RouteFocus::expertChanged, this, relight);
    connect(&focus_, &RouteFocus::layerChanged, this, relight);
    connect(&focus_, &RouteFocus::pickedChanged, this, relight);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        images_ = {};
        picture_ = {};
        update();
    });
}

void FlowView::setSample(const RoutedSamplePtr& sample) {
    if (sample == sample_) return;
    const bool same = sample != nullptr && sample_ != nullptr && sample->origin == sample_->origin;
    sample_ = sample;
    if (!same) cursor_ = {};
    count();
}

void FlowView::setOptions(const FlowOptions& options) {
    options_ = options;
    cursor_ = {};
    count();
}

void FlowView::count() {
    flow_ = sample_ == nullptr ? RouteFlow() : routeFlow(*sample_, options_);
    drawn_ = toDraw(flow_);
    hovered_ = {};
    light();
    updateGeometry();
    place();
}

/// What a screen has room and a frame has time for.
RouteFlow FlowView::toDraw(const RouteFlow& flow) const {
    int most = 0;
    std::size_t ribbons = 0;
    for (const FlowColumn& column : flow.columns) most = std::max(most, column.experts);
    for (const FlowStep& step : flow.steps) ribbons += step.ribbons.size();
    if (most > kMostNodes) return largest(grouped(flow, kMostNodes), kMostRibbons);
    return ribbons > kMostDrawn ? largest(flow, std::max(8, kMostDrawn / static_cast<int>(flow.steps.size()))) : flow;
}

/// The ways of the selected rows, through all layers.
void FlowView::light() {
    lit_ = {};
    const RoutedLayer* layer = sample_ == nullptr ? nullptr : sample_->layer(focus_.layerName());
    if (layer == nullptr || !focus_.anyLit()) return;
    QSet<int> rows = focus_.picked();
    const bool by_expert = rows.isEmpty();
    for (int row = 0; by_expert && row < layer->rows(); ++row)
        if (layer->takes(row, focus_.expert())) rows.insert(row);
    lit_ = toDraw(routeFlow(*sample_, options_, *layer, rows));
}

void FlowView::place() {
    const bool matrix = std::any_of(drawn_.columns.begin(), drawn_.columns.end(),
                                    [](const FlowColumn& column) { return column.group > 1; });
    places_ = placeFlow(drawn_, QRectF(rect()).adjusted(0, kTop, 0, -kBottom), matrix);
    const auto gone = [this](const FlowHit& hit) {
        return hit.onNode() &&
               (hit.column >= static_cast<int>(places_.nodes.size()) ||
                places_.nodes[static_cast<std::size_t>(hit.column)][static_cast<std::size_t>(hit.node)].isNull());
    };
    if (gone(cursor_)) cursor_ = {};
    hovered_ = {};
    images_ = {};
    picture_ = {};
    update();
}

/// Into picture_, on what is still right of images_.
void FlowView::draw() {
    const double scale = devicePixelRatioF();
    if (images_.ribbons.isNull()) images_.ribbons = rasterRibbons(size(), scale, flowRibbons(drawn_, places_));
    images_.lit = lit_.empty() ? QImage() : rasterRibbons(size(), scale, litRibbons(drawn_, places_, lit_));
    picture_ = QPixmap(size() * scale);
    picture_.setDevicePixelRatio(scale);
    picture_.fill(Qt::transparent);
    QPainter painter(&picture_);
    if (drawn_.empty())
        paintAll(painter);
    else
        paintFlow(painter, drawn_, places_, lit_, focus_, &images_);
}

QSize FlowView::minimumSizeHint() const {
    return {std::max(200, flowSlots(drawn_) * FlowGeometry::kSlot), 130};
}

void FlowView::paintAll(QPainter& painter) const {
    if (!drawn_.empty()) return paintFlow(painter, drawn_, places_, lit_, focus_);
    painter.setFont(Theme::instance().font(TextRole::kBody));
    painter.setPen(Theme::instance().palette().muted);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     sample_ == nullptr ? tr("Reading all layers of this sample")
                                        : tr("No layer with experts sees this part of the sample."));
}

void FlowView::paintEvent(QPaintEvent*) {
    if (picture_.isNull()) draw();
    QPainter painter(this);
    painter.drawPixmap(0, 0, picture_);
    const Palette& p = Theme::instance().palette();
    paintFlowHit(painter, places_, hovered_, p.text);
    if (hasFocus() && cursor_.onNode()) paintFlowHit(painter, places_, cursor_, p.accent);
    paintFocusRing(painter);
}

void FlowView::resizeEvent(QResizeEvent*) {
    place();
}

void FlowView::mouseMoveEvent(QMouseEvent* event) {
    const FlowHit hit = places_.at(event->position());
    if (hit == hovered_) return;
    hovered_ = hit;
    setCursor(hit.onNode() || hit.onRibbon() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void FlowView::leaveEvent(QEvent*) {
    hovered_ = {};
    update();
}

void FlowView::mousePressEvent(QMouseEvent* event) {
    const FlowHit hit = event->button() == Qt::LeftButton ? places_.at(event->position()) : FlowHit();
    if (!hit.onNode() && !hit.onRibbon()) return event->ignore();
    if (hit.onNode()) cursor_ = hit;
    choose(hit);
}

void FlowView::choose(const FlowHit& hit) {
    if (sample_ == nullptr) return;
    if (hit.onNode()) {
        chooseNode(drawn_.columns[static_cast<std::size_t>(hit.column)], hit.node);
    } else if (hit.onRibbon()) {
        const FlowStep& step = drawn_.steps[static_cast<std::size_t>(hit.step)];
        chooseRibbon(drawn_, step, step.ribbons[static_cast<std::size_t>(hit.ribbon)]);
    }
}

/// Of a group the expert that takes most, then the next one.
void FlowView::chooseNode(const FlowColumn& column, int node) {
    const std::vector<int> experts = expertsOfNode(*sample_, column, node, options_.rows);
    if (experts.empty()) return;
    const auto now =
        focus_.layerName() == column.layer ? std::find(experts.begin(), experts.end(), focus_.expert()) : experts.end();
    if (now != experts.end() && experts.size() == 1) return focus_.letGo();
    focus_.setLayer(column.layer);
    focus_.setExpert(now == experts.end() || now + 1 == experts.end() ? experts.front() : *(now + 1));
}

void FlowView::chooseRibbon(const RouteFlow& flow, const FlowStep& step, const FlowRibbon& ribbon) {
    const QSet<int> rows = rowsOfRibbon(*sample_, flow, step, ribbon, options_.rows);
    focus_.setLayer(flow.columns[static_cast<std::size_t>(step.to)].layer);
    focus_.pickRows(rows);
}

void FlowView::moveTo(const FlowHit& node) {
    cursor_ = node;
    update();
    if (node.onNode())
        Q_EMIT cursorMoved(places_.nodes[static_cast<std::size_t>(node.column)][static_cast<std::size_t>(node.node)]);
}

void FlowView::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return event->ignore();
    const bool arrow = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right || event->key() == Qt::Key_Up ||
                       event->key() == Qt::Key_Down;
    if (arrow && !cursor_.onNode()) return moveTo(places_.first());
    switch (event->key()) {
        case Qt::Key_Left:
            return moveTo(places_.beside(cursor_, -1));
        case Qt::Key_Right:
            return moveTo(places_.beside(cursor_, 1));
        case Qt::Key_Up:
            return moveTo(places_.above(cursor_, -1));
        case Qt::Key_Down:
            return moveTo(places_.above(cursor_, 1));
        case Qt::Key_Home:
            return moveTo(places_.first());
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            return choose(cursor_);
        case Qt::Key_Escape:
            if (!focus_.anyLit()) return event->ignore();
            return focus_.letGo();
        default:
            event->ignore();
    }
}

bool FlowView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const QString words = tip(places_.at(help->pos()));
    if (words.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainToolTip(words), this);
    return true;
}

}  // namespace switchyard::ui
