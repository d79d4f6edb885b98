// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmented_control.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QStyle>
#include <QToolButton>

namespace switchyard::ui {

SegmentedControl::SegmentedControl(const QStringList& labels, QWidget* parent)
    : QWidget(parent), group_(new QButtonGroup(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (qsizetype i = 0; i < labels.size(); ++i) {
        auto* button = new QToolButton;
        button->setText(labels[i]);
        button->setAccessibleName(labels[i]);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setProperty("segment", true);
        group_->addButton(button, static_cast<int>(i));
        row->addWidget(button);
    }
    group_->setExclusive(true);
    markEnds();
    if (!labels.isEmpty()) group_->button(0)->setChecked(true);
    connect(group_, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on) Q_EMIT changed(id);
    });
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
}

int SegmentedControl::current() const {
    return group_->checkedId();
}

void SegmentedControl::setCurrent(int index) {
    if (auto* button = group_->button(index)) button->setChecked(true);
}

void SegmentedControl::setLabel(int index, const QString& label) {
    if (auto* button = group_->button(index)) {
        button->setText(label);
        button->setAccessibleName(label);
    }
}

void SegmentedControl::setChoiceVisible(int index, bool visible) {
    group_->button(index)->setVisible(visible);
    markEnds();
}

/// The outer corners are round: of what can be seen.
void SegmentedControl::markEnds() {
    QList<QAbstractButton*> seen;
    for (QAbstractButton* button : group_->buttons()) {
        if (!button->isHidden()) seen.append(button);
    }
    for (QAbstractButton* button : group_->buttons()) {
        const QString end = seen.isEmpty()           ? QString()
                            : button == seen.last()  ? QStringLiteral("last")
                            : button == seen.first() ? QStringLiteral("first")
                                                     : QString();
        if (button->property("segmentEnd").toString() == end) continue;
        button->setProperty("segmentEnd", end);
        if (!button->testAttribute(Qt::WA_WState_Polished)) continue;  // styled when it is first shown
        button->style()->unpolish(button);
        button->style()->polish(button);
    }
}

void SegmentedControl::setChoiceEnabled(int index, bool enabled, const QString& why) {
    if (auto* button = group_->button(index)) {
        button->setEnabled(enabled);
        button->setToolTip(enabled ? QString() : why);
    }
}

}  // namespace switchyard::ui
