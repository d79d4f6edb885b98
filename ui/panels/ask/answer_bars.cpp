// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask/answer_bars.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 22, kMark = 20, kGap = 10, kSide = 6, kLeastName = 60, kTop = 2;
constexpr double kBar = 10, kMostName = 0.38;

}  // namespace

AnswerBars::AnswerBars(QWidget* parent) : FocusPlot(parent) {
    setAccessibleName(tr("Likeliest answers"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void AnswerBars::setBars(const QList<AnswerBar>& bars) {
    bars_ = bars;
    current_ = hasFocus() ? std::min(current_, static_cast<int>(bars_.size()) - 1) : -1;
    QStringList words;
    for (const AnswerBar& bar : bars_)
        words << (bar.is_true ? tr("%1 %2, as in the data") : QStringLiteral("%1 %2")).arg(bar.name, bar.value);
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

void AnswerBars::setRoom(int rows) {
    if (rows == room_) return;
    room_ = rows;
    updateGeometry();
}

QSize AnswerBars::sizeHint() const {
    return {320, room_ * kRow + 2 * kTop};
}

QRect AnswerBars::rowRect(int row) const {
    return {0, kTop + row * kRow, width(), kRow};
}

int AnswerBars::nameWidth() const {
    QFont strong = Theme::instance().font(TextRole::kBody);
    strong.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(strong);
    int widest = kLeastName;
    for (const AnswerBar& bar : bars_) widest = std::max(widest, metrics.horizontalAdvance(bar.name) + 2);
    return std::min(widest, static_cast<int>(width() * kMostName));
}

int AnswerBars::valueWidth() const {
    const QFontMetrics metrics(Theme::instance().font(TextRole::kMono));
    int widest = 0;
    for (const AnswerBar& bar : bars_) widest = std::max(widest, metrics.horizontalAdvance(bar.value));
    return widest;
}

QRectF AnswerBars::trackRect(int row) const {
    const QRect place = rowRect(row);
    const double left = kSide + kMark + nameWidth() + kGap, right = width() - kSide - valueWidth() - kGap;
    return {left, place.center().y() - kBar / 2 + 0.5, std::max(8.0, right - left), kBar};
}

void AnswerBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    const QFont body = theme.font(TextRole::kBody), mono = theme.font(TextRole::kMono);
    const int names = nameWidth();
    for (int i = 0; i < bars_.size(); ++i) {
        const AnswerBar& bar = bars_[i];
        const QRect row = rowRect(i);
        if (i == current_) painter.fillRect(row, hasFocus() ? p.selection : p.hover);
        if (bar.is_true) {
            const QRect mark(kSide, row.center().y() - 7, 14, 14);
            theme.icon(QStringLiteral("check"), p.success).paint(&painter, mark);
        }
        QFont font = body;
        font.setWeight(i == 0 ? QFont::DemiBold : QFont::Normal);
        painter.setFont(font);
        painter.setPen(p.text);
        const QRect name(kSide + kMark, row.top(), names, kRow);
        painter.drawText(name, Qt::AlignVCenter, QFontMetrics(font).elidedText(bar.name, Qt::ElideRight, names));
        const QColor ground = i == current_ && hasFocus() ? p.panel : p.bar_track;
        ProgressBarThin::draw(painter, trackRect(i), std::clamp(bar.share, 0.0, 1.0),
                              i == 0 ? p.accent : p.control_border, ground);
        painter.setFont(mono);
        painter.setPen(p.text);
        painter.drawText(row.adjusted(0, 0, -kSide, 0), Qt::AlignRight | Qt::AlignVCenter, bar.value);
    }
    paintFocusRing(painter);
}

void AnswerBars::setCurrent(int row) {
    current_ = bars_.isEmpty() ? -1 : std::clamp(row, 0, static_cast<int>(bars_.size()) - 1);
    update();
}

void AnswerBars::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < bars_.size(); ++i)
        if (rowRect(i).contains(event->position().toPoint())) return setCurrent(i);
    event->ignore();
}

void AnswerBars::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return Q_EMIT copyAsked();
    switch (event->key()) {
        case Qt::Key_Down:
            return setCurrent(current_ + 1);
        case Qt::Key_Up:
            return setCurrent(current_ - 1);
        case Qt::Key_Home:
            return setCurrent(0);
        case Qt::Key_End:
            return setCurrent(static_cast<int>(bars_.size()) - 1);
        default:
            event->ignore();
    }
}

bool AnswerBars::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    for (int i = 0; i < bars_.size(); ++i) {
        if (!rowRect(i).contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(),
                           QStringLiteral("%1: %2").arg(bars_[i].name.toHtmlEscaped(), number(bars_[i].share, 6)),
                           this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace switchyard::ui
