// SPDX-License-Identifier: MIT
#include "core/data/eval_batch.h"

#include <algorithm>
#include <numeric>

#include "core/base/util/error.h"
#include "core/data/packing.h"
#include "core/data/picture.h"

namespace switchyard::data {

OrderedBatch makeBatch(const std::vector<std::vector<std::int32_t>>& token_ids, const std::vector<io::Image>& pictures,
                       const RunConfig& config) {
    std::vector<text::Encoding> texts(token_ids.size());
    for (std::size_t i = 0; i < token_ids.size(); ++i) texts[i].ids = token_ids[i];
    return makeBatch(texts, pictures, {}, config);
}

OrderedBatch makeBatch(const std::vector<text::Encoding>& texts, const std::vector<io::Image>& pictures,
                       const std::vector<const dataset::Sample*>& samples, const RunConfig& config) {
    if (!texts.empty() && !pictures.empty() && texts.size() != pictures.size()) {
        throw Error(ExitCode::kRunFailed, "A batch needs as many texts as pictures");
    }
    std::vector<Row> rows(std::max(texts.size(), pictures.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].sample = i;
        rows[i].global_position = static_cast<std::int64_t>(i);
        if (!samples.empty()) {
            rows[i].task = samples[i]->task;
            rows[i].label = samples[i]->label;
        }
        if (texts.empty()) continue;
        const text::Encoding& of = texts[i];
        if (of.ids.empty()) throw Error(ExitCode::kRunFailed, "A text of a batch has no token", "text " + std::to_string(i));
        rows[i].tokens = of.ids;
        rows[i].types = of.types;
        rows[i].positions.resize(of.ids.size());
        std::iota(rows[i].positions.begin(), rows[i].positions.end(), 0);
        rows[i].text_key = textKey(of.ids);
    }
    std::function<void(std::size_t, float*)> render;
    if (!pictures.empty()) {
        render = [&](std::size_t index, float* out) {
            renderPicture(plainPicture(pictures[index], config), PictureDraw{}, config, out);
        };
    }
    OrderedBatch ordered;
    ordered.order = byLength(rows);
    ordered.batch = pack(rows, ordered.order, config.model.vision.image_size, render);
    return ordered;
}

}  // namespace switchyard::data
