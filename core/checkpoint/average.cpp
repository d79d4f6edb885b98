// SPDX-License-Identifier: MIT
#include "core/checkpoint/average.h"

#include <ATen/ATen.h>

#include <map>

#include "core/base/config/config.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/checkpoint/weights_only.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestText = 64U << 20;

bool isModelFolder(const fs::path& folder) {
    return fs::exists(folder / "model.safetensors");
}

RunConfig configOf(const fs::path& folder) {
    return config::loadOrThrow((folder / (isModelFolder(folder) ? "config.yaml" : "config.resolved.yaml")).string());
}

std::int64_t stepOf(const fs::path& folder) {
    return isModelFolder(folder) ? 0 : io::readCheckpoint(folder, /*deep=*/false).step;
}

std::string textIn(const fs::path& file) {
    return file.empty() || !fs::exists(file) ? std::string() : io::readText(file, kLargestText);
}

[[noreturn]] void differs(const std::string& what, const fs::path& folder, const fs::path& first) {
    throw Error(ExitCode::kBadConfig, what + " of " + first.string(), folder.string(),
                "Average checkpoints of one training, or of trainings with one start");
}

/// Whether a key says what the weights are, and not how they came to be.
bool describesModel(const std::string& path) {
    const bool start = path.ends_with(".init_from") || path.find(".upcycle.") != std::string::npos ||
                       path.find(".losses.") != std::string::npos;
    return path.starts_with("model.") && !start;
}

void requireAlike(const fs::path& folder, const RunConfig& config, const fs::path& first,
                  const RunConfig& first_config) {
    std::string keys;
    for (const std::string& path : config::diff(first_config, config)) {
        if (describesModel(path) || path == "task.kind") keys += (keys.empty() ? "" : ", ") + path;
    }
    if (!keys.empty()) differs("The model is another one (" + keys + ") than that", folder, first);
    if (textIn(text::tokenizerIn(folder)) != textIn(text::tokenizerIn(first)))
        differs("The tokenizer is not that", folder, first);
    if (textIn(folder / "labels.json") != textIn(first / "labels.json"))
        differs("The heads stand for other classes than those", folder, first);
}

class Sum {
public:
    void add(const NamedTensors& weights, const fs::path& folder, const fs::path& first) {
        if (count_ > 0 && weights.size() != sums_.size()) differs("The weights are others than those", folder, first);
        for (const auto& [name, tensor] : weights) {
            if (!at::isfinite(tensor).all().item<bool>())
                throw Error(ExitCode::kNonFinite, "A weight holds a value that is not finite",
                            folder.string() + ", " + name, "Leave this checkpoint out");
            if (count_ == 0) {
                sums_[name] = tensor.to(at::kDouble);
                continue;
            }
            const auto found = sums_.find(name);
            if (found == sums_.end() || found->second.sizes() != tensor.sizes())
                differs("The weight " + name + " is not like that", folder, first);
            found->second.add_(tensor);
        }
        ++count_;
    }
    /// Each sum goes as its mean comes.
    NamedTensors means() {
        NamedTensors means;
        while (!sums_.empty()) {
            auto node = sums_.extract(sums_.begin());
            means.emplace_back(node.key(), (node.mapped() / static_cast<double>(count_)).to(at::kFloat));
        }
        return means;
    }

private:
    std::map<std::string, at::Tensor> sums_;
    std::int64_t count_ = 0;
};

}  // namespace

nlohmann::json averageCheckpoints(const std::vector<fs::path>& sources, const fs::path& out) {
    const at::NoGradGuard no_gradient;
    if (sources.size() < 2) throw Error(ExitCode::kUsage, "One checkpoint has no mean", {}, "Give two or more");
    requireNew(out);
    const RunConfig first_config = configOf(sources.front());
    for (const fs::path& folder : sources) requireAlike(folder, configOf(folder), sources.front(), first_config);
    Sum sum;
    nlohmann::json from = nlohmann::json::array(), steps = nlohmann::json::array();
    WeightsOnly contents;
    for (const fs::path& folder : sources) {
        sum.add(readWeights(folder, ""), folder, sources.front());
        from.push_back(folder.string());
        steps.push_back(stepOf(folder));
        contents.step = std::max(contents.step, steps.back().get<std::int64_t>());
    }
    contents.weights = sum.means();
    contents.config = config::toYaml(configOf(sources.back()));
    contents.beside = sources.back();
    contents.info["averaged"] = {{"from", from}, {"steps", steps}};
    saveWeightsOnly(out, contents);
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : contents.weights) parameters += tensor.numel();
    return {{"out", out.string()},
            {"from", from},
            {"steps", steps},
            {"tensors", contents.weights.size()},
            {"parameters", parameters}};
}

}  // namespace switchyard::checkpoint
