// SPDX-License-Identifier: MIT
// How texts and special tokens stand together: Hugging Face's post-processors.
// Source: github.com/huggingface/tokenizers, processors/{template,bert,roberta}.rs, utils/truncation.rs.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/text/tokenizer.h"

namespace switchyard::text {

/// A place of the template: a special token, or all of one text.
struct TemplateSlot {
    int segment = -1;       ///< 0 the first text, 1 the second, -1 a special token
    std::int32_t id = 0;    ///< of the special token
    std::uint8_t type = 0;  ///< token type id
};

struct EncodingTemplate {
    std::vector<TemplateSlot> single = {{0, 0, 0}};
    std::vector<TemplateSlot> pair = {{0, 0, 0}, {1, 0, 1}};

    /// At most `limit` tokens. The special ones are kept and the longer text is cut first; where not even they have
    /// room, as many as fit. `second` may be null.
    Encoding apply(std::vector<std::int32_t> first, const std::vector<std::int32_t>* second, std::size_t limit) const;
};

/// At most `limit` ids in both: the shorter one stays whole when it takes no more than half. An odd place goes to the
/// second, or to the first when that is the longer, as Hugging Face's `longest_first` has it.
void cutLongestFirst(std::vector<std::int32_t>* first, std::vector<std::int32_t>* second, std::size_t limit);

}  // namespace switchyard::text
