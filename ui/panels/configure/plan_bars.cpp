// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/plan_bars.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStringList>
#include <QToolTip>
#include <algorithm>

#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 50, kMargin = 12, kBarTop = 26, kBar = 14, kIcon = 14;

/// What a rank may take: its share of the host.
double limitOf(const plan::Plan& plan) {
    return plan.needed_bytes > 0 ? plan.memory_bytes * plan.peak_bytes / plan.needed_bytes : 0;
}

QString rowText(const plan::Plan& plan) {
    QStringList parts;
    for (const PlanPart& part : planParts(plan))
        if (part.there()) parts << part.name + u' ' + planBytes(part.at_peak);
    return ranksText(plan.ranks) + QStringLiteral(", ") + planBytes(plan.peak_bytes) + QStringLiteral(", ") +
           fitText(plan) + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
}

}  // namespace

PlanBars::PlanBars(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("Memory of a rank by number of ranks"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PlanBars::setChoices(const PlanChoices& choices) {
    choices_ = choices;
    chosen_ = choices.current;
    updateGeometry();
    tell();
}

QSize PlanBars::sizeHint() const {
    return {260, kRow * static_cast<int>(std::max<std::size_t>(1, choices_.plans.size()))};
}
QSize PlanBars::minimumSizeHint() const {
    return {180, sizeHint().height()};
}

void PlanBars::tell() {
    if (chosen_ < choices_.plans.size()) setAccessibleDescription(rowText(choices_.plans[chosen_]));
    update();
}

void PlanBars::choose(std::ptrdiff_t row) {
    if (row < 0 || row >= static_cast<std::ptrdiff_t>(choices_.plans.size()) ||
        row == static_cast<std::ptrdiff_t>(chosen_))
        return;
    chosen_ = static_cast<std::size_t>(row);
    tell();
    Q_EMIT chosenChanged();
}

void PlanBars::mousePressEvent(QMouseEvent* event) {
    choose(event->position().toPoint().y() / kRow);
}

void PlanBars::keyPressEvent(QKeyEvent* event) {
    const auto row = static_cast<std::ptrdiff_t>(chosen_);
    if (event->key() == Qt::Key_Up)
        choose(row - 1);
    else if (event->key() == Qt::Key_Down)
        choose(row + 1);
    else
        QWidget::keyPressEvent(event);
}

bool PlanBars::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const auto row = static_cast<std::size_t>(std::max(0, help->pos().y() / kRow));
        if (row < choices_.plans.size()) QToolTip::showText(help->globalPos(), rowText(choices_.plans[row]), this);
        return true;
    }
    return QWidget::event(event);
}

void PlanBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    double widest = 1;
    for (const plan::Plan& plan : choices_.plans)
        widest = std::max({widest, plan.peak_bytes, std::min(limitOf(plan), plan.peak_bytes * 1.6)});
    const double scale = (width() - 2.0 * kMargin) / widest;
    for (std::size_t i = 0; i < choices_.plans.size(); ++i) {
        const plan::Plan& plan = choices_.plans[i];
        const int top = kRow * static_cast<int>(i);
        const QString peak = planBytes(plan.peak_bytes);
        const QRect line(kMargin, top + 3, width() - 2 * kMargin, 20);
        if (i == chosen_) {
            painter.fillRect(0, top, width(), kRow, p.selection);
            painter.fillRect(0, top, 3, kRow, p.accent);
        }
        painter.setFont(theme.font(TextRole::kTitle));
        painter.setPen(p.text);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft, ranksText(plan.ranks));
        painter.setFont(theme.font(TextRole::kMono));
        painter.drawText(line.adjusted(62, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, peak);
        const QColor verdict = plan.fits ? p.success : p.danger;
        painter.setFont(theme.font(TextRole::kTable));
        painter.setPen(verdict);
        const int left_of_words =
            kMargin + 62 + QFontMetrics(theme.font(TextRole::kMono)).horizontalAdvance(peak) + kIcon + 13;
        QString words = fitText(plan);
        if (painter.fontMetrics().horizontalAdvance(words) > line.right() - left_of_words)
            words = words.section(u',', 0, 0);
        const int words_width = painter.fontMetrics().horizontalAdvance(words);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, words);
        theme.icon(plan.fits ? QStringLiteral("ok") : QStringLiteral("error"), verdict)
            .paint(&painter,
                   QRect(line.right() - words_width - kIcon - 5, line.center().y() - kIcon / 2, kIcon, kIcon));

        double left = kMargin;
        const double limit = kMargin + limitOf(plan) * scale;
        for (const PlanPart& part : planParts(plan)) {
            const double right = left + part.at_peak * scale;
            painter.fillRect(QRectF(left, top + kBarTop, std::max(0.0, right - left - 1), kBar), part.color);
            left = right;
        }
        if (left > limit) {  // what is over the limit
            const QRectF over(limit, top + kBarTop, left - limit, kBar);
            painter.fillRect(over, p.panel);
            painter.fillRect(over, QBrush(p.danger, Qt::BDiagPattern));
            painter.setPen(p.danger);
            painter.drawRect(over.adjusted(0.5, 0.5, -0.5, -0.5));
        }
        if (limit <= width() - kMargin + 1) painter.fillRect(QRectF(limit - 1, top + kBarTop - 3, 2, kBar + 6), p.text);
    }
    if (hasFocus() && !choices_.plans.empty()) {
        painter.setPen(QPen(p.accent, 2));
        painter.drawRect(QRect(1, kRow * static_cast<int>(chosen_) + 1, width() - 2, kRow - 2));
    }
}

}  // namespace switchyard::ui
