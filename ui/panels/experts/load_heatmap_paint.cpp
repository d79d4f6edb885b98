// SPDX-License-Identifier: GPL-3.0-or-later
// How the heatmap and what surrounds it are drawn.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/nice_ticks.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts/load_strip.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kLabelRoom = 13;  // px between ids in the gutter
constexpr int kMarkWidth = 14;     // of the gutter, beside the picture
constexpr double kBarMost = 260, kBarLeast = 40, kBarWidth = 12;

QFont captionFont(bool bold = false) {
    QFont font = Theme::instance().font(TextRole::kCaption);
    if (bold) font.setWeight(QFont::DemiBold);
    return font;
}

QLinearGradient colorScale(const QRectF& bar) {
    const std::vector<QColor>& stops = Theme::instance().palette().diverging;
    QLinearGradient gradient(0, bar.bottom(), 0, bar.top());
    for (std::size_t i = 0; i < stops.size(); ++i)
        gradient.setColorAt(static_cast<double>(i) / static_cast<double>(stops.size() - 1), stops[i]);
    return gradient;
}

}  // namespace

void LoadHeatmap::paintEvent(QPaintEvent*) {
    if (picture_stale_ || (!picture_.isNull() && picture_.devicePixelRatio() != devicePixelRatioF())) rebuildPicture();
    QPainter painter(this);
    paintAll(painter, true);
}

