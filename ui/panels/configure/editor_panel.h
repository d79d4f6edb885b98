// SPDX-License-Identifier: GPL-3.0-or-later
// The YAML side of the page: head with file and caret, and the editor as a view on a ConfigDocument.
#pragma once

#include <QWidget>

#include "ui/models/config_document.h"

class QLabel;

namespace switchyard::ui {

class ElidedLabel;
class YamlEditor;

/// Thread: GUI thread.
class EditorPanel : public QWidget {
    Q_OBJECT
public:
    /// `document` outlives the panel.
    explicit EditorPanel(ConfigDocument& document, QWidget* parent = nullptr);
    YamlEditor& editor() { return *editor_; }
    /// Caret to the problem (an index into check().result.problems).
    void goToProblem(std::size_t problem);
    /// Caret to the key's value; nothing happens when the text does not set it.
    void goToKey(const std::string& path);
    /// The key that the caret stands at, "" when none.
    std::string keyAtCaret() const;
    /// The next error (else warning) behind the caret, around the end; false when there is none.
    bool goToNextProblem(bool backward);

Q_SIGNALS:
    /// By the person: the caret stands at another key ("" = none).
    void keyReached(const std::string& path);
    void problemClicked(std::size_t problem);

private:
    void showCheck();
    void showCaret();
    void showFile();
    void applyFix(int note, int button);

    ConfigDocument& document_;
    YamlEditor* editor_;
    ElidedLabel* file_;
    QLabel* caret_;
    std::string key_;
};

}  // namespace switchyard::ui
