// SPDX-License-Identifier: GPL-3.0-or-later
// The input of one configuration key, made from its schema row. It shows and gives scalars as they are written in the
// text, so that a spelling or a `${reference}` survives.
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "core/base/config/schema.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class FormField : public QWidget {
    Q_OBJECT
public:
    /// Owned by `parent`.
    static FormField* make(const KeySpec& key, QWidget* parent);

    /// Shows the key's scalars; nothing is emitted. What is being typed stays when it means the same.
    virtual void setScalars(const std::vector<std::string>& scalars) = 0;
    /// Danger border.
    void setInvalid(bool invalid);
    QWidget* input() const { return input_; }
    /// Takes the room that is there, instead of a number's.
    bool isWide() const { return wide_; }

Q_SIGNALS:
    void edited(const std::vector<std::string>& scalars);
    void entered();
    void left();

protected:
    FormField(const KeySpec& key, QWidget* input, bool wide, QWidget* parent);
    bool eventFilter(QObject* watched, QEvent* event) override;
    /// The input lost focus.
    virtual void settle() {}

private:
    QWidget* input_;
    bool wide_;
};

}  // namespace switchyard::ui
