// SPDX-License-Identifier: MIT
#include "core/model/matching.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/util/random.h"

namespace switchyard::model {

MatchingPairs choosePairs(const data::Batch& batch, const at::Tensor& similarity, std::int64_t block, double share) {
    const at::Tensor table = similarity.detach().to(at::kDouble).cpu().contiguous();
    const auto* value = table.const_data_ptr<double>();
    // Members of each block by their place in the global batch.
    std::map<std::int64_t, std::vector<std::int64_t>> blocks;
    for (std::int64_t b = 0; b < batch.size; ++b) {
        blocks[batch.global_positions[static_cast<std::size_t>(b)] / block].push_back(b);
    }
    const auto looked_at = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(block)));
    MatchingPairs pairs;
    const auto sample = [&](std::int64_t b) { return batch.sample_ids[static_cast<std::size_t>(b)]; };
    const auto caption = [&](std::int64_t b) { return batch.text_keys[static_cast<std::size_t>(b)]; };
    const auto append = [&](std::int64_t text, std::int64_t image, double label) {
        pairs.text.push_back(text);
        pairs.image.push_back(image);
        pairs.label.push_back(label);
        pairs.id.push_back(randomKey({sample(text), sample(image)}));
    };
    for (auto& [number, members] : blocks) {
        std::sort(members.begin(), members.end(), [&](std::int64_t a, std::int64_t b) {
            return batch.global_positions[static_cast<std::size_t>(a)] < batch.global_positions[static_cast<std::size_t>(b)];
        });
        for (const std::int64_t anchor : members) {
            if (batch.global_positions[static_cast<std::size_t>(anchor)] % block >= looked_at) break;
            append(anchor, anchor, 1);
            std::int64_t image = -1, text = -1;
            for (const std::int64_t other : members) {
                if (sample(other) == sample(anchor) || caption(other) == caption(anchor)) continue;
                if (image < 0 || value[anchor * batch.size + other] > value[anchor * batch.size + image]) image = other;
                if (text < 0 || value[other * batch.size + anchor] > value[text * batch.size + anchor]) text = other;
            }
            if (image >= 0) append(anchor, image, 0);
            if (text >= 0) append(text, anchor, 0);
        }
    }
    return pairs;
}

}  // namespace switchyard::model
