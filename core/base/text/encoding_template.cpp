// SPDX-License-Identifier: MIT
#include "core/base/text/encoding_template.h"

#include <algorithm>

namespace switchyard::text {
namespace {

void add(const TemplateSlot& slot, std::int32_t id, Encoding* encoding) {
    encoding->ids.push_back(id);
    encoding->types.push_back(slot.type);
    encoding->segments.push_back(static_cast<std::int8_t>(slot.segment));
}

}  // namespace

void cutLongestFirst(std::vector<std::int32_t>* first, std::vector<std::int32_t>* second, std::size_t limit) {
    if (first->size() + second->size() <= limit) return;
    const bool first_is_longer = first->size() > second->size();
    std::vector<std::int32_t>* shorter = first_is_longer ? second : first;
    std::vector<std::int32_t>* longer = first_is_longer ? first : second;
    const std::size_t kept = std::min(shorter->size(), limit / 2);
    shorter->resize(kept);
    longer->resize(limit - kept);
}

Encoding EncodingTemplate::apply(std::vector<std::int32_t> first, const std::vector<std::int32_t>* second,
                                 std::size_t limit) const {
    const std::vector<TemplateSlot>& slots = second == nullptr ? single : pair;
    const auto specials = static_cast<std::size_t>(
        std::count_if(slots.begin(), slots.end(), [](const TemplateSlot& slot) { return slot.segment < 0; }));
    std::vector<std::int32_t> other;
    if (second != nullptr) other = *second;
    cutLongestFirst(&first, &other, limit - std::min(limit, specials));
    Encoding encoding;
    const std::size_t size = first.size() + other.size() + specials;
    encoding.ids.reserve(size);
    encoding.types.reserve(size);
    encoding.segments.reserve(size);
    for (const TemplateSlot& slot : slots) {
        if (slot.segment < 0) {
            if (encoding.ids.size() < limit) add(slot, slot.id, &encoding);
        } else {
            for (const std::int32_t id : slot.segment == 0 ? first : other) add(slot, id, &encoding);
        }
    }
    return encoding;
}

}  // namespace switchyard::text
