// SPDX-License-Identifier: MIT
#include "core/eval/serve_model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include "core/base/dataset/text_task.h"
#include "core/base/serve/byte_tensor.h"
#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/data/picture.h"
#include "core/eval/loaded_model.h"
#include "core/eval/request_fields.h"
#include "core/eval/retrieval_eval.h"
#include "core/eval/retrieve.h"
#include "core/eval/task_eval.h"

namespace switchyard::eval {
namespace {

using nlohmann::json;
using serve::OutputSpec;

constexpr std::int64_t kMostHits = 1000, kMostClasses = 1000;
constexpr double kNoScore = -1;  ///< of the places of a row that found fewer than others

struct Given {
    std::optional<std::string> text, pair;
    std::optional<io::Image> picture;  ///< of cropSourceSide, which is all that the model's input is made from
};
using Rows = std::vector<const Given*>;
/// A row's outputs as bytes, in the order of the answer's outputs.
using Cells = std::vector<std::string>;

struct Answer {
    std::vector<OutputSpec> outputs;
    std::vector<Cells> rows;
};

/// What predict() reads, without files.
class GivenSamples : public dataset::Dataset {
public:
    GivenSamples(const Rows& rows, std::int64_t task) : rows_(rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            dataset::Sample sample;
            sample.id = sample.picture = i;
            sample.texts = {*rows[i]->text};
            sample.pair = rows[i]->pair.value_or("");
            sample.task = task;
            samples_.push_back(std::move(sample));
        }
    }
    io::Image picture(const dataset::Sample& sample) const override { return *rows_[sample.picture]->picture; }

private:
    const Rows& rows_;
};

void putNumber(double value, std::string* into) {
    const auto number = static_cast<float>(value);
    if (!std::isfinite(number)) throw Error(ExitCode::kNonFinite, "the model's answer is not a finite number");
    into->append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// [rows, width] to a cell a row.
std::vector<Cells> cellsOf(const at::Tensor& table) {
    const at::Tensor plain = table.to(at::kCPU, at::kFloat).contiguous();
    const auto* value = plain.const_data_ptr<float>();
    std::vector<Cells> rows(static_cast<std::size_t>(plain.size(0)), Cells(1));
    for (Cells& row : rows)
        for (std::int64_t i = 0; i < plain.size(1); ++i) putNumber(*value++, &row[0]);
    return rows;
}

bool rowsPassTogether(const RunConfig::Moe& moe) {
    return moe.experts == 0 ||
           (moe.gate != GateKind::kExpertChoice && moe.eval_capacity_factor <= 0 && !moe.gumbel_eval);
}

int statusOf(const Error& error) {
    return error.code() == ExitCode::kUsage || error.code() == ExitCode::kBadData ? 400 : 500;
}

}  // namespace

struct ServedModel::Impl {
    LoadedModel model;
    std::unique_ptr<retrieval::Index> index;

    Impl(const std::string& checkpoint, const std::string& folder) : model(checkpoint) {
        model.tokenizer();
        if (folder.empty()) return;
        index = std::make_unique<retrieval::Index>(folder);
        requireSameModel(model, *index, folder);
    }

    TaskKind kind() const { return model.config().task.kind; }
    bool takesPair(std::size_t task) const {
        return kind() == TaskKind::kText &&
               !dataset::textTask(model.labels()[task].task, model.config().task).pair.empty();
    }

