// SPDX-License-Identifier: MIT
#include "core/eval/attribution.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <optional>

#include "core/base/runs/routes_json.h"
#include "core/data/eval_batch.h"
#include "core/eval/request_fields.h"

namespace switchyard::eval {
namespace {

constexpr const char* kTokenTable = "text.embedding.weight";
constexpr std::size_t kMostParts = 16;

struct Part {
    std::vector<std::int32_t> tokens;
    std::int64_t first_row = 0;  ///< of its tokens in the table
    std::optional<io::Image> picture;
    double weight = 1;
    at::Tensor pixels;  ///< what the gradient of a picture is taken for
};

Part readPart(LoadedModel& model, const nlohmann::json& from) {
    const std::string text = textOr(from, "text"), image = textOr(from, "image");
    if (text.empty() == image.empty()) throw Error(ExitCode::kUsage, "a part is either a text or an image", "query");
    Part part;
    part.weight = from.value("weight", 1.0);
    if (!text.empty()) part.tokens = model.tokenizer().encode(text, model.config().model.text.max_tokens);
    else part.picture = readPicture(image);
    return part;
}

/// While it lives, row i of the table of token embeddings is that of token i of all texts together, so that a word
/// that stands twice has two gradients.
class OwnRows {
public:
    OwnRows(LoadedModel& model, std::vector<Part>& parts) {
        std::vector<std::int64_t> ids;
        for (Part& part : parts) {
            part.first_row = static_cast<std::int64_t>(ids.size());
            ids.insert(ids.end(), part.tokens.begin(), part.tokens.end());
        }
        if (ids.empty()) return;
        table_ = model.model()->named_parameters()[kTokenTable];
        original_ = table_.detach();
        const at::NoGradGuard no_gradient;
        table_.set_data(original_.index_select(0, at::tensor(ids, at::kLong).to(original_.device())));
    }
    ~OwnRows() {
        if (table_.defined()) table_.set_data(original_);
    }
    OwnRows(const OwnRows&) = delete;
    OwnRows& operator=(const OwnRows&) = delete;
    const at::Tensor& table() const { return table_; }

private:
    at::Tensor table_, original_;
};

at::Tensor embed(LoadedModel& model, Part& part) {
    if (part.picture) {
        data::Batch batch = data::makeBatch({}, {*part.picture}, model.config()).batch;
        batch.images.set_requires_grad(true);
        part.pixels = batch.images;
        return model.model()->encodeImages(batch, model.context()).embedding[0];
    }
    data::Batch batch = data::makeBatch({part.tokens}, {}, model.config()).batch;
    batch.token_ids = at::arange(part.first_row, part.first_row + static_cast<std::int64_t>(part.tokens.size()), at::kLong);
    return model.model()->encodeText(batch, model.context()).embedding[0];
}

std::vector<double> numbers(const at::Tensor& values) {
    const at::Tensor plain = values.to(at::kCPU, at::kDouble).contiguous();
    return {plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel()};
}

/// What the model was shown, a byte a colour: its patches are those of the grid.
std::string shown(const RunConfig& config, const at::Tensor& pixels) {
    const auto& image = config.data.image;
    const auto by_color = [](const auto& of) { return at::tensor({of[0], of[1], of[2]}, at::kDouble).reshape({3, 1, 1}); };
    const at::Tensor bytes = ((pixels.detach()[0].to(at::kDouble) * by_color(image.std) + by_color(image.mean)) * 255)
                                 .round().clamp(0, 255).to(at::kByte).permute({1, 2, 0}).contiguous();
    return runs::toBase64(bytes.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(bytes.numel()));
}

nlohmann::json tell(LoadedModel& model, const Part& part, const at::Tensor& tokens, const at::Tensor& pixels) {
    if (!part.picture) {
        nlohmann::json pieces = nlohmann::json::array();
        for (const std::int32_t id : part.tokens) pieces.push_back(model.tokenizer().piece(id));
        const at::Tensor own = tokens.slice(0, part.first_row, part.first_row + static_cast<std::int64_t>(part.tokens.size()));
        return {{"tokens", pieces}, {"values", numbers(own)}};
    }
    const std::int64_t side = model.config().model.vision.patch_size, grid = model.config().model.vision.image_size / side;
    const at::Tensor of_pixels = (part.pixels.detach() * pixels)[0].sum(0).slice(0, 0, grid * side).slice(1, 0, grid * side);
    return {{"patch_grid", grid},
            {"side", part.pixels.size(2)},
            {"pixels", shown(model.config(), part.pixels)},
            {"values", numbers(of_pixels.reshape({grid, side, grid, side}).sum({1, 3}))}};
}

}  // namespace

nlohmann::json explainHit(LoadedModel& model, const nlohmann::json& request) {
    const Stopwatch clock;
    if (model.config().task.kind != TaskKind::kMultimodal) {
        throw Error(ExitCode::kUsage, "the model does not compare pictures with texts", model.folder().string());
    }
    std::vector<Part> parts;
    for (const nlohmann::json& part : request.value("query", nlohmann::json::array())) parts.push_back(readPart(model, part));
    if (parts.empty() || parts.size() > kMostParts) throw Error(ExitCode::kUsage, "a query has 1 to 16 parts", "query");
    parts.push_back(readPart(model, request.value("hit", nlohmann::json::object())));

    const at::AutoGradMode with_gradient(true);
    const OwnRows rows(model, parts);
    at::Tensor query;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const at::Tensor own = parts[i].weight * embed(model, parts[i]);
        query = query.defined() ? query + own : own;
    }
    const at::Tensor score = (query / query.norm().clamp_min(1e-12)).dot(embed(model, parts.back()));

    std::vector<at::Tensor> inputs;
    if (rows.table().defined()) inputs.push_back(rows.table());
    for (const Part& part : parts)
        if (part.pixels.defined()) inputs.push_back(part.pixels);
    const std::vector<at::Tensor> gradients = torch::autograd::grad({score}, inputs);
    std::size_t next = 0;
    at::Tensor tokens;
    if (rows.table().defined()) tokens = (rows.table().detach() * gradients[next++]).sum(1);
    nlohmann::json told = nlohmann::json::array();
    for (const Part& part : parts) told.push_back(tell(model, part, tokens, part.pixels.defined() ? gradients[next++] : at::Tensor()));
    nlohmann::json hit = told.back();
    told.erase(told.size() - 1);
    return {{"score", score.item<double>()}, {"query", told}, {"hit", hit}, {"why_ms", clock.milliseconds()}};
}

}  // namespace switchyard::eval
