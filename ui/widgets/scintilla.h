// SPDX-License-Identifier: GPL-3.0-or-later
// QScintilla's header, which uses the keywords that QT_NO_KEYWORDS takes away, and its messages with plain numbers.
#pragma once

// clang-format off
#define signals Q_SIGNALS
#define slots Q_SLOTS
#include <Qsci/qscicommandset.h>
#include <Qsci/qsciscintilla.h>
#undef signals
#undef slots
// clang-format on

#include <cstddef>

namespace switchyard::ui {

/// A message to the editor component. Thread: GUI thread.
inline long send(const QsciScintillaBase& editor, unsigned message, std::size_t first = 0, std::ptrdiff_t second = 0) {
    return editor.SendScintilla(message, static_cast<unsigned long>(first), static_cast<long>(second));
}

inline std::ptrdiff_t scintillaColor(const QColor& color) {
    return color.red() | (color.green() << 8) | (color.blue() << 16);
}

}  // namespace switchyard::ui
