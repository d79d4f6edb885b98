// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration as a form made from the schema: sections, search, "Changed only". A view on a ConfigDocument.
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "ui/models/config_document.h"

class QCheckBox;
class QLineEdit;
class QScrollArea;

namespace switchyard::ui {

class EmptyState;
class FormRow;
class FormSection;
class MessageBanner;
class StagedBuild;

/// Thread: GUI thread.
class ConfigForm : public QWidget {
    Q_OBJECT
public:
    /// `document` outlives the form.
    explicit ConfigForm(ConfigDocument& document, QWidget* parent = nullptr);

    /// Opens the key's section and scrolls to its row; `focus`: its field gets the focus. False: no such key.
    bool goTo(const std::string& path, bool focus);
    /// Marks the key that the other view stands at, and scrolls to it where its section is open. "" = none.
    void setCurrent(const std::string& path);
    void focusSearch();
    /// The key whose field has the focus, else the current one, else "".
    const std::string& currentKey() const { return current_; }

Q_SIGNALS:
    /// A field was entered by mouse or keyboard.
    void keyEntered(const std::string& path);
    /// The person wants to see where the text stops being YAML.
    void brokenLineRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void wire(FormRow* row);
    void refresh();
    void refreshRow(FormRow* row);
    void applyFilter();
    bool accepts(const KeySpec& key) const;
    FormRow* findRow(const std::string& path);
    void showBroken();
    void goToFirstFound();

    ConfigDocument& document_;
    QLineEdit* search_;
    QCheckBox* changed_only_;
    MessageBanner* broken_;
    QScrollArea* scroll_;
    QWidget* content_;
    EmptyState* nothing_;
    std::vector<FormSection*> sections_;
    StagedBuild* later_;  ///< rows of the sections that are open from the first
    std::string current_;
    QStringList words_;
};

}  // namespace switchyard::ui
