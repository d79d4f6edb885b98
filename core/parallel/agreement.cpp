// SPDX-License-Identifier: MIT
#include "core/parallel/agreement.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

namespace switchyard::parallel {

std::vector<std::string> gatherText(const std::string& text, Collectives& collectives, const char* name,
                                    c10::Device device) {
    const at::Tensor own_length = at::full({1}, static_cast<std::int64_t>(text.size()), at::kLong);
    const at::Tensor lengths = collectives.allGather(own_length.to(device), name).cpu();
    const auto* length = lengths.const_data_ptr<std::int64_t>();
    // Shorter texts are filled up: every rank of a gather sends the same number of bytes.
    const std::int64_t longest = std::max<std::int64_t>(1, *std::max_element(length, length + collectives.size()));
    at::Tensor own = at::zeros({1, longest}, at::kByte);
    std::memcpy(own.mutable_data_ptr<std::uint8_t>(), text.data(), text.size());
    const at::Tensor all = collectives.allGather(own.to(device), name).cpu();
    const auto* bytes = all.const_data_ptr<std::uint8_t>();
    std::vector<std::string> texts;
    for (int rank = 0; rank < collectives.size(); ++rank) {
        texts.emplace_back(bytes + rank * longest, bytes + rank * longest + length[rank]);
    }
    return texts;
}

}  // namespace switchyard::parallel
