// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/form_section.h"

#include <QFrame>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/config_summary.h"
#include "ui/models/key_words.h"
#include "ui/panels/configure/section_head.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kEdge = 8;  // above the rows and below them

}  // namespace

FormSection::FormSection(const SectionSpec& section, QWidget* parent)
    : QWidget(parent), section_(section), keys_(sectionKeys(section.path)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    head_ = new SectionHead(sectionTitle(section));
    body_ = new QWidget(this);
    auto* body_column = new QVBoxLayout(body_);
    body_column->setContentsMargins(0, 0, 0, 0);
    body_column->setSpacing(0);
    column_ = new QVBoxLayout;
    column_->setContentsMargins(0, kEdge, 0, kEdge);
    column_->setSpacing(0);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    body_column->addLayout(column_);
    body_column->addWidget(line);
    body_->hide();
    column->addWidget(head_);
    column->addWidget(body_);
    connect(head_, &SectionHead::clicked, this, [this](bool open) {
        setOpen(open);
        Q_EMIT toggled(open);
    });
}

bool FormSection::isOpen() const {
    return head_->isChecked();
}

void FormSection::setOpen(bool open) {
    if (open) build();
    head_->setChecked(open);
    body_->setVisible(open);
}

void FormSection::keepRoom() {
    if (!rows_.empty()) return setOpen(true);
    head_->setChecked(true);
    body_->setMinimumHeight(2 * kEdge + 1 + static_cast<int>(keys_.size()) * metric::kFormRow);
    body_->show();
}

void FormSection::build() {
    if (!rows_.empty()) return;
    const bool kept = !body_->isHidden();
    body_->hide();  // rows that come where they are seen are laid out and shown each by itself
    for (const KeySpec* key : keys_) {
        auto* row = new FormRow(*key, body_);
        rows_.push_back(row);
        column_->addWidget(row);
        Q_EMIT rowMade(row);
    }
    // Made late, they are still next after the head for the Tab key.
    QWidget* before = head_;
    for (FormRow* row : rows_) {
        setTabOrder(before, row->field()->input());
        before = row->field()->input();
    }
    applyFilter();
    body_->setMinimumHeight(0);
    body_->setVisible(kept);
}

void FormSection::setFilter(const std::function<bool(const KeySpec&)>& accepts, bool is_on) {
    if (is_on && !filtered_) open_before_ = isOpen();
    const bool ended = filtered_ && !is_on;
    filtered_ = is_on;
    accepts_ = accepts;
    const bool any =
        !is_on || std::any_of(keys_.begin(), keys_.end(), [&](const KeySpec* key) { return accepts(*key); });
    setVisible(any);
    if (is_on && any) setOpen(true);
    if (ended) setOpen(open_before_);
    applyFilter();
}

void FormSection::applyFilter() {
    for (FormRow* row : rows_) {
        const bool wanted = !filtered_ || accepts_(row->key());
        // A new row comes with its section; to show it by itself would style and lay it out before its time.
        if (!wanted || row->testAttribute(Qt::WA_WState_ExplicitShowHide)) row->setVisible(wanted);
    }
}

FormRow* FormSection::row(const std::string& path) {
    if (std::none_of(keys_.begin(), keys_.end(), [&](const KeySpec* key) { return key->path == path; })) return nullptr;
    build();
    const auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const FormRow* row) { return row->key().path == path; });
    return *found;
}

}  // namespace switchyard::ui
