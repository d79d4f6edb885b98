// SPDX-License-Identifier: MIT
// What a worker of `switchyard serve` computes: batches of rows for one of the models that a checkpoint makes.
#pragma once

#include <memory>
#include <string>

#include "core/base/serve/frame.h"
#include "core/base/serve/model_spec.h"

namespace switchyard::eval {

/// embed_text (TEXT -> EMBEDDING), embed_image (IMAGE -> EMBEDDING), match (TEXT, IMAGE -> PROBABILITY, LOGIT, SCORE:
/// the cosine), classify (TEXT, TEXT_B of tasks of two, IMAGE of vqa -> LABEL and PROBABILITY, the likeliest first, or
/// VALUE), retrieve (TEXT, IMAGE or both -> ID, CAPTION, IMAGE_PATH, SCORE, with rerank MATCH_PROBABILITY): those that
/// the checkpoint has heads, and the server an index, for. Rows pass the model together where that changes nothing;
/// with capacities, experts that choose or noise one at a time. Thread: one thread.
class ServedModel {
public:
    /// @param index folder, "" for none. Throws: Error as LoadedModel and Index do; Error(kUsage) for another model's
    /// index.
    ServedModel(const std::string& checkpoint, const std::string& index);
    ~ServedModel();
    serve::ServedSpec spec() const;
    /// Request and answer as core/base/serve/frame.h says. A row that can not be computed has an error of its own.
    /// Throws: Error, nlohmann::json::exception when no row could be.
    serve::Frame answer(const serve::Frame& request);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::eval
