// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list/config_filter_dialog.h"

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/config/schema.h"

namespace switchyard::ui {
namespace {

constexpr int kKeyWidth = 260, kValueWidth = 160;

/// A combo box that can be typed in and finds parts of words.
QComboBox* typedCombo(int width, const QString& name) {
    auto* combo = new QComboBox;
    combo->setEditable(true);
    combo->setInsertPolicy(QComboBox::NoInsert);
    combo->setMinimumWidth(width);
    combo->setAccessibleName(name);
    combo->completer()->setFilterMode(Qt::MatchContains);
    combo->completer()->setCompletionMode(QCompleter::PopupCompletion);
    return combo;
}

}  // namespace

std::map<std::string, std::set<std::string>> configChoices(const std::vector<runs::RunStatus>& runs) {
    std::map<std::string, std::set<std::string>> choices;
    for (const runs::RunStatus& run : runs) {
        if (run.config == nullptr) continue;
        for (const auto& [path, value] : run.config->entries) choices[path].insert(value);
    }
    return choices;
}

std::vector<std::string> differingKeys(const std::vector<runs::RunStatus>& runs) {
    const auto choices = configChoices(runs);
    std::vector<std::string> keys;
    for (const KeySpec& key : schema()) {
        const auto found = choices.find(key.path);
        if (found != choices.end() && found->second.size() > 1) keys.push_back(key.path);
    }
    return keys;
}

ConfigFilterDialog::ConfigFilterDialog(const std::vector<runs::RunStatus>& runs, QWidget* parent)
    : QDialog(parent), choices_(configChoices(runs)) {
    setWindowTitle(tr("Filter by a config value"));
    setAttribute(Qt::WA_DeleteOnClose);
    key_ = typedCombo(kKeyWidth, tr("Config key"));
    key_->setObjectName(QStringLiteral("filterKey"));
    // What tells the runs apart comes first.
    const std::vector<std::string> differing = differingKeys(runs);
    for (const std::string& key : differing) key_->addItem(QString::fromStdString(key));
    for (const KeySpec& key : schema()) {
        if (std::find(differing.begin(), differing.end(), key.path) == differing.end())
            key_->addItem(QString::fromStdString(key.path));
    }
    compare_ = new QComboBox;
    compare_->addItems({QStringLiteral("="), QStringLiteral("!="), QStringLiteral("<"), QStringLiteral("<="),
                        QStringLiteral(">"), QStringLiteral(">=")});
    compare_->setAccessibleName(tr("Comparison"));
    value_ = typedCombo(kValueWidth, tr("Value"));
    value_->setObjectName(QStringLiteral("filterValue"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(key_, 1);
    row->addWidget(compare_);
    row->addWidget(value_);
    auto* words =
        new QLabel(tr("The condition is added to the search, where it can be changed. * stands for anything."));
    words->setProperty("role", "muted");
    words->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    ok_ = buttons->addButton(tr("Add to search"), QDialogButtonBox::AcceptRole);
    ok_->setProperty("primary", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 12);
    column->setSpacing(12);
    column->addLayout(row);
    column->addWidget(words);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(key_, &QComboBox::currentTextChanged, this, &ConfigFilterDialog::fillValues);
    connect(value_, &QComboBox::currentTextChanged, this, &ConfigFilterDialog::tell);
    fillValues();
}

void ConfigFilterDialog::fillValues() {
    value_->clear();
    const auto found = choices_.find(key_->currentText().toStdString());
    if (found != choices_.end()) {
        QStringList values;
        for (const std::string& value : found->second) values << QString::fromStdString(value);
        std::sort(values.begin(), values.end(), [](const QString& a, const QString& b) {
            bool a_number = false, b_number = false;
            const double x = a.toDouble(&a_number), y = b.toDouble(&b_number);
            return a_number && b_number ? x < y : a_number != b_number ? a_number : a < b;
        });
        value_->addItems(values);
    }
    tell();
}

void ConfigFilterDialog::tell() {
    const bool known = findKey(key_->currentText().toStdString()) != nullptr;
    ok_->setEnabled(known && !value_->currentText().trimmed().isEmpty());
    ok_->setToolTip(known ? QString() : tr("No config has this key"));
}

QString ConfigFilterDialog::condition() const {
    QString value = value_->currentText().trimmed();
    value.remove(u'"');
    if (value.contains(u' ')) value = u'"' + value + u'"';
    return key_->currentText() + compare_->currentText() + value;
}

}  // namespace switchyard::ui
