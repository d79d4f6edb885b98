// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/compare_chooser.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "ui/panels/routing/step_bar.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/services/app_context.h"
#include "ui/widgets/icon_button.h"

namespace switchyard::ui {

CompareChooser::CompareChooser(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
    what_ = new QComboBox;
    what_->setProperty("small", true);
    what_->setAccessibleName(tr("Compare with"));
    what_->addItems({tr("Another step"), tr("Another checkpoint"), tr("Another sample")});
    steps_ = new StepBar;
    steps_->setCompact();
    checkpoints_ = new CheckpointCombo(context);
    checkpoints_->setMinimumContentsLength(8);
    checkpoints_->setAccessibleName(tr("Checkpoint to compare with"));
    auto* folder = new IconButton(QStringLiteral("folder"), tr("Open a checkpoint or model folder to compare with"));
    auto* checkpoint = new QWidget;
    auto* row = new QHBoxLayout(checkpoint);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(checkpoints_, 1);
    row->addWidget(folder);
    samples_ = new QComboBox;
    samples_->setProperty("small", true);
    samples_->setAccessibleName(tr("Sample to compare with"));
    samples_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    samples_->setMinimumContentsLength(8);
    stack_ = new QStackedWidget;
    for (QWidget* face : std::initializer_list<QWidget*>{steps_, checkpoint, samples_}) stack_->addWidget(face);
    stack_->setFixedHeight(32);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(what_);
    column->addWidget(stack_);
    connect(what_, &QComboBox::currentIndexChanged, this, &CompareChooser::showWhat);
    connect(steps_, &StepBar::stepAsked, this, &CompareChooser::changed);
    connect(checkpoints_, &CheckpointCombo::chosenChanged, this, &CompareChooser::changed);
    connect(samples_, &QComboBox::currentIndexChanged, this, &CompareChooser::changed);
    connect(folder, &QToolButton::clicked, this, &CompareChooser::chooseFolder);
}

CompareChooser::What CompareChooser::what() const {
    return static_cast<What>(what_->currentIndex());
}

void CompareChooser::showWhat() {
    stack_->setCurrentIndex(what_->currentIndex());
    if (what() == kCheckpoint) checkpoints_->start();
    Q_EMIT changed();
}

void CompareChooser::setSteps(const std::vector<std::int64_t>& steps) {
    const bool first = steps_->steps().empty();
    if (steps != steps_->steps()) {
        const QSignalBlocker quiet(steps_);
        steps_->setSteps(steps);
        if (first) steps_->slider()->setValue(0);  // the newest one is likely the other
    }
    auto* items = qobject_cast<QStandardItemModel*>(what_->model());
    items->item(kStep)->setEnabled(!steps.empty());
    if (steps.empty() && what() == kStep) what_->setCurrentIndex(kCheckpoint);
}

void CompareChooser::setSamples(const QStringList& titles) {
    QStringList now;
    for (int i = 0; i < samples_->count(); ++i) now << samples_->itemText(i);
    if (now == titles) return;
    const QSignalBlocker quiet(samples_);
    samples_->clear();
    samples_->addItems(titles);
}

int CompareChooser::sample() const {
    return samples_->currentIndex();
}

void CompareChooser::chooseFolder() {
    checkpoints_->askForFolder(this, tr("Choose a checkpoint or model folder to compare with"));
}

}  // namespace switchyard::ui
