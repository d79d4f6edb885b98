// SPDX-License-Identifier: MIT
#include "core/base/runs/probe_record.h"

#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/runs/probe_codec.h"
#include "core/base/runs/sqlite_statement.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

constexpr int kBusyTimeout_ms = 500;

}  // namespace

std::string toJson(const ProbeSampleInfo& info) {
    const nlohmann::json object = {{"id", info.id},
                                   {"text", info.text},
                                   {"pair", info.pair},
                                   {"token_ids", info.token_ids},
                                   {"tokens", info.tokens},
                                   {"image", info.image},
                                   {"patch_grid", info.patch_grid},
                                   {"class_token", info.class_token}};
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ProbeSampleInfo probeSampleInfo(const std::string& json, const std::string& where) {
    ProbeSampleInfo info;
    try {
        const nlohmann::json object = nlohmann::json::parse(json);
        info.id = object.at("id").get<std::string>();
        info.text = object.at("text").get<std::string>();
        info.pair = object.at("pair").get<std::string>();
        info.token_ids = object.at("token_ids").get<std::vector<std::int32_t>>();
        info.tokens = object.at("tokens").get<std::vector<std::string>>();
        info.image = object.at("image").get<std::string>();
        info.patch_grid = object.at("patch_grid").get<std::int64_t>();
        info.class_token = object.at("class_token").get<bool>();
    } catch (const nlohmann::json::exception& error) {
        throw Error(ExitCode::kBadData, std::string("A sample of the probe can not be read: ") + error.what(), where,
                    "The run's database is damaged; record the probe again");
    }
    return info;
}

struct ProbeRecord::Impl {
    std::string file;
    sqlite3* db = nullptr;
    bool there = false;  ///< the tables are
    Statement next_step, layer_rows, sample_rows, picture_row, row, generation_row;
    std::vector<std::string> layers;                                            ///< a run's stay what they are
    std::map<std::pair<std::int64_t, std::string>, std::vector<float>> biases;  ///< of the step asked for last

    ~Impl() {
        for (Statement* statement : {&next_step, &layer_rows, &sample_rows, &picture_row, &row, &generation_row})
            *statement = Statement();
        sqlite3_close(db);
    }
    /// A run may have been started just now, by an older version, or without a database yet.
    bool ready() {
        if (there) return true;
        next_step = Statement(db, "SELECT MIN(step) FROM probes WHERE step > ?");
        layer_rows = Statement(db, "SELECT layer FROM probes WHERE step = ? GROUP BY layer ORDER BY MIN(id)");
        sample_rows = Statement(db, "SELECT info FROM probe_samples ORDER BY sample");
        picture_row = Statement(db, "SELECT picture FROM probe_samples WHERE sample = ?");
        row = Statement(db, "SELECT data FROM probes WHERE step = ? AND layer = ? AND sample = ?");
        generation_row = Statement(db, "SELECT value FROM meta WHERE key = 'generation'");
        there = static_cast<bool>(next_step) && layer_rows && sample_rows && picture_row && row && generation_row;
        return there;
    }
    LayerRoutes decoded(const std::vector<std::uint8_t>& bytes, std::int64_t step, const std::string& layer,
                        std::int64_t sample) {
        LayerRoutes routes = decodeProbe(
            bytes, file + ", step " + std::to_string(step) + ", layer " + layer + ", sample " + std::to_string(sample));
        routes.layer = layer;
        routes.bias = biasOf(step, layer, routes.num_experts);
        return routes;
    }
    std::vector<float> biasOf(std::int64_t step, const std::string& layer, std::int64_t experts) {
        if (!biases.empty() && biases.begin()->first.first != step) biases.clear();
        const auto found = biases.find({step, layer});
        if (found != biases.end()) return found->second;
        row.bind(1, step);
        row.bind(2, layer);
        row.bind(3, kProbeBias);
        std::vector<float> bias;
        if (row.row()) {
            const std::vector<std::uint8_t> bytes = row.blob(0);
            if (bytes.size() != static_cast<std::size_t>(experts) * sizeof(float)) {
                row.reset();
                throw Error(ExitCode::kBadData, "The selection bias of a probe is cut off",
                            file + ", step " + std::to_string(step) + ", layer " + layer);
            }
            bias.resize(static_cast<std::size_t>(experts));
            std::memcpy(bias.data(), bytes.data(), bytes.size());
        }
        row.reset();
        return biases[{step, layer}] = bias;
    }
};

ProbeRecord::ProbeRecord(const std::filesystem::path& database) : impl_(std::make_unique<Impl>()) {
    impl_->file = database.string();
    if (sqlite3_open_v2(database.c_str(), &impl_->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr) !=
        SQLITE_OK) {
        throw Error(ExitCode::kIo, std::string("can not read the run's database: ") + sqlite3_errmsg(impl_->db),
                    database.string());
    }
    sqlite3_busy_timeout(impl_->db, kBusyTimeout_ms);
}

ProbeRecord::~ProbeRecord() = default;
ProbeRecord::ProbeRecord(ProbeRecord&&) noexcept = default;
ProbeRecord& ProbeRecord::operator=(ProbeRecord&&) noexcept = default;

std::vector<std::int64_t> ProbeRecord::steps() {
    return stepsAfter(-1);
}

std::vector<std::int64_t> ProbeRecord::stepsAfter(std::int64_t after) {
    std::vector<std::int64_t> found;
    if (!impl_->ready()) return found;
    Statement& next = impl_->next_step;
    for (;;) {
        next.bind(1, after);
        const bool any = next.row() && sqlite3_column_type(next.get(), 0) != SQLITE_NULL;
        if (any) found.push_back(after = next.integer(0));
        next.reset();
        if (!any) return found;
    }
}

std::vector<std::string> ProbeRecord::layers() {
    if (!impl_->layers.empty() || !impl_->ready()) return impl_->layers;
    Statement& first = impl_->next_step;
    first.bind(1, std::int64_t{-1});
    const bool any = first.row() && sqlite3_column_type(first.get(), 0) != SQLITE_NULL;
    const std::int64_t step = any ? first.integer(0) : -1;
    first.reset();
    impl_->layer_rows.bind(1, step);
    while (impl_->layer_rows.row()) impl_->layers.push_back(impl_->layer_rows.text(0));
    impl_->layer_rows.reset();
    return impl_->layers;
}

std::vector<ProbeSampleInfo> ProbeRecord::samples() {
    std::vector<ProbeSampleInfo> infos;
    if (!impl_->ready()) return infos;
    std::vector<std::string> rows;
    while (impl_->sample_rows.row()) rows.push_back(impl_->sample_rows.text(0));
    impl_->sample_rows.reset();
    for (const std::string& row : rows) infos.push_back(probeSampleInfo(row, impl_->file));
    return infos;
}

std::vector<std::uint8_t> ProbeRecord::picture(std::int64_t sample) {
    std::vector<std::uint8_t> bytes;
    if (!impl_->ready()) return bytes;
    impl_->picture_row.bind(1, sample);
    if (impl_->picture_row.row()) bytes = impl_->picture_row.blob(0);
    impl_->picture_row.reset();
    return bytes;
}

std::optional<LayerRoutes> ProbeRecord::routes(std::int64_t step, const std::string& layer, std::int64_t sample) {
    if (!impl_->ready()) return std::nullopt;
    Statement& row = impl_->row;
    row.bind(1, step);
    row.bind(2, layer);
    row.bind(3, sample);
    const bool found = row.row();
    const std::vector<std::uint8_t> bytes = found ? row.blob(0) : std::vector<std::uint8_t>();
    row.reset();
    if (!found) return std::nullopt;
    return impl_->decoded(bytes, step, layer, sample);
}

std::vector<LayerRoutes> ProbeRecord::routes(std::int64_t step, std::int64_t sample) {
    std::vector<LayerRoutes> all;
    for (const std::string& layer : layers()) {
        if (std::optional<LayerRoutes> of = routes(step, layer, sample)) all.push_back(std::move(*of));
    }
    return all;
}

std::int64_t ProbeRecord::generation() {
    if (!impl_->ready()) return 0;
    const std::int64_t value = impl_->generation_row.row() ? impl_->generation_row.integer(0) : 0;
    impl_->generation_row.reset();
    return value;
}

}  // namespace switchyard::runs
