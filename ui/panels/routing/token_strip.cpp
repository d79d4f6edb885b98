// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/token_strip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/retrieval_result.h"
#include "ui/models/route_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12, kGap = 6, kPad = 7;
constexpr int kPlainHeight = 28, kRoutedHeight = 54;
constexpr int kLeastWidth = 44, kMostTextWidth = 180;
constexpr int kMostTags = 4, kTagGap = 3;

QFont pieceFont(bool bold) {
    QFont font = Theme::instance().font(TextRole::kBody);
    if (bold) font.setWeight(QFont::DemiBold);
    return font;
}

}  // namespace

TokenStrip::TokenStrip(RouteFocus& focus, QWidget* parent) : QAbstractScrollArea(parent), focus_(focus) {
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Tokens"));
    setAccessibleDescription(
        tr("Arrows move over the tokens, Enter goes through a token's experts. The data table in the menu holds all."));
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    connect(&focus_, &RouteFocus::sampleChanged, this, &TokenStrip::rebuild);
    connect(&focus_, &RouteFocus::layerChanged, this, &TokenStrip::rebuild);
    const auto repaint = [this] { viewport()->update(); };
    connect(&focus_, &RouteFocus::expertChanged, this, repaint);
    connect(&focus_, &RouteFocus::rowChanged, this, repaint);
    connect(&focus_, &RouteFocus::marksChanged, this, repaint);
    connect(&focus_, &RouteFocus::pickedChanged, this, repaint);
    connect(&Theme::instance(), &Theme::changed, this, &TokenStrip::rebuild);
}

void TokenStrip::rebuild() {
    chips_.clear();
    const RoutedSample* sample = focus_.sample();
    const RoutedLayer* layer = focus_.layer();
    for (int token = 0; sample != nullptr && token < sample->pieces.size(); ++token) {
        Chip chip;
        chip.text = sample->label(token);
        if (layer != nullptr && token < layer->texts) {
            chip.choices = layer->choicesOf(token);
            chip.lost = layer->allDropped(token);
        }
        chip.tags = static_cast<int>(std::min<qsizetype>(chip.choices.size(), kMostTags));
        chips_.append(chip);
    }
    place();
}

void TokenStrip::place() {
    const RoutedLayer* layer = focus_.layer();
    const bool routed = layer != nullptr && layer->texts > 0;
    const int height = routed ? kRoutedHeight : kPlainHeight, room = viewport()->width() - kMargin;
    const QFontMetrics metrics(pieceFont(true));
    double x = kMargin, y = kGap;
    for (Chip& chip : chips_) {
        int tags = kTagGap * std::max(0, chip.tags - 1);
        for (int k = 0; k < chip.tags; ++k) tags += tagWidth(chip.choices[k].expert);
        if (chip.choices.size() > chip.tags) tags += 26;
        const int text = std::min(metrics.horizontalAdvance(chip.text), kMostTextWidth);
        const int width = std::max({kLeastWidth, text + 2 * kPad, tags + 2 * kPad});
        if (x > kMargin && x + width > room) {
            x = kMargin;
            y += height + kGap;
        }
        chip.rect = QRectF(x, y, width, height);
        x += width + kGap;
    }
    height_ = chips_.isEmpty() ? 0 : static_cast<int>(y) + height + kMargin;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(height / 2);
    verticalScrollBar()->setRange(0, std::max(0, height_ - viewport()->height()));
    viewport()->update();
}

QRect TokenStrip::chipRect(int token) const {
    return chips_[token].rect.toAlignedRect().translated(0, -verticalScrollBar()->value());
}

QRectF TokenStrip::tagPlace(const Chip& chip, int choice) const {
    if (choice >= chip.tags) return {};
    double width = kTagGap * std::max(0, chip.tags - 1), before = 0;
    for (int k = 0; k < chip.tags; ++k) {
        const int own = tagWidth(chip.choices[k].expert);
        if (k < choice) before += own + kTagGap;
        width += own;
    }
    if (chip.choices.size() > chip.tags) width += 26;
    const double left = std::round(chip.rect.center().x() - width / 2);
    return {left + before, chip.rect.bottom() - kTagHeight - 6,
            static_cast<double>(tagWidth(chip.choices[choice].expert)), kTagHeight};
}

