// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/shared/drop_zone.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kWithIcon = 190;

}  // namespace

DropZone::DropZone(QWidget* parent) : QFrame(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFixedHeight(68);
    setMaximumWidth(208);
    setAccessibleName(tr("Drop an image here"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(16);
    icon_ = new QLabel;
    icon_->setFixedSize(24, 24);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(0);
    title_ = new QLabel(tr("Drop an image here"));
    title_->setFont(Theme::instance().font(TextRole::kTable));
    auto* line = new QHBoxLayout;
    line->setSpacing(0);
    auto* otherwise = new QLabel(tr("or"));
    otherwise->setFont(Theme::instance().font(TextRole::kTable));
    otherwise->setProperty("role", "muted");
    choose_ = new QPushButton(tr("choose a file"));
    choose_->setProperty("link", true);
    choose_->setProperty("small", true);
    choose_->setAccessibleName(tr("Choose a picture file"));
    choose_->setCursor(Qt::PointingHandCursor);
    choose_->setStyleSheet(QStringLiteral("QPushButton { min-height: 16px; max-height: 16px; padding: 0 4px; }"));
    line->addWidget(otherwise);
    line->addWidget(choose_);
    line->addStretch(1);
    texts->addStretch(1);
    texts->addWidget(title_);
    texts->addLayout(line);
    texts->addStretch(1);
    row->addStretch(1);
    row->addWidget(icon_);
    row->addLayout(texts);
    row->addStretch(1);
    connect(choose_, &QPushButton::clicked, this, &DropZone::browse);
    const auto recolor = [this] {
        const Theme& theme = Theme::instance();
        icon_->setPixmap(
            theme.icon(QStringLiteral("image"), theme.palette().muted).pixmap(QSize(24, 24), devicePixelRatioF()));
        update();
    };
    connect(&Theme::instance(), &Theme::changed, this, recolor);
    recolor();
}

QSize DropZone::minimumSizeHint() const {
    return {title_->sizeHint().width() + 24, 68};
}

void DropZone::setHot(bool hot) {
    if (hot == hot_) return;
    hot_ = hot;
    title_->setText(hot ? hot_title_ : tr("Drop an image here"));
    update();
}

void DropZone::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    icon_->setVisible(width() >= kWithIcon);
}

void DropZone::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint())) Q_EMIT browse();
}

void DropZone::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(hot_ ? p.accent : p.control_border, hot_ ? 2 : 1);
    pen.setDashPattern(hot_ ? QList<qreal>{2, 1.5} : QList<qreal>{4, 3});
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.setBrush(hot_ ? p.selection : QColor(Qt::transparent));
    const qreal inset = hot_ ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), metric::kRadius, metric::kRadius);
}

}  // namespace switchyard::ui
