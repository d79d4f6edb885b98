// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/message_banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

MessageBanner::MessageBanner(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("messageBanner"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 3, 8, 3);
    row->setSpacing(8);
    icon_ = new QLabel;
    icon_->setFixedSize(16, 16);
    text_ = new QLabel;
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::RichText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    action_ = new QPushButton;
    action_->setProperty("link", true);
    action_->setCursor(Qt::PointingHandCursor);
    auto* close = new IconButton(QStringLiteral("close"), tr("Dismiss message"));
    row->addWidget(icon_);
    row->addWidget(text_, 1);
    row->addWidget(action_);
    row->addWidget(close);
    setMinimumHeight(32);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (on_action_) on_action_();
    });
    connect(close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT dismissed();
    });
    connect(&Theme::instance(), &Theme::changed, this, &MessageBanner::recolor);
    hide();
}

void MessageBanner::showMessage(Kind kind, const QString& text, const QString& action, std::function<void()> on_action) {
    kind_ = kind;
    text_->setText(text);
    setAccessibleName(text);
    action_->setText(action);
    action_->setVisible(!action.isEmpty());
    on_action_ = std::move(on_action);
    recolor();
    show();
}

QString MessageBanner::text() const { return text_->text(); }

void MessageBanner::recolor() {
    const Palette& p = Theme::instance().palette();
    const QColor ground = kind_ == Kind::kOk ? p.ground_ok : kind_ == Kind::kDanger ? p.ground_danger : p.ground_warning;
    const QColor color = kind_ == Kind::kOk ? p.success : kind_ == Kind::kDanger ? p.danger : p.warning;
    const QString icon = kind_ == Kind::kOk       ? QStringLiteral("ok")
                         : kind_ == Kind::kDanger ? QStringLiteral("error")
                                                  : QStringLiteral("warning");
    setStyleSheet(QStringLiteral("#messageBanner { background: %1; border: none; border-bottom: 1px solid %2; } QLabel { font-size: 12px; }")
                      .arg(ground.name(), p.border.name()));
    icon_->setPixmap(Theme::instance().icon(icon, color).pixmap(QSize(16, 16), devicePixelRatioF()));
}

}  // namespace switchyard::ui
