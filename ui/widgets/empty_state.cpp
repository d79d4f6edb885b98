// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

EmptyState::EmptyState(const QString& icon, const QString& title, const QString& sentence, const QString& action,
                       QWidget* parent)
    : QWidget(parent), icon_name_(icon) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(8);
    icon_ = new QLabel;
    icon_->setAlignment(Qt::AlignCenter);
    title_ = new QLabel(title);
    title_->setProperty("role", "title");
    title_->setAlignment(Qt::AlignCenter);
    sentence_ = new QLabel(sentence);
    sentence_->setProperty("role", "muted");
    sentence_->setAlignment(Qt::AlignCenter);
    sentence_->setWordWrap(true);
    column->addStretch(1);
    column->addWidget(icon_);
    column->addWidget(title_);
    column->addWidget(sentence_);
    if (!action.isEmpty()) {
        auto* button = new QPushButton(action);
        connect(button, &QPushButton::clicked, this, &EmptyState::actionClicked);
        column->addSpacing(4);
        column->addWidget(button, 0, Qt::AlignHCenter);
    }
    column->addStretch(2);
    setAccessibleName(title);
    connect(&Theme::instance(), &Theme::changed, this, &EmptyState::recolor);
    recolor();
}

void EmptyState::setTexts(const QString& title, const QString& sentence) {
    title_->setText(title);
    sentence_->setText(sentence);
    setAccessibleName(title);
}

void EmptyState::recolor() {
    const Theme& theme = Theme::instance();
    icon_->setPixmap(theme.icon(icon_name_, theme.palette().muted).pixmap(QSize(24, 24), devicePixelRatioF()));
}

}  // namespace switchyard::ui