    serve::ServedSpec spec() const {
        serve::ServedSpec spec;
        spec.checkpoint = model.folder().string();
        spec.identity = model.identity();
        spec.step = model.step();
        spec.batched = rowsPassTogether(model.gate());
        const RunConfig::Model& sizes = model.config().model;
        const serve::InputSpec text{"TEXT", false, false}, picture{"IMAGE", true, false};
        if (kind() == TaskKind::kMultimodal) {
            spec.models.push_back({"embed_text", {text}, {{"EMBEDDING", false, sizes.embed_dim}}, {}});
            spec.models.push_back({"embed_image", {picture}, {{"EMBEDDING", false, sizes.embed_dim}}, {}});
            spec.models.push_back(
                {"match", {text, picture}, {{"PROBABILITY", false, 1}, {"LOGIT", false, 1}, {"SCORE", false, 1}}, {}});
        } else {
            if (kind() == TaskKind::kText)
                spec.models.push_back({"embed_text", {text}, {{"EMBEDDING", false, sizes.text.dim}}, {}});
            if (!model.labels().empty()) spec.models.push_back(classifySpec());
        }
        if (index) {
            spec.models.push_back({"retrieve",
                                   {{"TEXT", false, true}, {"IMAGE", true, true}},
                                   {{"ID", true, -1},
                                    {"CAPTION", true, -1},
                                    {"IMAGE_PATH", true, -1},
                                    {"SCORE", false, -1},
                                    {"MATCH_PROBABILITY", false, -1}},
                                   {{"k", 1, kMostHits, {}, false},
                                    {"find", 0, 0, {"pictures", "captions"}, false},
                                    {"rerank", 0, 0, {}, true}}});
        }
        return spec;
    }

    serve::ModelSpec classifySpec() const {
        serve::ModelSpec spec{"classify", {{"TEXT", false, false}}, {}, {}};
        bool classes = false, numbers = false, pairs = false;
        serve::ParameterSpec task{"task", 0, 0, {}, false};
        for (std::size_t i = 0; i < model.labels().size(); ++i) {
            const dataset::TaskLabels& labels = model.labels()[i];
            task.choices.push_back(labels.task);
            (labels.classes.empty() ? numbers : classes) = true;
            pairs = pairs || takesPair(i);
        }
        if (pairs) spec.inputs.push_back({"TEXT_B", false, true});
        if (kind() == TaskKind::kVqa) spec.inputs.push_back({"IMAGE", true, false});
        if (classes) spec.outputs = {{"LABEL", true, -1}, {"PROBABILITY", false, -1}};
        if (numbers) spec.outputs.push_back({"VALUE", false, 1});
        spec.parameters = {task};
        if (classes) spec.parameters.push_back({"top", 1, kMostClasses, {}, false});
        return spec;
    }

    std::vector<std::vector<std::int32_t>> tokensOf(const Rows& rows) const {
        std::vector<std::vector<std::int32_t>> tokens;
        for (const Given* row : rows)
            tokens.push_back(model.tokenizer().encode(*row->text, model.config().model.text.max_tokens));
        return tokens;
    }
    static std::vector<io::Image> picturesOf(const Rows& rows) {
        std::vector<io::Image> pictures;
        for (const Given* row : rows) pictures.push_back(*row->picture);
        return pictures;
    }

    at::Tensor textEmbeddings(const Rows& rows) {
        return embedTexts(model.model(), model.config(), tokensOf(rows), model.context());
    }
    at::Tensor imageEmbeddings(const Rows& rows) {
        return embedPictures(model.model(), model.config(), picturesOf(rows), model.context());
    }

    Answer embed(const at::Tensor& table) const { return {{{"EMBEDDING", false, table.size(1)}}, cellsOf(table)}; }

    /// Text i with picture i.
    Answer match(const Rows& rows) {
        const model::ForwardContext context = model.context();
        const data::OrderedBatch made = data::makeBatch(tokensOf(rows), picturesOf(rows), model.config());
        const data::Batch batch = data::onDevice(made.batch, model.model()->device());
        const model::TextEncoding text = model.model()->encodeText(batch, context);
        const model::ImageEncoding image = model.model()->encodeImages(batch, context);
        std::vector<std::int64_t> each(rows.size());
        std::iota(each.begin(), each.end(), 0);
        const at::Tensor logits =
            model.model()->match(text, image, each, each, batch.sample_ids, context).match_logits.to(at::kFloat);
        const at::Tensor scores = (text.embedding * image.embedding).sum(1).to(at::kFloat);
        const std::vector<Cells> table = cellsOf(at::stack({logits.sigmoid(), logits, scores}, 1));
        Answer answer{{{"PROBABILITY", false, 1}, {"LOGIT", false, 1}, {"SCORE", false, 1}},
                      std::vector<Cells>(rows.size())};
        for (std::size_t place = 0; place < rows.size(); ++place) {
            Cells& cells = answer.rows[static_cast<std::size_t>(made.order[place])];
            for (std::size_t i = 0; i < 3; ++i)
                cells.push_back(table[place][0].substr(i * sizeof(float), sizeof(float)));
        }
        return answer;
    }

