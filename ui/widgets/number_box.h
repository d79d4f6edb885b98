// SPDX-License-Identifier: GPL-3.0-or-later
// A spin box that keeps a number's spelling: "3.0e-4" stays as typed, and stepping moves its last digit.
#pragma once

#include <QAbstractSpinBox>
#include <limits>

namespace switchyard::ui {

/// `text` moved by `steps` units of its last digit (whole: by whole numbers), kept within the range; `text` itself when
/// it is no number.
QString steppedNumber(const QString& text, int steps, bool whole, double min, double max);

/// Any text may be typed: what is wrong with it is told beside the field. Thread: GUI thread.
class NumberBox : public QAbstractSpinBox {
    Q_OBJECT
public:
    NumberBox(bool whole, double min, double max, QWidget* parent = nullptr);
    /// Shows a text without emitting; caret and selection stay when it is the same.
    void setNumberText(const QString& text);
    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& position) const override;

Q_SIGNALS:
    /// By typing or stepping.
    void numberEdited(const QString& text);

protected:
    StepEnabled stepEnabled() const override;

private:
    bool whole_;
    double min_, max_;
};

}  // namespace switchyard::ui
