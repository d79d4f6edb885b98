// SPDX-License-Identifier: GPL-3.0-or-later
// One section of the form: a head that opens and closes it, and a row for each key, made when first opened.
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "core/base/config/schema.h"
#include "ui/panels/configure/form_row.h"

class QVBoxLayout;

namespace switchyard::ui {

class SectionHead;

/// Thread: GUI thread.
class FormSection : public QWidget {
    Q_OBJECT
public:
    /// `section` and the rows' keys live as long as the schema.
    explicit FormSection(const SectionSpec& section, QWidget* parent = nullptr);
    const SectionSpec& section() const { return section_; }
    const std::vector<const KeySpec*>& keys() const { return keys_; }
    SectionHead* head() const { return head_; }

    bool isOpen() const;
    void setOpen(bool open);
    /// Open, its rows to come with the next setOpen(true): until then their room is empty.
    void keepRoom();
    /// Only rows that `accepts` holds for are shown; without any, the section is hidden. While a filter is on
    /// sections with rows are open.
    void setFilter(const std::function<bool(const KeySpec&)>& accepts, bool is_on);
    /// The rows made so far; none before the section was opened.
    const std::vector<FormRow*>& rows() const { return rows_; }
    /// The key's row, made where needed; nullptr when the key is another section's.
    FormRow* row(const std::string& path);

Q_SIGNALS:
    void rowMade(switchyard::ui::FormRow* row);
    void toggled(bool open);

private:
    void build();
    void applyFilter();

    const SectionSpec& section_;
    std::vector<const KeySpec*> keys_;
    std::vector<FormRow*> rows_;
    std::function<bool(const KeySpec&)> accepts_;
    bool filtered_ = false, open_before_ = false;
    SectionHead* head_;
    QWidget* body_;
    QVBoxLayout* column_;
};

}  // namespace switchyard::ui