    std::size_t taskOf(const json& parameters) const {
        if (parameters.contains("task")) return model.taskNamed(parameters.at("task").get<std::string>());
        if (model.labels().size() == 1) return 0;
        throw Error(ExitCode::kUsage, "the model has several tasks: the parameter \"task\" has to name one");
    }

    Answer classify(const Rows& rows, const json& parameters) {
        const std::size_t task = taskOf(parameters);
        const dataset::TaskLabels& labels = model.labels()[task];
        const bool pair = rows.front()->pair.has_value();
        if (pair != takesPair(task))
            throw Error(ExitCode::kUsage,
                        "the task " + labels.task +
                            (pair ? " is about one text: leave TEXT_B out" : " is about two texts: give TEXT_B"));
        const GivenSamples samples(rows, static_cast<std::int64_t>(task));
        const Predictions predicted =
            predict(model.model(), model.config(), samples, model.tokenizer(), model.context());
        if (labels.classes.empty()) {
            Answer answer{{{"VALUE", false, 1}}, std::vector<Cells>(rows.size(), Cells(1))};
            for (std::size_t i = 0; i < rows.size(); ++i) putNumber(predicted.outputs[i].front(), &answer.rows[i][0]);
            return answer;
        }
        const auto top = std::min<std::int64_t>(parameters.value("top", std::int64_t{1}), labels.outputs());
        Answer answer{{{"LABEL", true, top}, {"PROBABILITY", false, top}}, {}};
        for (const std::vector<double>& logits : predicted.outputs)
            answer.rows.push_back(likeliest(labels, logits, top));
        return answer;
    }

    static Cells likeliest(const dataset::TaskLabels& labels, const std::vector<double>& logits, std::int64_t top) {
        const at::Tensor shares = at::tensor(logits, at::kDouble).softmax(0);
        const auto [values, places] = shares.sort(/*stable=*/true, 0, /*descending=*/true);
        Cells cells(2);
        for (std::int64_t i = 0; i < top; ++i) {
            serve::packText(labels.classes[static_cast<std::size_t>(places[i].item<std::int64_t>())], &cells[0]);
            putNumber(values[i].item<double>(), &cells[1]);
        }
        return cells;
    }

    Answer retrieve(const Rows& rows, const json& parameters) {
        const bool texts = rows.front()->text.has_value(), pictures = rows.front()->picture.has_value();
        const at::Tensor of_texts = texts ? textEmbeddings(rows) : at::Tensor(),
                         of_pictures = pictures ? imageEmbeddings(rows) : at::Tensor();
        json request = {{"k", parameters.value("k", std::int64_t{10})}, {"rerank", parameters.value("rerank", false)}};
        if (parameters.contains("find")) request["captions"] = parameters.at("find") == "captions";
        std::vector<json> found;
        std::size_t most = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::vector<QueryPart> parts;
            const auto place = static_cast<std::int64_t>(i);
            if (texts) parts.push_back({tokensOf({rows[i]})[0], {}, 0.5, of_texts[place]});
            if (pictures) parts.push_back({{}, rows[i]->picture, 0.5, of_pictures[place]});
            found.push_back(eval::retrieve(model, *index, std::move(parts), request).at("results"));
            most = std::max(most, found.back().size());
        }
        return hitsAnswer(found, most, request.at("rerank").get<bool>());
    }

