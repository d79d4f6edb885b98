// SPDX-License-Identifier: MIT
#include "core/base/share/run_facts.h"

#include "core/base/dataset/dataset.h"
#include "core/base/dataset/formats.h"
#include "core/base/io/manifest.h"
#include "core/base/io/sha256.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::share {
namespace {

namespace fs = std::filesystem;

/// A line that a shell reads as these words.
std::string shellLine(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty()) line += ' ';
        const bool plain = !word.empty() && word.find_first_not_of(
                                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789_./=:,@%+-") == std::string::npos;
        if (plain) {
            line += word;
            continue;
        }
        line += '\'';
        for (const char c : word) {
            if (c == '\'')
                line += "'\\''";
            else
                line += c;
        }
        line += '\'';
    }
    return line;
}

/// Its last two parts of a tag "eval/TASK/METRIC" or "moe/LAYER/NAME"; false for others.
bool parts(std::string_view tag, std::string_view first, std::string* middle, std::string* last) {
    if (!tag.starts_with(first)) return false;
    tag.remove_prefix(first.size());
    const std::size_t slash = tag.rfind('/');
    *middle = slash == std::string_view::npos ? std::string() : std::string(tag.substr(0, slash));
    *last = std::string(slash == std::string_view::npos ? tag : tag.substr(slash + 1));
    return true;
}

void readRecords(const fs::path& database, RunFacts* facts) {
    runs::RunDbReader reader(database);
    facts->machine = reader.meta("machine");
    struct Last {
        double value = 0;
        std::int64_t step = 0;
    };
    std::map<std::string, Last, std::less<>> last;
    std::int64_t cursor = 0;
    reader.eachMetric(&cursor, -1, [&](std::int64_t step, std::string_view tag, double value, double) {
        if (step > facts->step || !(tag.starts_with("eval/") || tag.starts_with("moe/"))) return;
        const auto found = last.find(tag);
        if (found == last.end())
            last.emplace(tag, Last{value, step});
        else if (step >= found->second.step)
            found->second = {value, step};
    });
    std::map<std::string, LayerRouting> layers;
    for (const auto& [tag, of] : last) {
        std::string middle, name;
        if (parts(tag, "eval/", &middle, &name)) facts->evaluations.push_back({middle, name, of.value, of.step});
        if (!parts(tag, "moe/", &middle, &name)) continue;
        layers[middle].layer = middle;
        layers[middle].values[name] = of.value;
        layers[middle].step = std::max(layers[middle].step, of.step);
    }
    for (auto& [name, layer] : layers) facts->layers.push_back(std::move(layer));
    const std::string steps = reader.meta("steps");
    if (!steps.empty()) facts->steps = std::strtoll(steps.c_str(), nullptr, 10);
}

void readRun(const fs::path& run, RunFacts* facts) {
    facts->run_found = true;
    const runs::RunStatus status = runs::readStatus(run);
    facts->note = status.note;
    facts->tags = status.tags;
    facts->steps = status.steps;
    if (status.supervisor) {
        facts->command = shellLine(status.supervisor->command);
        facts->started_at = status.supervisor->started_at;
    }
    try {
        readRecords(runs::RunPaths(run).database(), facts);
    } catch (const Error&) {
        // A card without figures says so; the model itself does not depend on them.
    }
}

std::vector<fs::path> filesOf(const RunConfig& config, const std::string& name) {
    const fs::path file = dataset::dataRoot(config) / expandPath(name);
    if (config.data.format != DataFormat::kTar) return {file};
    try {
        return dataset::shardFiles({file});
    } catch (const Error&) {
        return {file};
    }
}

void addData(const RunConfig& config, const std::vector<std::string>& names, bool training, RunFacts* facts) {
    for (const std::string& name : names) {
        for (const fs::path& file : filesOf(config, name)) {
            DataFile found;
            found.name = file.filename().string().find_first_of("*?") == std::string::npos &&
                                 config.data.format == DataFormat::kTar
                             ? file.filename().string()
                             : name;
            found.training = training;
            std::error_code failed;
            found.there = fs::is_regular_file(file, failed);
            if (found.there) {
                try {
                    found.bytes = fs::file_size(file);
                    found.sha256 = io::sha256File(file.string());
                } catch (const std::exception&) {
                    found.there = false;
                }
            }
            facts->data.push_back(std::move(found));
        }
    }
}

}  // namespace

RunFacts factsOf(const fs::path& checkpoint, const RunConfig& config) {
    RunFacts facts;
    const io::Manifest manifest = io::readCheckpoint(checkpoint, /*deep=*/false);
    facts.step = manifest.step;
    facts.counters = manifest.info;
    facts.saved_at = runs::modifiedAt(checkpoint / "COMMIT");
    const fs::path folder = checkpoint.parent_path();
    if (folder.filename() == "checkpoints" && fs::exists(runs::RunPaths(folder.parent_path()).database()))
        readRun(folder.parent_path(), &facts);
    if (config.data.format != DataFormat::kSynthetic) {
        addData(config, config.data.train, true, &facts);
        addData(config, config.data.eval, false, &facts);
    }
    return facts;
}

}  // namespace switchyard::share
