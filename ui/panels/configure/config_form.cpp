// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/config_form.h"

#include <QAction>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/config_summary.h"
#include "ui/models/key_words.h"
#include "ui/panels/configure/form_row.h"
#include "ui/panels/configure/form_section.h"
#include "ui/panels/configure/section_head.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/staged_build.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

/// Without the key's path, which the field's label stands for.
QString shortMessage(const config::Problem& problem) {
    QString message = QString::fromStdString(problem.message);
    const QString path = QString::fromStdString(problem.path) + u' ';
    if (message.startsWith(path)) {
        message.remove(0, path.size());
        message[0] = message[0].toUpper();
    }
    return message;
}

}  // namespace

ConfigForm::ConfigForm(ConfigDocument& document, QWidget* parent)
    : QWidget(parent), document_(document), later_(new StagedBuild(this)) {
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Configuration form"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto* bar = new QWidget(this);
    bar->setProperty("toolbar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(metric::kToolBar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(12);
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("Find a key"));
    search_->setAccessibleName(tr("Find a key by label, path or description"));
    search_->addAction(Theme::instance().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    QAction* clear = search_->addAction(Theme::instance().icon(QStringLiteral("close")), QLineEdit::TrailingPosition);
    clear->setToolTip(tr("Show all keys"));
    clear->setVisible(false);
    connect(clear, &QAction::triggered, search_, &QLineEdit::clear);
    connect(search_, &QLineEdit::textChanged, clear,
            [clear](const QString& text) { clear->setVisible(!text.isEmpty()); });
    changed_only_ = new QCheckBox(tr("Changed only"));
    changed_only_->setAccessibleName(changed_only_->text());
    changed_only_->setToolTip(tr("Show only keys that the text sets"));
    row->addWidget(search_, 1);
    row->addWidget(changed_only_);
    column->addWidget(bar);
    broken_ = new MessageBanner(this);
    column->addWidget(broken_);

    scroll_ = new QScrollArea(this);
    content_ = new QWidget(scroll_->viewport());
    auto* list = new QVBoxLayout(content_);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(0);
    for (const SectionSpec& section : schemaSections()) {
        auto* card = new FormSection(section, content_);
        connect(card, &FormSection::rowMade, this, &ConfigForm::wire);
        sections_.push_back(card);
        list->addWidget(card);
    }
    list->addStretch(1);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(content_);
    column->addWidget(scroll_, 1);
    nothing_ = new EmptyState(QStringLiteral("search"), tr("No such key"), {}, tr("Show all keys"));
    nothing_->hide();
    column->addWidget(nothing_, 1);

    connect(search_, &QLineEdit::textChanged, this, &ConfigForm::applyFilter);
    connect(search_, &QLineEdit::returnPressed, this, &ConfigForm::goToFirstFound);
    search_->installEventFilter(this);
    connect(changed_only_, &QCheckBox::toggled, this, &ConfigForm::applyFilter);
    connect(nothing_, &EmptyState::actionClicked, this, [this] {
        changed_only_->setChecked(false);
        search_->clear();
        search_->setFocus();
    });
    connect(&document_, &ConfigDocument::checked, this, &ConfigForm::refresh);
    for (FormSection* section : sections_) {
        if (section->section().path != "model.moe" && section->section().path != "train") continue;
        section->keepRoom();
        later_->add([section] {
            if (section->isOpen()) section->setOpen(true);
        });
    }
}

void ConfigForm::wire(FormRow* row) {
    const std::string path = row->key().path;
    connect(row, &FormRow::edited, this, [this, path, row](const std::vector<std::string>& scalars) {
        if (!document_.setValue(path, scalars)) refreshRow(row);
    });
    connect(row, &FormRow::resetRequested, this, [this, path] { document_.resetValue(path); });
    connect(row, &FormRow::left, this, [this] { document_.endSession(); });
    connect(row, &FormRow::entered, this, [this, path, row] {
        document_.endSession();
        document_.checkSoon();  // what the field shows is what gets edited
        setCurrent(path);
        scroll_->ensureWidgetVisible(row, 0, 24);
        Q_EMIT keyEntered(path);
    });
    refreshRow(row);
    row->setCurrent(path == current_);
}

void ConfigForm::refreshRow(FormRow* row) {
    const ConfigCheck& check = document_.readable();
    const KeySpec& key = row->key();
    RowState state;
    if (const config::WrittenValue* value = check.find(key.path)) {
        state.is_set = true;
        for (const config::WrittenScalar& scalar : value->scalars) state.scalars.push_back(scalar.text);
    } else {
        state.scalars = scalarsOf(key.get(check.result.config));
    }
    state.changed = document_.changedKeys().count(key.path) > 0;
    if (const auto problems = check.problemsOf(key.path); !problems.empty()) {
        const config::Problem& problem = check.result.problems[problems.front()];
        state.problem = shortMessage(problem);
        state.is_error = !problem.warning;
    }
    row->setState(state);
}

void ConfigForm::refresh() {
    const ConfigCheck& check = document_.check();
    showBroken();
    if (!check.readable) return;
    for (FormSection* section : sections_) {
        int errors = 0, warnings = 0;
        for (const config::Problem& problem : check.result.problems) {
            if (sectionOf(problem.path) == section->section().path) ++(problem.warning ? warnings : errors);
        }
        const auto& keys = section->keys();
        section->head()->setProblems(errors, warnings);
        section->head()->setSummary(sectionSummary(section->section().path, check.result.config));
        section->head()->setChanged(std::any_of(keys.begin(), keys.end(), [&](const KeySpec* key) {
            return document_.changedKeys().count(key->path) > 0;
        }));
        for (FormRow* row : section->rows()) refreshRow(row);
    }
    if (changed_only_->isChecked()) applyFilter();
}

void ConfigForm::showBroken() {
    const ConfigCheck& check = document_.check();
    content_->setEnabled(check.readable);
    broken_->setVisible(!check.readable);
    if (check.readable || check.result.problems.empty()) return;
    const int line = check.result.problems.front().line;
    broken_->showMessage(MessageBanner::Kind::kWarning,
                         tr("Line %1 can not be read. The form shows the last text that could be read.").arg(line),
                         tr("Show line %1").arg(line), [this] { Q_EMIT brokenLineRequested(); });
}

bool ConfigForm::accepts(const KeySpec& key) const {
    if (changed_only_->isChecked() && document_.readable().find(key.path) == nullptr) return false;
    const QString text = keyLabel(key) + u' ' + QString::fromStdString(key.path) + u' ' + keyDoc(key);
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void ConfigForm::applyFilter() {
    words_ = search_->text().split(u' ', Qt::SkipEmptyParts);
    const bool is_on = !words_.isEmpty() || changed_only_->isChecked();
    bool any = false;
    for (FormSection* section : sections_) {
        section->setFilter([this](const KeySpec& key) { return accepts(key); }, is_on);
        any = any || !section->isHidden();
    }
    scroll_->setVisible(any);
    nothing_->setVisible(!any);
    if (!any)
        nothing_->setTexts(
            tr("No such key"),
            words_.isEmpty() ? tr("The text sets no key.")
                             : tr("No key has “%1” in its label, path or description.").arg(search_->text().trimmed()));
}

FormRow* ConfigForm::findRow(const std::string& path) {
    for (FormSection* section : sections_)
        if (FormRow* row = section->row(path)) return row;
    return nullptr;
}

bool ConfigForm::goTo(const std::string& path, bool focus) {
    if (findKey(path) == nullptr) return false;
    if (!accepts(*findKey(path))) {
        changed_only_->setChecked(false);
        search_->clear();
    }
    FormRow* row = findRow(path);
    for (FormSection* section : sections_)
        if (section->section().path == sectionOf(path)) section->setOpen(true);
    content_->layout()->activate();
    scroll_->ensureWidgetVisible(row, 0, 48);
    setCurrent(path);
    if (focus) row->field()->input()->setFocus(Qt::OtherFocusReason);
    return true;
}

void ConfigForm::setCurrent(const std::string& path) {
    if (path == current_) return;
    for (FormSection* section : sections_)
        for (FormRow* row : section->rows()) {
            if (row->key().path == current_) row->setCurrent(false);
            if (row->key().path != path) continue;
            row->setCurrent(true);
            if (row->isVisible()) scroll_->ensureWidgetVisible(row, 0, 24);
        }
    current_ = path;
}

void ConfigForm::goToFirstFound() {
    later_->finishNow();
    for (const FormSection* section : sections_)
        for (const FormRow* row : section->rows())
            if (row->isVisible()) {
                row->field()->input()->setFocus(Qt::OtherFocusReason);
                return;
            }
}

bool ConfigForm::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) search_->clear();
        if (key == Qt::Key_Down) goToFirstFound();
        if (key == Qt::Key_Escape || key == Qt::Key_Down) return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ConfigForm::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

}  // namespace switchyard::ui
