// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/patch_legend.h"

#include <QKeyEvent>
#include <QMap>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kEntry = 36, kScale = 120;

}  // namespace

PatchLegend::PatchLegend(RouteFocus& focus, const PatchView& view, QWidget* parent)
    : QAbstractScrollArea(parent), focus_(focus), view_(view) {
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFixedWidth(64);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Experts of the patches"));
    setAccessibleDescription(tr("Up and Down choose an expert."));
    connect(&focus_, &RouteFocus::sampleChanged, this, &PatchLegend::refresh);
    connect(&focus_, &RouteFocus::layerChanged, this, &PatchLegend::refresh);
    connect(&focus_, &RouteFocus::expertChanged, this, [this] { viewport()->update(); });
    connect(&Theme::instance(), &Theme::changed, this, [this] { viewport()->update(); });
}

void PatchLegend::refresh() {
    QMap<int, int> counts;
    dropped_ = 0;
    const RoutedSample* sample = focus_.sample();
    const RoutedLayer* layer = focus_.layer();
    for (int patch = 0; layer != nullptr && layer->images > 0 && patch < sample->patches(); ++patch) {
        const int row = sample->rowOfPatch(*layer, patch);
        if (row < 0) break;
        if (const int first = layer->first(row); first >= 0) ++counts[first];
        dropped_ += layer->droppedOf(row) > 0 ? 1 : 0;
    }
    entries_.clear();
    for (auto it = counts.begin(); it != counts.end(); ++it) entries_.append({it.key(), it.value()});
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.patches > b.patches; });
    const int lines = view_.mode() == PatchMode::kTop || view_.mode() == PatchMode::kDropped
                          ? static_cast<int>(entries_.size()) * kEntry + 24
                          : 0;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(kEntry);
    verticalScrollBar()->setRange(0, std::max(0, lines - viewport()->height()));
    viewport()->update();
}

QRect PatchLegend::entryRect(int index) const {
    return {0, 4 + index * kEntry - verticalScrollBar()->value(), viewport()->width(), kEntry};
}

void PatchLegend::paintScale(QPainter& painter, const QString& top, const QString& bottom) const {
    const Palette& p = Theme::instance().palette();
    const QRectF bar(24, 22, 14, std::min(kScale, viewport()->height() - 48));
    for (int y = 0; y < static_cast<int>(bar.height()); ++y) {
        const double share = 1 - y / bar.height();
        QColor color = sequentialColor(share);
        if (view_.mode() == PatchMode::kExpert) {
            painter.fillRect(QRectF(bar.left(), bar.top() + y, bar.width(), 1), Qt::white);
            color = Theme::instance().expertColor(std::max(0, focus_.expert()),
                                                  focus_.layer() == nullptr ? 1 : focus_.layer()->experts);
            color.setAlphaF(static_cast<float>(share));
        }
        painter.fillRect(QRectF(bar.left(), bar.top() + y, bar.width(), 1), color);
    }
    painter.setPen(p.border);
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5));
    painter.setFont(Theme::instance().font(TextRole::kCaption));
    painter.setPen(p.muted);
    painter.drawText(QRectF(0, 2, viewport()->width(), 16), Qt::AlignCenter, top);
    painter.drawText(QRectF(0, bar.bottom() + 4, viewport()->width(), 16), Qt::AlignCenter, bottom);
}

void PatchLegend::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const RoutedLayer* layer = focus_.layer();
    QPainter painter(viewport());
    painter.setFont(theme.font(TextRole::kCaption));
    if (layer == nullptr || entries_.isEmpty()) return;
    if (view_.mode() == PatchMode::kEntropy) {
        paintScale(painter, tr("%1 bits").arg(number(std::log2(std::max(2, layer->experts)), 1)), tr("0"));
    } else if (view_.mode() == PatchMode::kExpert && focus_.expert() >= 0) {
        paintScale(painter, tr("%1: 1").arg(expertName(focus_.expert())), tr("0"));
    } else {
        for (int i = 0; i < entries_.size(); ++i) {
            const QRect place = entryRect(i);
            if (place.bottom() < 0 || place.top() > viewport()->height()) continue;
            const int width = tagWidth(entries_[i].expert);
            const QPointF at(place.center().x() - width / 2, place.top() + 2);
            paintTag(painter, at, entries_[i].expert, layer->experts, TagStyle::kFilled);
            if (entries_[i].expert == focus_.expert()) {
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(QPen(p.text, 2));
                painter.setBrush(Qt::NoBrush);
                painter.drawRoundedRect(QRectF(at, QSizeF(width, kTagHeight)).adjusted(-2, -2, 2, 2), 4, 4);
            }
            painter.setFont(theme.font(TextRole::kCaption));
            painter.setPen(p.muted);
            painter.drawText(QRect(place.left(), place.top() + kTagHeight + 3, place.width(), 14), Qt::AlignCenter,
                             number(entries_[i].patches, 0));
        }
        if (dropped_ > 0) {
            painter.setPen(p.danger);
            painter.drawText(QRect(0, entryRect(static_cast<int>(entries_.size())).top(), viewport()->width(), 18),
                             Qt::AlignCenter, tr("%1 drop").arg(number(dropped_, 0)));
        }
    }
    if (!by_keyboard_) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(p.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 4, 4);
}

void PatchLegend::resizeEvent(QResizeEvent*) {
    refresh();
}

void PatchLegend::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < entries_.size(); ++i)
        if (entryRect(i).contains(event->position().toPoint())) return focus_.toggleExpert(entries_[i].expert);
    event->ignore();
}

void PatchLegend::show(int index) {
    const int to = std::clamp(index, 0, static_cast<int>(entries_.size()) - 1);
    focus_.setExpert(entries_[to].expert);
    const int top = 4 + to * kEntry;
    QScrollBar* bar = verticalScrollBar();
    bar->setValue(std::min(top, std::max(bar->value(), top + kEntry - viewport()->height())));
}

void PatchLegend::keyPressEvent(QKeyEvent* event) {
    const auto at = std::find_if(entries_.begin(), entries_.end(),
                                 [this](const Entry& entry) { return entry.expert == focus_.expert(); });
    const int now = at == entries_.end() ? -1 : static_cast<int>(at - entries_.begin());
    if (entries_.isEmpty()) return event->ignore();
    switch (event->key()) {
        case Qt::Key_Up:
            return show(now - 1);
        case Qt::Key_Down:
            return show(now + 1);
        case Qt::Key_Home:
            return show(0);
        case Qt::Key_End:
            return show(static_cast<int>(entries_.size()) - 1);
        case Qt::Key_Escape:
            if (focus_.expert() < 0) return event->ignore();
            return focus_.setExpert(-1);
        default:
            event->ignore();
    }
}

void PatchLegend::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    by_keyboard_ =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    viewport()->update();
}

void PatchLegend::focusOutEvent(QFocusEvent*) {
    by_keyboard_ = false;
    viewport()->update();
}

}  // namespace switchyard::ui
