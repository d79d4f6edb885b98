// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/loading_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/models/run_words.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kQuietMs = 200, kFrameMs = 80, kWidth = 240;

}  // namespace

LoadingState::LoadingState(const QString& title, QWidget* parent) : QWidget(parent) {
    box_ = new QWidget;
    box_->setFixedWidth(kWidth);
    auto* column = new QVBoxLayout(box_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    spinner_ = new QLabel;
    spinner_->setFixedSize(16, 16);
    auto* name = new QLabel(title);
    name->setProperty("role", "title");
    head->addWidget(spinner_);
    head->addWidget(name);
    head->addStretch(1);
    bar_ = new ProgressBarThin;
    auto* foot = new QHBoxLayout;
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    left_ = new QLabel;
    left_->setProperty("role", "muted");
    foot->addWidget(count_);
    foot->addStretch(1);
    foot->addWidget(left_);
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &LoadingState::cancelled);
    column->addLayout(head);
    column->addWidget(bar_);
    column->addLayout(foot);
    column->addWidget(cancel, 0, Qt::AlignLeft);
    auto* all = new QVBoxLayout(this);
    all->addStretch(1);
    all->addWidget(box_, 0, Qt::AlignHCenter);
    all->addStretch(2);
    box_->hide();
    setAccessibleName(title);
    connect(&timer_, &QTimer::timeout, this, &LoadingState::tick);
    begun_.start();
}

void LoadingState::start() {
    begun_.start();
    box_->hide();
    setProgress(0, 0, {});
    if (isVisible()) timer_.start(kFrameMs);
}

void LoadingState::setProgress(double done, double total, const QString& words) {
    bar_->setValue(total > 0 ? done / total : 0);
    count_->setText(words);
    const double seconds = static_cast<double>(begun_.elapsed()) / 1000.0;
    const bool guess = total > 0 && done > 0 && done < total && seconds > 0.5;
    left_->setText(guess ? duration(seconds * (total - done) / done) : QString());
}

void LoadingState::tick() {
    if (begun_.elapsed() < kQuietMs) return;
    box_->show();
    if (style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) > 0) angle_ = (angle_ + 30) % 360;
    const QPixmap icon = Theme::instance()
                             .icon(QStringLiteral("state-starting"), Theme::instance().palette().accent)
                             .pixmap(QSize(16, 16), devicePixelRatioF());
    QPixmap turned(icon.size());
    turned.setDevicePixelRatio(icon.devicePixelRatio());
    turned.fill(Qt::transparent);
    QPainter painter(&turned);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.translate(8, 8);
    painter.rotate(angle_);
    painter.drawPixmap(QPointF(-8, -8), icon);
    painter.end();
    spinner_->setPixmap(turned);
}

void LoadingState::showEvent(QShowEvent*) {
    timer_.start(kFrameMs);
}
void LoadingState::hideEvent(QHideEvent*) {
    timer_.stop();
}

}  // namespace switchyard::ui