QImage LoadHeatmap::picture(double scale) {
    QImage image(size() * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(Theme::instance().palette().panel);
    if (picture_stale_) rebuildPicture();
    QPainter painter(&image);
    paintAll(painter, false);
    return image;
}

void LoadHeatmap::paintAll(QPainter& painter, bool interactive) {
    // Records may have begun anew, or another run's may come, before refresh() was asked for.
    const LayerLoads* layer = view_.layer();
    if (picture_.isNull() || layer == nullptr || layer->ring.experts() != rows_.rows()) return;
    const Palette& p = Theme::instance().palette();
    painter.drawImage(heat_.topLeft(), picture_);
    QPen dotted(p.text, 1);
    dotted.setDashPattern({2, 3});
    painter.setPen(dotted);
    for (const double seam : view_.seams) {
        const double x = std::floor(xOf(seam));
        if (x > heat_.left() && x < heat_.right())
            painter.drawLine(QPointF(x, heat_.top()), QPointF(x, strip_.bottom()));
    }
    paintRanks(painter);
    paintGutter(painter);
    paintColorBar(painter);
    const LoadStrip strip{strip_,
                          low_,
                          high_,
                          view_.layer()->ring.stepsPerRecord() / 2,
                          view_.metrics.find(view_.tag("dropped")),
                          view_.metrics.find(view_.tag("max_violation")),
                          view_.violation_limit};
    strip.paint(painter);
    paintAxis(painter);
    paintSelection(painter);
    paintCursor(painter);
    paintValues(painter);
    if (!interactive) return;
    paintHover(painter);
    paintFocusRing(painter);
}

/// Rows by rank: a line between ranks, a rank's name at its first row.
void LoadHeatmap::paintRanks(QPainter& painter) const {
    if (view_.focus.order() != ExpertOrder::kByRank || view_.ranks() <= 1) return;
    const Palette& p = Theme::instance().palette();
    painter.setFont(captionFont(true));
    const QFontMetrics metrics(painter.font());
    const int experts = rows_.rows();
    double free_from = 0;
    for (int row = 0; row < experts; ++row) {
        const int rank = rankOf(order_[static_cast<std::size_t>(row)], experts, view_.ranks());
        if (row > 0 && rankOf(order_[static_cast<std::size_t>(row) - 1], experts, view_.ranks()) == rank) continue;
        const double y = std::floor(heat_.top() + rows_.top(row));
        if (row > 0) painter.fillRect(QRectF(heat_.left(), y - 1, heat_.width(), 2), p.panel);
        if (y < free_from) continue;
        const QString name = tr("rank %1").arg(rank);
        const QRectF place(heat_.left(), y + (row > 0 ? 1 : 0), metrics.horizontalAdvance(name) + 10, 16);
        painter.fillRect(place, p.panel);
        painter.setPen(p.text);
        painter.drawText(place, Qt::AlignCenter, name);
        free_from = place.bottom() + 2;
    }
}

void LoadHeatmap::paintGutter(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const int selected = rowOf(view_.focus.expert());
    const int rows = rows_.rows();
    painter.setFont(captionFont());
    const LayerLoads* layer = view_.layer();
    const auto middle = [this](int row) { return (rows_.top(row) + rows_.bottom(row)) / 2; };
    // The chosen row, the enlarged ones, the dead, then every so many: by id at round numbers, so that the eye can
    // count from them. Whoever comes first has the place.
    std::vector<double> taken;
    const auto label = [&](int row) {
        const double y = std::max(middle(row), 8.0 - heat_.top());  // not over the upper edge
        const bool large = rows_.isLarge(row);
        const bool free =
            std::none_of(taken.begin(), taken.end(), [&](double other) { return std::abs(y - other) < kLabelRoom; });
        if (!free && !large) return;
        taken.push_back(y);
        painter.setFont(captionFont(row == selected));
        painter.setPen(row == selected ? p.text : p.muted);
        painter.drawText(QRectF(0, heat_.top() + y - 8, heat_.left() - kMarkWidth - 3, 16),
                         Qt::AlignRight | Qt::AlignVCenter, expertName(order_[static_cast<std::size_t>(row)]));
    };
    const auto isDead = [&](int row) { return layer->dead.isDead(order_[static_cast<std::size_t>(row)]); };
    if (selected >= 0) label(selected);
    for (int row = rows_.eyeFirst(); row < rows_.eyeEnd(); ++row)
        if (rows_.isLarge(row) && row != selected) label(row);
    for (int row = 0; row < rows; ++row)
        if (isDead(row)) label(row);
    const bool eye = rows_.eyeEnd() > rows_.eyeFirst();
    const double height = heat_.height() / std::max(1.0, static_cast<double>(rows));
    int every = 1;
    while (every * height < (eye ? 3 : 1) * kLabelRoom) every *= 2;
    for (int row = 0; row < rows; row += every) label(row);
    // Dead experts have a cross beside their row.
    painter.setRenderHint(QPainter::Antialiasing);
    double last_cross = -100;
    for (int row = 0; row < rows; ++row) {
        if (!isDead(row) || row == selected) continue;
        const double y = heat_.top() + middle(row);
        if (y - last_cross < 7) continue;
        last_cross = y;
        const double x = heat_.left() - 8;
        painter.setPen(QPen(p.text, 1.2));
        painter.drawLine(QPointF(x - 2.5, y - 2.5), QPointF(x + 2.5, y + 2.5));
        painter.drawLine(QPointF(x - 2.5, y + 2.5), QPointF(x + 2.5, y - 2.5));
    }
    if (selected >= 0) {
        const double y = heat_.top() + middle(selected), x = heat_.left() - 12;
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme::instance().expertColor(view_.focus.expert(), rows));
        painter.drawPolygon(QPolygonF({{x, y - 4.5}, {x + 8, y}, {x, y + 4.5}}));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void LoadHeatmap::paintSelection(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const int selected = rowOf(view_.focus.expert());
    if (rows_.eyeEnd() > rows_.eyeFirst()) {
        // A bracket around what is enlarged.
        painter.setPen(QPen(p.control_border, 1));
        const double top = heat_.top() + rows_.top(rows_.eyeFirst()),
                     bottom = heat_.top() + rows_.bottom(rows_.eyeEnd() - 1) - 1;
        const double x = heat_.left() - 3;
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
        painter.drawLine(QPointF(x, top), QPointF(x + 3, top));
        painter.drawLine(QPointF(x, bottom), QPointF(x + 3, bottom));
    }
    if (selected < 0) return;
    const double top = std::floor(heat_.top() + rows_.top(selected)),
                 bottom = std::ceil(heat_.top() + rows_.bottom(selected));
    painter.setPen(QPen(p.text, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(heat_.left(), top - 1, heat_.width(), bottom - top + 2));
}

void LoadHeatmap::paintValues(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const LoadRing& ring = view_.layer()->ring;
    const int column = view_.column();
    const int selected = rowOf(view_.focus.expert());
    for (int row = 0; row < rows_.rows(); ++row) {
        const double height = rows_.bottom(row) - rows_.top(row);
        if (!rows_.isLarge(row)) continue;
        const int expert = order_[static_cast<std::size_t>(row)];
        const bool dead = levels_.row(expert)[column] == HeatLevels::kDead;
        const double ratio = ring.ratio(column, view_.focus.modality(), expert);
        painter.setFont(captionFont(row == selected));
        const QString text = dead                ? tr("dead")
                             : std::isnan(ratio) ? QStringLiteral("–")
                                                 : number(ratio, 2) + QStringLiteral(" ×");
        const QRectF place(heat_.right() + 6, heat_.top() + rows_.top(row) + height / 2 - 8, 48, 16);
        painter.setPen(p.text);
        painter.drawText(place, Qt::AlignVCenter, text);
    }
}

void LoadHeatmap::paintColorBar(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    double top = heat_.top(), bottom = heat_.bottom();
    if (rows_.eyeEnd() > rows_.eyeFirst()) {
        const double eye_top = heat_.top() + rows_.top(rows_.eyeFirst()),
                     eye_bottom = heat_.top() + rows_.bottom(rows_.eyeEnd() - 1);
        if (bottom - eye_bottom >= eye_top - top) {
            top = eye_bottom + 6;
        } else {
            bottom = eye_top - 6;
        }
    }
    const double x = heat_.right() + 9;
    painter.setFont(captionFont());
    const double foot = 30, head = bottom - top > 150 ? 18 : 6;
    const double height = std::min(kBarMost, bottom - top - head - foot);
    painter.setPen(p.muted);
    painter.setBrush(Qt::NoBrush);
    if (height >= kBarLeast) {
        if (head > 10) painter.drawText(QRectF(x - 2, top - 1, 48, 14), Qt::AlignVCenter, tr("log₂"));
        const QRectF bar(x, top + head, kBarWidth, height);
        painter.fillRect(bar, colorScale(bar));
        painter.setPen(QPen(p.control_border, 1));
        painter.drawRect(bar.adjusted(0, 0, -1, -1));
        painter.setPen(p.muted);
        for (int tick = -2; tick <= 2; ++tick) {
            if (height < 56 && tick % 2 != 0) continue;
            const double y = bar.bottom() - (tick + 2) / 4.0 * bar.height();
            const QString text = tick > 0 ? QStringLiteral("+%1").arg(tick) : number(tick, 0);
            painter.drawText(QRectF(bar.right() + 5, y - 8, 30, 16), Qt::AlignVCenter, text);
        }
        top = bar.bottom() + 14;
    } else {
        // The fish-eye leaves no place: a slim bar at the very edge, beside the values.
        const QRectF bar(width() - 8, heat_.top(), 5, heat_.height());
        painter.fillRect(bar, colorScale(bar));
        const auto tick = [&](const QString& text, double y) {
            painter.drawText(QRectF(bar.left() - 22, y, 18, 14), Qt::AlignRight | Qt::AlignVCenter, text);
        };
        if (rows_.top(rows_.eyeFirst()) >= 12) tick(QStringLiteral("+2"), bar.top() - 2);
        if (heat_.height() - rows_.bottom(rows_.eyeEnd() - 1) >= 44) tick(number(-2, 0), bar.bottom() - 12);
    }
    if (bottom - top < 12) return;
    const bool slim = height < kBarLeast;
    const QRectF swatch(slim ? x - 3 : x, top, slim ? kBarWidth - 3 : kBarWidth, slim ? kBarWidth - 3 : kBarWidth);
    painter.fillRect(swatch, p.dead);
    painter.setPen(QPen(p.control_border, 1));
    painter.drawRect(swatch.adjusted(0, 0, -1, -1));
    painter.setPen(p.muted);
    painter.drawText(QRectF(swatch.right() + (slim ? 3 : 5), swatch.center().y() - 8, 40, 16), Qt::AlignVCenter,
                     tr("dead"));
}

void LoadHeatmap::paintAxis(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const double y = strip_.bottom() + 1;
    painter.fillRect(QRectF(strip_.left(), y, strip_.width(), 1), p.plot_axis);
    painter.setFont(captionFont());
    painter.setPen(p.muted);
    const int about = std::clamp(heat_.width() / 100, 2, 8);
    const std::vector<double> ticks = niceTicks(low_ < 0.03 * high_ ? 0 : low_, high_, about, 1);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    for (const double tick : ticks) {
        // Step 0 stands at the left edge of a run that begins with step 1, where that is a matter of some pixels.
        const double place = std::floor(xOf(tick)), x = std::max<double>(place, heat_.left());
        if (place < heat_.left() - 6 || x > heat_.right() + 1) continue;
        painter.fillRect(QRectF(x, y, 1, 4), p.plot_axis);
        const QString text = tickLabel(tick, step, ticks.back(), false);
        const double width = painter.fontMetrics().horizontalAdvance(text) + 4;
        const double left = std::min(x - width / 2, this->width() - width);
        painter.drawText(QRectF(left, y + 6, width, 16), Qt::AlignCenter, text);
    }
}

void LoadHeatmap::paintCursor(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const double step = view_.focus.step(), x = std::floor(xOf(step));
    if (x < heat_.left() - 1 || x > heat_.right() + 1) return;
    painter.fillRect(QRectF(x, heat_.top(), 1, heat_.height()), p.text);
    painter.fillRect(QRectF(x, strip_.top(), 1, strip_.height()), p.text);
    painter.setFont(captionFont(true));
    const QString text = number(step, 0);
    const double width = painter.fontMetrics().horizontalAdvance(text) + 16;
    QRectF box(x + 0.5 - width / 2, strip_.bottom() + 6, width, 17);
    box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, this->width() - width - 1.0)));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(p.text);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(p.window);
    painter.drawText(box, Qt::AlignCenter, text);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void LoadHeatmap::paintHover(QPainter& painter) const {
    if (!hover_) return;
    const int expert = expertAt(hover_->y());
    if (expert < 0) return;
    const Palette& p = Theme::instance().palette();
    const LayerLoads& layer = *view_.layer();
    const int column = layer.ring.columnAt(stepAt(hover_->x()));
    const LoadModality modality = view_.focus.modality();
    const LoadRing::Column& cell = layer.ring.column(column);
    const double ratio = layer.ring.ratio(column, modality, expert);
    const auto total = static_cast<double>(layer.ring.total(column, modality));
    const QString name = expertName(expert);
    const QString steps =
        cell.first_step == cell.last_step
            ? tr("step %1").arg(number(static_cast<double>(cell.last_step), 0))
            : tr("steps %1–%2")
                  .arg(number(static_cast<double>(cell.first_step), 0), number(static_cast<double>(cell.last_step), 0));
    const QString load = total <= 0 ? tr("no tokens")
                         : levels_.row(expert)[column] == HeatLevels::kDead
                             ? tr("dead")
                             : tr("%1 × fair").arg(number(ratio, ratio < 0.1 ? 2 : 1));
    const QString share =
        total <= 0
            ? QString()
            : tr("%1 % of tokens")
                  .arg(number(100.0 * static_cast<double>(layer.ring.count(column, modality, expert)) / total, 1));
    const QFont plain = Theme::instance().font(TextRole::kTable);
    QFont bold = plain;
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(plain), bold_metrics(bold);
    const double first = std::max(bold_metrics.horizontalAdvance(name), metrics.horizontalAdvance(load));
    const double second = std::max(metrics.horizontalAdvance(steps), metrics.horizontalAdvance(share));
    QRectF box(hover_->x() + 14, hover_->y() + 14, first + second + 24 + 20, 44);
    if (box.right() > heat_.right()) box.moveRight(hover_->x() - 10);
    if (box.bottom() > strip_.bottom()) box.moveBottom(hover_->y() - 10);
    if (box.left() < 4) box.moveLeft(4);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(p.window, 1));
    painter.setBrush(p.text);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    const QRectF inner = box.adjusted(12, 4, -12, -4);
    const QRectF upper(inner.left(), inner.top(), inner.width(), 18),
        lower(inner.left(), inner.top() + 18, inner.width(), 18);
    painter.setPen(p.window);
    painter.setFont(bold);
    painter.drawText(upper, Qt::AlignVCenter, name);
    painter.setFont(plain);
    painter.drawText(upper, Qt::AlignVCenter | Qt::AlignRight, steps);
    painter.drawText(lower, Qt::AlignVCenter, load);
    painter.drawText(lower, Qt::AlignVCenter | Qt::AlignRight, share);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace switchyard::ui