    static Answer hitsAnswer(const std::vector<json>& found, std::size_t most, bool rerank) {
        const auto width = static_cast<std::int64_t>(most);
        Answer answer{
            {{"ID", true, width}, {"CAPTION", true, width}, {"IMAGE_PATH", true, width}, {"SCORE", false, width}}, {}};
        if (rerank) answer.outputs.push_back({"MATCH_PROBABILITY", false, width});
        for (const json& hits : found) {
            Cells cells(answer.outputs.size());
            for (std::size_t i = 0; i < most; ++i) {
                const json hit = i < hits.size() ? hits[i] : json::object();
                serve::packText(hit.value("id", ""), &cells[0]);
                serve::packText(hit.value("text", ""), &cells[1]);
                serve::packText(hit.value("image", ""), &cells[2]);
                putNumber(hit.value("score", kNoScore), &cells[3]);
                if (rerank) putNumber(hit.value("match_score", kNoScore), &cells[4]);
            }
            answer.rows.push_back(std::move(cells));
        }
        return answer;
    }

    Answer compute(const std::string& name, const json& parameters, const Rows& rows) {
        if (name == "embed_text") return embed(textEmbeddings(rows));
        if (name == "embed_image") return embed(imageEmbeddings(rows));
        if (name == "match") return match(rows);
        if (name == "classify") return classify(rows, parameters);
        return retrieve(rows, parameters);
    }

    Given givenOf(const std::vector<std::string>& columns, const json& lengths, std::string_view* body) const {
        Given given;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const auto bytes = lengths.at(c).get<std::size_t>();
            const std::string_view value = body->substr(0, bytes);
            body->remove_prefix(bytes);
            if (columns[c] == "TEXT") given.text = value;
            if (columns[c] == "TEXT_B") given.pair = value;
            if (columns[c] != "IMAGE") continue;
            // Shrunk at once: a whole batch of large pictures would be gigabytes.
            given.picture = data::cropSource(io::decodeImage({value.begin(), value.end()}, "IMAGE"), model.config());
        }
        return given;
    }
};

ServedModel::ServedModel(const std::string& checkpoint, const std::string& index)
    : impl_(std::make_unique<Impl>(checkpoint, index)) {}
ServedModel::~ServedModel() = default;

serve::ServedSpec ServedModel::spec() const {
    return impl_->spec();
}

serve::Frame ServedModel::answer(const serve::Frame& request) {
    const at::NoGradGuard no_gradient;  // not inference mode: as everywhere in core/eval
    const std::string name = request.head.at("model").get<std::string>();
    const json& parameters = request.head.at("parameters");
    const auto columns = request.head.at("columns").get<std::vector<std::string>>();
    std::string_view body = request.body;
    std::vector<Given> given(request.head.at("rows").size());
    serve::Frame out;
    out.head = {{"outputs", json::array()}, {"rows", json::array()}};
    std::vector<std::size_t> good;
    for (std::size_t i = 0; i < given.size(); ++i) {
        out.head["rows"].push_back(json::object());
        const json& lengths = request.head.at("rows")[i];
        std::string_view own = body;
        std::size_t bytes = 0;
        for (const json& length : lengths) bytes += length.get<std::size_t>();
        body.remove_prefix(bytes);
        try {
            given[i] = impl_->givenOf(columns, lengths, &own);
            good.push_back(i);
        } catch (const Error& error) {
            out.head["rows"][i] = {{"error", error.what()}, {"status", statusOf(error)}};
        }
    }
    std::vector<Cells> cells(given.size());
    const std::size_t at_once = rowsPassTogether(impl_->model.gate()) ? std::max<std::size_t>(1, good.size()) : 1;
    for (std::size_t begin = 0; begin < good.size(); begin += at_once) {
        Rows rows;
        for (std::size_t i = begin; i < std::min(good.size(), begin + at_once); ++i) rows.push_back(&given[good[i]]);
        Answer answer = impl_->compute(name, parameters, rows);
        out.head["outputs"] = json::array();
        for (const OutputSpec& output : answer.outputs)
            out.head["outputs"].push_back({{"name", output.name}, {"text", output.text}, {"width", output.width}});
        for (std::size_t i = 0; i < rows.size(); ++i) cells[good[begin + i]] = std::move(answer.rows[i]);
    }
    for (const std::size_t i : good) {
        for (const std::string& cell : cells[i]) {
            out.head["rows"][i]["bytes"].push_back(cell.size());
            out.body += cell;
        }
    }
    return out;
}

}  // namespace switchyard::eval
