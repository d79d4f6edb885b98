// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/gate_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStyle>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kFieldWidth = 117;

}  // namespace

GateForm::GateForm(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(12, 6, 12, 8);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(1);
    gate_ = new QComboBox;
    for (const auto& [name, label] :
         std::initializer_list<std::pair<const char*, QString>>{{"top2", tr("Top-2")},
                                                                {"switch", tr("Switch")},
                                                                {"topk", tr("Top-k")},
                                                                {"noisy_topk", tr("Noisy top-k")},
                                                                {"expert_choice", tr("Expert choice")}})
        gate_->addItem(label, QString::fromLatin1(name));
    top_k_ = new QSpinBox;
    top_k_->setRange(1, 64);
    capacity_ = new QDoubleSpinBox;
    capacity_->setRange(0, 64);
    capacity_->setSingleStep(0.25);
    capacity_->setSpecialValueText(tr("dropless"));
    least_ = new QSpinBox;
    least_->setRange(1, 1'000'000);
    drop_ = new QComboBox;
    drop_->addItem(tr("Position"), QStringLiteral("position"));
    drop_->addItem(tr("Priority"), QStringLiteral("priority"));
    temperature_ = new QDoubleSpinBox;
    temperature_->setRange(0.01, 100);
    temperature_->setSingleStep(0.1);
    bias_ = new QComboBox;
    bias_->addItems({tr("Trained"), tr("None"), tr("Own")});
    own_ = new QLineEdit;
    own_->setPlaceholderText(tr("E3 0.5, E7 -1"));
    add(grid, 0, 0, tr("Gate"), tr("How tokens and experts find each other"), gate_);
    add(grid, 0, 1, tr("Experts per token"), tr("Top-2 and Switch have a number of their own"), top_k_);
    add(grid, 2, 0, tr("Capacity factor"), tr("Room of an expert over its fair share; 0 is dropless"), capacity_);
    add(grid, 2, 1, tr("Least capacity"), tr("Room that every expert has in any case"), least_);
    add(grid, 4, 0, tr("Drop order"),
        tr("Which choices keep their place where room ends: the first ones, or the heaviest"), drop_);
    add(grid, 4, 1, tr("Temperature"), tr("Logits are divided by it: above 1 evens them out"), temperature_);
    add(grid, 6, 0, tr("Selection bias"), tr("Added to the scores for the choice alone (gate Top-k)"), bias_);
    add(grid, 6, 1, tr("Own bias"), tr("A number for each expert that has one: E3 0.5, E7 -1"), own_);
    grid->setRowStretch(8, 1);
    for (QComboBox* combo : {gate_, drop_, bias_})
        connect(combo, &QComboBox::currentIndexChanged, this, &GateForm::edited);
    for (QSpinBox* spin : {top_k_, least_}) connect(spin, &QSpinBox::valueChanged, this, &GateForm::edited);
    for (QDoubleSpinBox* spin : {capacity_, temperature_})
        connect(spin, &QDoubleSpinBox::valueChanged, this, &GateForm::edited);
    connect(own_, &QLineEdit::textEdited, this, &GateForm::edited);
    setTrained({QStringLiteral("top2"), 2, 0, 4, QStringLiteral("position"), 1, GateChoice::Bias::kTrained, {}});
}

void GateForm::add(QGridLayout* grid, int row, int column, const QString& text, const QString& tip, QWidget* field) {
    auto* label = new QLabel(text);
    label->setProperty("role", "caption");
    label->setBuddy(field);
    field->setProperty("small", true);
    field->setAccessibleName(text);
    field->setToolTip(tip);
    field->setFixedWidth(kFieldWidth);
    grid->addWidget(label, row, column);
    grid->addWidget(field, row + 1, column);
}

void GateForm::setTrained(const GateChoice& trained) {
    trained_ = trained;
    reset();
}

void GateForm::reset() {
    quiet_ = true;
    gate_->setCurrentIndex(std::max(0, gate_->findData(trained_.gate)));
    top_k_->setValue(trained_.top_k);
    capacity_->setValue(trained_.capacity_factor);
    least_->setValue(trained_.min_capacity);
    drop_->setCurrentIndex(std::max(0, drop_->findData(trained_.drop)));
    temperature_->setValue(trained_.temperature);
    bias_->setCurrentIndex(0);
    own_->clear();
    fixed_ = false;
    quiet_ = false;
    edited();
}

void GateForm::setLayer(int experts, bool bias) {
    experts_ = experts;
    quiet_ = true;
    top_k_->setMaximum(std::min(64, experts));
    bias_->setItemText(0, bias ? tr("Trained") : tr("Trained (0)"));
    quiet_ = false;
}

void GateForm::edited() {
    if (quiet_) return;
    quiet_ = true;
    const QString gate = gate_->currentData().toString();
    const int fixed = fixedTopK(gate);
    // A number that was set is there again after a gate that has its own.
    if (!fixed_) own_k_ = top_k_->value();
    fixed_ = fixed > 0;
    top_k_->setEnabled(!fixed_);
    top_k_->setValue(fixed_ ? fixed : own_k_);
    drop_->setEnabled(gate != QLatin1String("expert_choice"));
    bias_->setEnabled(gate == QLatin1String("topk"));
    own_->setEnabled(bias_->isEnabled() && bias_->currentIndex() == 2);
    own_->setProperty("invalid", !problem().isEmpty());
    own_->style()->unpolish(own_);
    own_->style()->polish(own_);
    quiet_ = false;
    Q_EMIT changed();
}

GateChoice GateForm::choice() const {
    GateChoice choice;
    choice.gate = gate_->currentData().toString();
    choice.top_k = top_k_->value();
    choice.capacity_factor = capacity_->value();
    choice.min_capacity = least_->value();
    choice.drop = drop_->currentData().toString();
    choice.temperature = temperature_->value();
    if (!bias_->isEnabled()) return choice;
    choice.bias = static_cast<GateChoice::Bias>(bias_->currentIndex());
    if (choice.bias == GateChoice::Bias::kOwn)
        choice.own_bias = readBias(own_->text(), experts_).value_or(std::vector<float>());
    return choice;
}

QString GateForm::problem() const {
    if (!own_->isEnabled() || readBias(own_->text(), experts_)) return {};
    return tr("The own bias can not be read. Write it as E3 0.5, E7 -1; experts go from E0 to E%1.").arg(experts_ - 1);
}

}  // namespace switchyard::ui