QRect TokenStrip::tagRect(int token, int choice) const {
    return tagPlace(chips_[token], choice).toAlignedRect().translated(0, -verticalScrollBar()->value());
}

int TokenStrip::chipAt(const QPoint& point) const {
    const QPointF at = point + QPoint(0, verticalScrollBar()->value());
    for (int i = 0; i < chips_.size(); ++i)
        if (chips_[i].rect.contains(at)) return i;
    return -1;
}

int TokenStrip::tagAt(int token, const QPoint& point) const {
    for (int k = 0; k < chips_[token].tags; ++k)
        if (tagRect(token, k).contains(point)) return k;
    return -1;
}

void TokenStrip::paintChip(QPainter& painter, int token) const {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const Chip& chip = chips_[token];
    const RoutedLayer* layer = focus_.layer();
    const int experts = layer == nullptr ? 1 : layer->experts;
    const bool routed = !chip.choices.isEmpty();
    const bool selected = layer != nullptr && token < layer->texts && focus_.isLit(token);
    const QRectF box = chip.rect.adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(p.border, 1));
    painter.setBrush(routed && !chip.lost ? expertTint(chip.choices.first().expert, experts, selected) : p.panel);
    painter.drawRoundedRect(box, metric::kRadius, metric::kRadius);
    if (chip.lost) paintHatch(painter, box.adjusted(1, 1, -1, -1), p.bar_track);
    if (selected) {
        painter.setPen(QPen(p.text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), metric::kRadius, metric::kRadius);
    }
    if (token == focus_.row() && layer != nullptr && token < layer->texts) {
        painter.setPen(QPen(p.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), metric::kRadius + 2, metric::kRadius + 2);
    }
    if (layer != nullptr && token < layer->texts && focus_.marks().contains(token))
        paintChanged(painter, box.adjusted(0, 0, -0.5, 0));
    const QFont font = pieceFont(selected);
    painter.setFont(font);
    painter.setPen(layer != nullptr && layer->texts == 0 ? p.muted : p.text);
    const bool tall = chip.rect.height() > kPlainHeight;
    const QRectF line(chip.rect.left() + kPad, chip.rect.top() + (tall ? 3 : 0), chip.rect.width() - 2 * kPad,
                      tall ? 20 : kPlainHeight);
    painter.drawText(line, Qt::AlignCenter,
                     QFontMetrics(font).elidedText(chip.text, Qt::ElideRight, static_cast<int>(line.width()) + 1));
    if (!routed) {
        if (!tall || !layer->known()) return;
        painter.setFont(theme.font(TextRole::kCaption));
        painter.setPen(p.muted);
        painter.drawText(QRectF(line.left() - 4, chip.rect.bottom() - kTagHeight - 6, line.width() + 8, kTagHeight),
                         Qt::AlignCenter, tr("no expert"));
        return;
    }
    const RoutedChoice& first = chip.choices.first();
    ProgressBarThin::draw(painter,
                          QRectF(chip.rect.left() + kPad, chip.rect.top() + 24, chip.rect.width() - 2 * kPad, 3),
                          static_cast<double>(first.weight), theme.expertColor(first.expert, experts), p.bar_track);
    for (int k = 0; k < chip.tags; ++k) {
        const TagStyle style = chip.choices[k].dropped ? TagStyle::kDropped
                               : k == 0                ? TagStyle::kFilled
                                                       : TagStyle::kOutlined;
        paintTag(painter, tagPlace(chip, k).topLeft(), chip.choices[k].expert, experts, style);
    }
    if (chip.choices.size() > chip.tags) {
        painter.setFont(theme.font(TextRole::kCaption));
        painter.setPen(p.muted);
        const QRectF last = tagPlace(chip, chip.tags - 1);
        painter.drawText(QRectF(last.right() + 2, last.top(), 24, kTagHeight), Qt::AlignCenter,
                         QStringLiteral("+%1").arg(chip.choices.size() - chip.tags));
    }
}

