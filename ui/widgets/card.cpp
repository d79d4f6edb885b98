// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace switchyard::ui {

Card::Card(const QString& title, QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    head_ = new QHBoxLayout;
    head_->setContentsMargins(11, 4, 7, 0);
    head_->setSpacing(8);
    title_ = new QLabel(title);
    title_->setProperty("role", "title");
    subtitle_ = new QLabel;
    subtitle_->setProperty("role", "caption");
    middle_ = new QHBoxLayout;
    middle_->setSpacing(12);
    head_->addWidget(title_);
    head_->addWidget(subtitle_);
    head_->addLayout(middle_);
    head_->addStretch(1);
    column->addLayout(head_);
    body_ = new QVBoxLayout;
    body_->setContentsMargins(0, 0, 0, 0);
    body_->setSpacing(0);
    column->addLayout(body_, 1);
    title_->setMinimumHeight(24);
    // What is empty takes no gap either.
    if (title.isEmpty()) title_->hide();
    subtitle_->hide();
    setAccessibleName(title);
}

void Card::setTitle(const QString& title) {
    title_->setText(title);
    title_->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Card::setSubtitle(const QString& subtitle) {
    subtitle_->setText(subtitle);
    subtitle_->setVisible(!subtitle.isEmpty());
}
void Card::addHeadWidget(QWidget* widget) { middle_->addWidget(widget); }
void Card::addCornerWidget(QWidget* widget) { head_->addWidget(widget); }
void Card::setContent(QWidget* widget) { body_->addWidget(widget, 1); }

}  // namespace switchyard::ui
