// SPDX-License-Identifier: GPL-3.0-or-later
// One key of the form: label, field, hint, what is wrong with it, and a way back to the default.
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "core/base/config/schema.h"

class QLabel;

namespace switchyard::ui {

class ElidedLabel;
class FormField;
class IconButton;

/// What a row shows of its key.
struct RowState {
    std::vector<std::string> scalars;
    bool is_set = false;   ///< the text sets the key
    bool changed = false;  ///< to something other than the preset
    QString problem;
    bool is_error = false;  ///< else the problem is a warning
};

/// Thread: GUI thread.
class FormRow : public QWidget {
    Q_OBJECT
public:
    explicit FormRow(const KeySpec& key, QWidget* parent = nullptr);
    const KeySpec& key() const { return key_; }
    FormField* field() const { return field_; }
    const RowState& state() const { return state_; }
    void setState(const RowState& state);
    /// The key that the other view stands at.
    void setCurrent(bool current);

Q_SIGNALS:
    void edited(const std::vector<std::string>& scalars);
    void entered();
    void left();
    void resetRequested();

protected:
    void paintEvent(QPaintEvent*) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showReset();
    QString resetText() const;

    const KeySpec& key_;
    RowState state_;
    bool current_ = false, focused_ = false;
    ElidedLabel *label_, *hint_;
    FormField* field_;
    QLabel* problem_;
    IconButton* reset_;
};

}  // namespace switchyard::ui
