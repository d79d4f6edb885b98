// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a gate that recorded logits are put through.
#pragma once

#include <QWidget>

#include "ui/models/gate_choice.h"

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QLineEdit;
class QSpinBox;

namespace switchyard::ui {

/// Thread: GUI thread.
class GateForm : public QWidget {
    Q_OBJECT
public:
    explicit GateForm(QWidget* parent = nullptr);
    /// What the fields begin with and Reset goes back to.
    void setTrained(const GateChoice& trained);
    const GateChoice& trained() const { return trained_; }
    /// The layer that is looked at; `bias`: its router has one.
    void setLayer(int experts, bool bias);
    void reset();
    GateChoice choice() const;
    /// "" = every field can be read.
    QString problem() const;

Q_SIGNALS:
    void changed();

private:
    void add(QGridLayout* grid, int row, int column, const QString& label, const QString& tip, QWidget* field);
    void edited();

    GateChoice trained_;
    int experts_ = 8, own_k_ = 2;
    bool quiet_ = false, fixed_ = false;
    QComboBox* gate_;
    QSpinBox* top_k_;
    QDoubleSpinBox* capacity_;
    QSpinBox* least_;
    QComboBox* drop_;
    QDoubleSpinBox* temperature_;
    QComboBox* bias_;
    QLineEdit* own_;
};

}  // namespace switchyard::ui
