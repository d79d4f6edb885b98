// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_edit.h"

#include <algorithm>

#include "ui/models/config_document.h"

namespace switchyard::ui {
namespace {

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}
bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

bool isOneCharacter(std::string_view text) {
    return !text.empty() && text.size() <= 4 && text.find('\n') == std::string_view::npos &&
           std::all_of(text.begin() + 1, text.end(), isContinuation);
}

}  // namespace

ConfigEdit::ConfigEdit(ConfigDocument& document, TextChange change, const QString& label, std::string session)
    : QUndoCommand(label), document_(document), change_(std::move(change)), session_(std::move(session)) {}

void ConfigEdit::undo() {
    document_.replace(change_.begin, change_.after.size(), change_.before);
}
void ConfigEdit::redo() {
    document_.replace(change_.begin, change_.before.size(), change_.after);
}

bool ConfigEdit::continuesTyping(const TextChange& next) const {
    if (change_.before.empty() && next.before.empty()) {
        if (!isOneCharacter(next.after) || change_.after.find('\n') != std::string::npos) return false;
        if (next.begin < change_.begin || next.begin > change_.begin + change_.after.size()) return false;
        return !isBlank(change_.after.back()) || isBlank(next.after.front());
    }
    if (change_.after.empty() && next.after.empty()) {
        if (!isOneCharacter(next.before) || change_.before.find('\n') != std::string::npos) return false;
        return next.begin == change_.begin || next.begin + next.before.size() == change_.begin;
    }
    return false;
}

bool ConfigEdit::mergeWith(const QUndoCommand* next_command) {
    const auto& next = static_cast<const ConfigEdit&>(*next_command);
    if (next.session_ != session_ || (session_.empty() && !continuesTyping(next.change_))) return false;
    // Both changes over their common range of the text between them; what neither touched is in the text still.
    const std::size_t begin = std::min(change_.begin, next.change_.begin);
    const std::size_t end =
        std::max(change_.begin + change_.after.size(), next.change_.begin + next.change_.before.size());
    const std::string& text = document_.text();
    std::string between = text.substr(begin, end - begin + next.change_.after.size() - next.change_.before.size());
    TextChange merged{begin, between, between};
    merged.before.replace(next.change_.begin - begin, next.change_.after.size(), next.change_.before);
    merged.before.replace(change_.begin - begin, change_.after.size(), change_.before);
    change_ = std::move(merged);
    setObsolete(change_.before == change_.after);
    return true;
}

}  // namespace switchyard::ui
