// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/section_head.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kIcon = 16;
constexpr int kTitleLeft = 32;
constexpr int kRight = 16;

}  // namespace

SectionHead::SectionHead(const QString& title, QWidget* parent) : QAbstractButton(parent) {
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(title);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void SectionHead::setSummary(const QString& summary) {
    summary_ = summary;
    tell();
}

void SectionHead::setProblems(int errors, int warnings) {
    errors_ = errors;
    warnings_ = warnings;
    tell();
}

void SectionHead::setChanged(bool changed) {
    changed_ = changed;
    update();
}

void SectionHead::tell() {
    QStringList told;
    if (errors_ > 0) told << (errors_ == 1 ? tr("1 error") : tr("%1 errors").arg(errors_));
    if (warnings_ > 0) told << (warnings_ == 1 ? tr("1 warning") : tr("%1 warnings").arg(warnings_));
    if (!summary_.isEmpty()) told << summary_;
    setAccessibleDescription(told.join(QStringLiteral(", ")));
    setToolTip(summary_);
    update();
}

QSize SectionHead::sizeHint() const {
    return {200, metric::kFormRow};
}
QSize SectionHead::minimumSizeHint() const {
    return {120, metric::kFormRow};
}

void SectionHead::keyPressEvent(QKeyEvent* event) {
    const bool open = event->key() == Qt::Key_Right || event->key() == Qt::Key_Plus;
    const bool close = event->key() == Qt::Key_Left || event->key() == Qt::Key_Minus;
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else if ((open && !isChecked()) || (close && isChecked()))
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void SectionHead::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    painter.fillRect(rect(), underMouse() ? p.hover : p.raised);
    painter.fillRect(0, height() - 1, width(), 1, p.border);
    if (changed_) painter.fillRect(4, (height() - kIcon) / 2, 3, kIcon, p.accent);
    theme.icon(isChecked() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"))
        .paint(&painter, QRect(12, (height() - kIcon) / 2, kIcon, kIcon));
    painter.setFont(theme.font(TextRole::kTitle));
    painter.setPen(p.text);
    const int title_width = painter.fontMetrics().horizontalAdvance(text());
    painter.drawText(QRect(kTitleLeft, 0, width() - kTitleLeft, height()), Qt::AlignVCenter, text());

    int right = width() - kRight;
    const auto count = [&](int problems, const QString& icon, const QColor& color) {
        if (problems == 0) return;
        painter.setFont(theme.font(TextRole::kTitle));
        painter.setPen(color);
        const QString number = QString::number(problems);
        const int width_of_number = painter.fontMetrics().horizontalAdvance(number);
        painter.drawText(QRect(right - width_of_number, 0, width_of_number, height()), Qt::AlignVCenter, number);
        theme.icon(icon, color)
            .paint(&painter, QRect(right - width_of_number - 6 - kIcon, (height() - kIcon) / 2, kIcon, kIcon));
        right -= width_of_number + 6 + kIcon + 12;
    };
    count(errors_, QStringLiteral("error"), p.danger);
    count(warnings_, QStringLiteral("warning"), p.warning);
    const int left = kTitleLeft + title_width + 12;
    if (!isChecked() && right > left) {
        painter.setFont(theme.font(TextRole::kCaption));
        painter.setPen(p.muted);
        painter.drawText(QRect(left, 0, right - left, height()), Qt::AlignVCenter | Qt::AlignRight,
                         painter.fontMetrics().elidedText(summary_, Qt::ElideRight, right - left));
    }
    if (hasFocus()) {
        painter.setPen(QPen(p.accent, 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -2));
    }
}

}  // namespace switchyard::ui
