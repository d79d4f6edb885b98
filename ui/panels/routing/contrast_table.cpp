// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/contrast_table.h"

#include <QGridLayout>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kOneWidth = 190, kTwoWidth = 240, kRow = 22;

QLabel* made(Qt::Alignment side, TextRole role) {
    auto* label = new QLabel;
    label->setFont(Theme::instance().font(role));
    label->setAlignment(side | Qt::AlignVCenter);
    return label;
}

}  // namespace

ContrastTable::ContrastTable(const QStringList& names, QWidget* parent) : QWidget(parent), names_(names) {
    setFixedWidth(kOneWidth);
    grid_ = new QGridLayout(this);
    QGridLayout* grid = grid_;
    grid->setContentsMargins(8, 4, 12, 8);
    grid->setVerticalSpacing(0);
    grid->setHorizontalSpacing(6);
    left_head_ = made(Qt::AlignRight, TextRole::kCaption);
    right_head_ = made(Qt::AlignRight, TextRole::kCaption);
    for (QLabel* head : {left_head_, right_head_}) {
        head->setProperty("role", "caption");
        head->hide();
    }
    grid->addWidget(left_head_, 0, 1);
    grid->addWidget(right_head_, 0, 2);
    for (int row = 0; row < names.size(); ++row) {
        QLabel* name = made(Qt::AlignLeft, TextRole::kTable);
        name->setText(names[row]);
        name->setProperty("role", "muted");
        left_ << made(Qt::AlignRight, TextRole::kMono);
        right_ << made(Qt::AlignRight, TextRole::kMono);
        left_.last()->setProperty("role", "muted");
        left_.last()->hide();
        right_.last()->setAccessibleName(names[row]);
        grid->addWidget(name, row + 1, 0);
        grid->addWidget(left_.last(), row + 1, 1);
        grid->addWidget(right_.last(), row + 1, 2);
        grid->setRowMinimumHeight(row + 1, kRow);
    }
    grid->setColumnStretch(0, 1);
    grid->setRowStretch(static_cast<int>(names.size()) + 1, 1);
    connect(&Theme::instance(), &Theme::changed, this, &ContrastTable::colour);
}

void ContrastTable::setHeads(const QString& left, const QString& right) {
    setFixedWidth(kTwoWidth);
    left_head_->setText(left);
    right_head_->setText(right);
    left_head_->show();
    right_head_->show();
    for (int row = 0; row < left_.size(); ++row) {
        left_[row]->show();
        left_[row]->setAccessibleName(QStringLiteral("%1, %2").arg(names_[row], left));
        right_[row]->setAccessibleName(QStringLiteral("%1, %2").arg(names_[row], right));
    }
}

void ContrastTable::setLeft(const QStringList& values) {
    for (int row = 0; row < left_.size(); ++row) {
        const bool none = values.value(row).isEmpty();
        left_[row]->setText(values.value(row));
        if (left_[row]->isHidden() == none) continue;
        left_[row]->setHidden(none);
        // The right one has the room of both.
        grid_->removeWidget(right_[row]);
        grid_->addWidget(right_[row], row + 1, none ? 1 : 2, 1, none ? 2 : 1);
    }
}

void ContrastTable::setRight(const QStringList& values, const QList<Verdict>& verdicts) {
    for (int row = 0; row < right_.size(); ++row) right_[row]->setText(values.value(row));
    if (verdicts == verdicts_) return;
    verdicts_ = verdicts;
    colour();
}

void ContrastTable::colour() {
    const Palette& p = Theme::instance().palette();
    for (int row = 0; row < right_.size(); ++row) {
        const Verdict verdict = verdicts_.value(row, Verdict::kNone);
        const QColor color = verdict == Verdict::kWorse ? p.danger : verdict == Verdict::kBetter ? p.success : p.text;
        right_[row]->setStyleSheet(QStringLiteral("color: %1; font-weight: %2;")
                                       .arg(color.name(), verdict == Verdict::kNone ? "normal" : "600"));
    }
}

}  // namespace switchyard::ui
