// SPDX-License-Identifier: MIT
// Unicode's canonical normal forms of a whole text.
// Source: unicode.org/reports/tr15; The Unicode Standard 3.11.
#pragma once

#include <string>

namespace switchyard::text::unicode {

/// Takes everything apart, combining marks in their canonical order.
void toNfd(std::u32string* text);
/// Takes everything apart and puts it together again.
void toNfc(std::u32string* text);

}  // namespace switchyard::text::unicode