void TokenStrip::paintAll(QPainter& painter) const {
    for (int token = 0; token < chips_.size(); ++token) paintChip(painter, token);
}

void TokenStrip::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const int top = verticalScrollBar()->value();
    painter.translate(0, -top);
    for (int token = 0; token < chips_.size(); ++token) {
        const QRectF& rect = chips_[token].rect;
        if (rect.bottom() + 3 >= top && rect.top() - 3 <= top + viewport()->height()) paintChip(painter, token);
    }
    if (!by_keyboard_) return;
    painter.resetTransform();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::instance().palette().accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(2, 1, -2, -1), 4, 4);
}

void TokenStrip::resizeEvent(QResizeEvent*) {
    place();
}

void TokenStrip::mousePressEvent(QMouseEvent* event) {
    const int token = event->button() == Qt::LeftButton ? chipAt(event->position().toPoint()) : -1;
    const RoutedLayer* layer = focus_.layer();
    if (token < 0 || layer == nullptr || token >= layer->texts) return event->ignore();
    const int tag = tagAt(token, event->position().toPoint());
    if (tag < 0) return focus_.chooseRow(token);
    focus_.setRow(token);
    focus_.setExpert(chips_[token].choices[tag].expert);
}

void TokenStrip::move(int token) {
    if (chips_.isEmpty()) return;
    const int to = std::clamp(token, 0, count() - 1);
    focus_.setRow(to);
    const QRectF& rect = chips_[to].rect;
    QScrollBar* bar = verticalScrollBar();
    bar->setValue(std::min(static_cast<int>(rect.top()) - kGap,
                           std::max(bar->value(), static_cast<int>(rect.bottom()) + kGap - viewport()->height())));
}

/// The chip in the next line over or under this one's middle.
int TokenStrip::above(int token, int direction) const {
    const QRectF& from = chips_[token].rect;
    int best = token;
    double best_line = 0, best_off = 0;
    for (int i = 0; i < count(); ++i) {
        const double line = (chips_[i].rect.top() - from.top()) * direction;
        const double off = std::abs(chips_[i].rect.center().x() - from.center().x());
        if (line <= 0 || (best != token && (line > best_line || (line == best_line && off >= best_off)))) continue;
        best = i;
        best_line = line;
        best_off = off;
    }
    return best;
}

void TokenStrip::keyPressEvent(QKeyEvent* event) {
    const RoutedLayer* layer = focus_.layer();
    if (layer == nullptr || layer->texts == 0 ||
        event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return event->ignore();
    const int now = focus_.row() < layer->texts ? focus_.row() : -1;
    switch (event->key()) {
        case Qt::Key_Left:
            return move(now - 1);
        case Qt::Key_Right:
            return move(now + 1);
        case Qt::Key_Up:
            return move(now < 0 ? 0 : above(now, -1));
        case Qt::Key_Down:
            return move(now < 0 ? 0 : above(now, 1));
        case Qt::Key_Home:
            return move(0);
        case Qt::Key_End:
            return move(count() - 1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (now >= 0) focus_.cycleExpert(chips_[now].choices);
            return;
        case Qt::Key_Escape:
            if (!focus_.anyLit()) return event->ignore();
            return focus_.letGo();
        default:
            event->ignore();
    }
}

QString TokenStrip::tip(int token) const {
    const Chip& chip = chips_[token];
    const RoutedLayer* layer = focus_.layer();
    QStringList lines = {tr("Token %1: %2").arg(token + 1).arg(chip.text)};
    if (layer != nullptr && token < layer->texts) lines << choiceLines(*layer, token);
    if (focus_.marks().contains(token)) lines << tr("otherwise: %1").arg(focus_.marks().value(token));
    return lines.join(u'\n');
}

bool TokenStrip::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int token = chipAt(help->pos());
        if (token < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), plainToolTip(tip(token)).replace(u'\n', QLatin1String("<br>")), this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenStrip::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    by_keyboard_ =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    viewport()->update();
}

void TokenStrip::focusOutEvent(QFocusEvent*) {
    by_keyboard_ = false;
    viewport()->update();
}

}  // namespace switchyard::ui
