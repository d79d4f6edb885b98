// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_document.h"

#include <utility>

#include "ui/models/background.h"
#include "ui/models/config_edit.h"
#include "ui/models/key_words.h"

namespace switchyard::ui {
namespace {
constexpr int kTypingPauseMs = 150;
}

ConfigDocument::ConfigDocument(QObject* parent) : QObject(parent) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &ConfigDocument::startCheck);
}

void ConfigDocument::open(std::string text, const QString& file, bool is_template, const RunConfig* baseline) {
    text_ = std::move(text);
    saved_text_ = text_;
    file_ = file;
    is_template_ = is_template;
    has_baseline_ = baseline != nullptr;
    if (baseline != nullptr) baseline_ = *baseline;
    changed_.clear();
    undo_.clear();
    endSession();
    Q_EMIT opened();
    Q_EMIT fileChanged();
    afterChange();
}

void ConfigDocument::markSaved(const QString& file, const std::string& text) {
    file_ = file;
    is_template_ = false;
    saved_text_ = text;
    const bool edited = text_ != saved_text_;
    if (std::exchange(edited_, edited) != edited) Q_EMIT editedChanged(edited);
    Q_EMIT fileChanged();
}

void ConfigDocument::edit(const std::string& text) {
    typing_ = true;
    push(text, tr("edit of the text"), {});
    typing_ = false;
}

bool ConfigDocument::setValue(const std::string& path, const std::vector<std::string>& scalars) {
    const KeySpec* key = findKey(path);
    if (key == nullptr) return false;
    const auto splice = config::setValueSplice(text_, path, config::writeScalars(*key, scalars));
    if (!splice) return false;
    typing_ = true;
    push(config::apply(text_, *splice), keyLabel(*key), path + ' ' + std::to_string(session_));
    typing_ = false;
    return true;
}

bool ConfigDocument::resetValue(const std::string& path) {
    const KeySpec* key = findKey(path);
    const auto splice = config::removeValueSplice(text_, path);
    if (key == nullptr || !splice) return false;
    endSession();
    change(config::apply(text_, *splice), tr("reset of %1").arg(keyLabel(*key)));
    return true;
}

void ConfigDocument::change(const std::string& text, const QString& label) {
    endSession();
    push(text, label, "step " + std::to_string(session_));
}

void ConfigDocument::push(const std::string& text, const QString& label, std::string session) {
    TextChange change = changeBetween(text_, text);
    if (change.before.empty() && change.after.empty()) return;
    pushing_ = true;
    undo_.push(new ConfigEdit(*this, std::move(change), label, std::move(session)));
    pushing_ = false;
}

void ConfigDocument::replace(std::size_t begin, std::size_t count, const std::string& bytes) {
    text_.replace(begin, count, bytes);
    afterChange();
    if (!pushing_) {
        endSession();
        Q_EMIT stepped(begin, begin + bytes.size());
    }
}

void ConfigDocument::afterChange() {
    ++revision_;
    timer_.start(typing_ ? kTypingPauseMs : 0);
    const bool edited = text_ != saved_text_;
    const bool turned = std::exchange(edited_, edited) != edited;
    Q_EMIT textChanged();
    if (turned) Q_EMIT editedChanged(edited);
}

void ConfigDocument::checkSoon() {
    if (timer_.isActive()) timer_.start(0);
}

void ConfigDocument::startCheck() {
    if (checking_) return;  // the running check starts the next one when it ends
    checking_ = true;
    inBackground(
        this, [text = text_] { return checkConfig(text); },
        [this, revision = revision_](ConfigCheck check) { takeCheck(revision, std::move(check)); });
}

void ConfigDocument::takeCheck(quint64 revision, ConfigCheck check) {
    checking_ = false;
    if (revision != revision_) {
        if (!timer_.isActive()) startCheck();
        return;
    }
    checked_revision_ = revision;
    if (check_.readable && !check.readable) readable_ = std::move(check_);
    check_ = std::move(check);
    if (!has_baseline_ && check_.readable) {
        baseline_ = check_.result.config;
        has_baseline_ = true;
    }
    findChanged();
    Q_EMIT checked();
}

void ConfigDocument::findChanged() {
    if (!check_.readable) return;
    changed_.clear();
    for (const config::WrittenValue& value : check_.written) {
        const KeySpec& key = *findKey(value.path);
        const ConfigValue before = key.get(baseline_);
        // A value that could not be read is not in the config: then its spelling tells.
        const auto problems = check_.problemsOf(value.path);
        const bool wrong = !problems.empty() && !check_.result.problems[problems.front()].warning;
        std::vector<std::string> scalars;
        for (const config::WrittenScalar& scalar : value.scalars) scalars.push_back(scalar.text);
        if (key.get(check_.result.config) != before ||
            (wrong && config::writeScalars(key, scalars) != formatValue(key, before)))
            changed_.insert(value.path);
    }
}

}  // namespace switchyard::ui
