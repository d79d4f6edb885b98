// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/start_pane.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kWidth = 400;
constexpr int kProgressWidth = 280;

}  // namespace

StartPane::StartPane(QWidget* parent) : QWidget(parent) {
    icon_ = new QLabel;
    icon_->setAlignment(Qt::AlignCenter);
    title_ = new QLabel;
    title_->setProperty("role", "title");
    title_->setAlignment(Qt::AlignCenter);
    title_->setTextFormat(Qt::PlainText);
    sentence_ = new QLabel;
    sentence_->setProperty("role", "muted");
    sentence_->setTextFormat(Qt::PlainText);
    sentence_->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    sentence_->setWordWrap(true);
    sentence_->setFixedWidth(kWidth);
    bar_ = new ProgressBarThin;
    done_ = new QLabel;
    left_ = new QLabel;
    for (QLabel* label : {done_, left_}) {
        label->setProperty("role", "muted");
        label->setFont(Theme::instance().font(TextRole::kTable));
    }
    progress_ = new QWidget;
    progress_->setFixedWidth(kProgressWidth);
    auto* numbers = new QHBoxLayout;
    numbers->addWidget(done_);
    numbers->addStretch(1);
    numbers->addWidget(left_);
    auto* bar_column = new QVBoxLayout(progress_);
    bar_column->setContentsMargins(0, 8, 0, 0);
    bar_column->setSpacing(6);
    bar_column->addWidget(bar_);
    bar_column->addLayout(numbers);
    action_ = new QPushButton;
    action_->setObjectName(QStringLiteral("startAction"));
    link_ = new QPushButton;
    link_->setProperty("link", true);
    link_->setCursor(Qt::PointingHandCursor);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(8);
    column->addStretch(1);
    column->addWidget(icon_);
    column->addWidget(title_);
    column->addWidget(sentence_, 0, Qt::AlignHCenter);
    column->addWidget(progress_, 0, Qt::AlignHCenter);
    column->addSpacing(4);
    column->addWidget(action_, 0, Qt::AlignHCenter);
    column->addWidget(link_, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(action_, &QPushButton::clicked, this, &StartPane::actionClicked);
    connect(link_, &QPushButton::clicked, this, &StartPane::linkClicked);
    connect(&Theme::instance(), &Theme::changed, this, &StartPane::recolor);
    setContent({});
}

void StartPane::setContent(const StartContent& content) {
    content_ = content;
    title_->setText(content.title);
    sentence_->setText(content.sentence);
    sentence_->setVisible(!content.sentence.isEmpty());
    sentence_->setFixedHeight(std::max(0, sentence_->heightForWidth(kWidth)));  // aligned, it gets one line only
    progress_->setVisible(content.progress >= 0);
    bar_->setValue(content.progress);
    done_->setText(content.done);
    left_->setText(content.left);
    action_->setText(content.action);
    action_->setAccessibleName(content.accessible_action.isEmpty() ? content.action : content.accessible_action);
    action_->setVisible(!content.action.isEmpty());
    link_->setText(content.link);
    link_->setVisible(!content.link.isEmpty());
    setAccessibleName(content.title);
    recolor();
}

void StartPane::recolor() {
    const Theme& theme = Theme::instance();
    icon_->setPixmap(theme.icon(content_.icon, theme.palette().muted).pixmap(QSize(24, 24), devicePixelRatioF()));
}

}  // namespace switchyard::ui
