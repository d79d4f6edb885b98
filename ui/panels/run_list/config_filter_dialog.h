// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a search condition of a config key, a comparison and a value, with what the listed runs have to choose from.
#pragma once

#include <QDialog>
#include <map>
#include <set>
#include <vector>

#include "core/base/runs/run_status.h"

class QComboBox;
class QPushButton;

namespace switchyard::ui {

/// Values of each config key over the runs; of keys that are the same in all, one.
std::map<std::string, std::set<std::string>> configChoices(const std::vector<runs::RunStatus>& runs);
/// Keys that differ between the runs, in the order of the config.
std::vector<std::string> differingKeys(const std::vector<runs::RunStatus>& runs);

/// Thread: GUI thread.
class ConfigFilterDialog : public QDialog {
    Q_OBJECT
public:
    ConfigFilterDialog(const std::vector<runs::RunStatus>& runs, QWidget* parent);
    /// "model.moe.experts>=64", in quotes where it needs some.
    QString condition() const;

private:
    void fillValues();
    void tell();

    std::map<std::string, std::set<std::string>> choices_;
    QComboBox *key_, *compare_, *value_;
    QPushButton* ok_;
};

}  // namespace switchyard::ui
