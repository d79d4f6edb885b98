// SPDX-License-Identifier: MIT
#include "core/base/io/retention.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <vector>

#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

constexpr const char *kPinned = "PINNED", *kMetrics = "metrics.json";
constexpr std::uint64_t kMaxManifestBytes = 256U << 20, kMaxMetricsBytes = 1U << 20;

std::optional<Manifest> manifestOf(const fs::path& checkpoint) {
    try {
        const fs::path file = checkpoint / "manifest.json";
        return Manifest::fromJson(readText(file, kMaxManifestBytes), file.string());
    } catch (const Error&) {
        return std::nullopt;  // of no use, but not ours to remove for that
    }
}

void addNumbers(const nlohmann::json& object, std::map<std::string, double>* metrics) {
    if (!object.is_object()) return;
    for (const auto& [name, value] : object.items()) {
        if (value.is_number()) (*metrics)[name] = value.get<double>();
    }
}

std::optional<double> metricOf(const fs::path& checkpoint, const std::string& metric) {
    const auto manifest = manifestOf(checkpoint);
    if (!manifest) return std::nullopt;
    const std::map<std::string, double> metrics = metricsOf(checkpoint, *manifest);
    const auto found = metrics.find(metric);
    return found == metrics.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t stepOf(const fs::path& checkpoint) {
    const std::string digits = checkpoint.filename().string().substr(5);
    const bool number =
        !digits.empty() && digits.size() < 18 && digits.find_first_not_of("0123456789") == std::string::npos;
    return number ? std::stoll(digits) : -1;
}

void removeAllNamed(const fs::path& checkpoints_dir, const char* prefix) {
    std::error_code failed;
    std::vector<fs::path> found;
    for (fs::directory_iterator it(checkpoints_dir, failed), end; !failed && it != end; it.increment(failed)) {
        if (it->path().filename().string().starts_with(prefix)) found.push_back(it->path());
    }
    for (const fs::path& folder : found) fs::remove_all(folder, failed);
}

}  // namespace

bool lessIsBetter(const std::string& metric) {
    const auto has = [&](const char* word) { return metric.find(word) != std::string::npos; };
    return metric.starts_with("loss/") || has("/loss") || has("rank") || has("perplexity");
}

std::map<fs::path, std::string> keptCheckpoints(const fs::path& checkpoints_dir, const Retention& retention) {
    const std::vector<fs::path> whole = committedCheckpoints(checkpoints_dir);
    std::map<fs::path, std::string> kept;
    fs::path best;
    double best_value = 0;
    for (const fs::path& checkpoint : whole) {
        if (isPinned(checkpoint)) kept[checkpoint] = "pinned";
        if (retention.every > 0 && stepOf(checkpoint) >= 0 && stepOf(checkpoint) % retention.every == 0)
            kept.emplace(checkpoint, "every");
        if (retention.best.empty()) continue;
        const auto value = metricOf(checkpoint, retention.best);
        if (!value) continue;
        const bool better = lessIsBetter(retention.best) ? *value <= best_value : *value >= best_value;
        if (best.empty() || better) {
            best = checkpoint;
            best_value = *value;
        }
    }
    if (!best.empty()) kept.emplace(best, "best");
    const auto newest = static_cast<std::size_t>(std::max<std::int64_t>(retention.newest, 1));
    for (std::size_t i = whole.size() - std::min(newest, whole.size()); i < whole.size(); ++i)
        kept.emplace(whole[i], "newest");
    return kept;
}

void retain(const fs::path& checkpoints_dir, const Retention& retention) {
    const std::map<fs::path, std::string> kept = keptCheckpoints(checkpoints_dir, retention);
    std::error_code failed;
    for (const fs::path& checkpoint : committedCheckpoints(checkpoints_dir)) {
        if (kept.contains(checkpoint)) continue;
        const fs::path away = checkpoints_dir / (".trash-" + checkpoint.filename().string());
        fs::remove_all(away, failed);  // of a removal that was cut short, with the same step saved again since
        fs::rename(checkpoint, away, failed);
    }
    removeAllNamed(checkpoints_dir, ".trash-");
}

void removeUnfinishedSaves(const fs::path& checkpoints_dir) {
    removeAllNamed(checkpoints_dir, ".tmp-step-");
}

void noteMetrics(const fs::path& checkpoint, const std::map<std::string, double>& metrics) {
    writeAtomically(checkpoint / kMetrics, nlohmann::json(metrics).dump(1) + "\n");
}

std::map<std::string, double> metricsOf(const fs::path& checkpoint, const Manifest& manifest) {
    std::map<std::string, double> metrics;
    if (manifest.info.contains("metrics")) addNumbers(manifest.info["metrics"], &metrics);
    std::error_code ignored;
    if (!fs::exists(checkpoint / kMetrics, ignored)) return metrics;
    nlohmann::json noted;
    std::string problem;
    if (parseStrictJson(readText(checkpoint / kMetrics, kMaxMetricsBytes), 4, &noted, &problem))
        addNumbers(noted, &metrics);
    return metrics;
}

bool isPinned(const fs::path& checkpoint) {
    std::error_code ignored;
    return fs::exists(checkpoint / kPinned, ignored);
}

void setPinned(const fs::path& checkpoint, bool pinned) {
    if (pinned) {
        writeAtomically(checkpoint / kPinned, "");
        return;
    }
    std::error_code failed;
    fs::remove(checkpoint / kPinned, failed);
    if (failed) throw Error(ExitCode::kIo, "The pin can not be removed: " + failed.message(), checkpoint.string());
}

}  // namespace switchyard::io
