// SPDX-License-Identifier: MIT
#include "core/base/share/model_card.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <set>

#include "core/base/config/config.h"
#include "core/base/config/moe_layers.h"
#include "core/base/dataset/text_task.h"
#include "core/base/io/safe_file.h"
#include "core/base/share/markdown.h"
#include "core/base/util/error.h"

namespace switchyard::share {
namespace {

namespace fs = std::filesystem;

std::string number(double value) {
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

/// 1234567 as 1,234,567.
std::string grouped(std::int64_t value) {
    std::string digits = std::to_string(value);
    for (auto at = static_cast<std::int64_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string dateText(double seconds) {
    if (seconds <= 0) return "not recorded";
    const auto when = static_cast<std::time_t>(seconds);
    std::tm utc{};
    gmtime_r(&when, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
    return text;
}

/// A key's value as a configuration spells it.
std::string spelled(const RunConfig& config, const char* path) {
    const KeySpec* key = findKey(path);
    return formatValue(*key, key->get(config));
}

std::string row(std::initializer_list<std::string> cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += std::string(" ") + cell + " |";
    return line + "\n";
}

std::string head(std::initializer_list<std::string> names) {
    std::string out = row(names) + "|";
    for (std::size_t i = 0; i < names.size(); ++i) out += "---|";
    return out + "\n";
}

class Card {
public:
    Card(const RunConfig& config, const RunFacts& facts, const std::vector<dataset::TaskLabels>& labels,
         const std::vector<SealedFile>& files, std::string license)
        : config_(config), facts_(facts), labels_(labels), files_(files), license_(std::move(license)) {
        for (const Measured& measured : facts.evaluations) tasks_.insert(measured.task);
    }

    std::string text() const {
        return front() + "\n# " + inMarkdown(config_.run.name) + "\n\n" + about() + model() + results() + routing() +
               data() + training() + commands() + listing() + "## Licence\n\n" +
               (license_.empty() ? std::string("Not told yet: fill in `license` at the top of this file.\n")
                                 : inMarkdown(license_) + "\n");
    }

private:
    const RunConfig& config_;
    const RunFacts& facts_;
    const std::vector<dataset::TaskLabels>& labels_;
    const std::vector<SealedFile>& files_;
    std::string license_;
    std::set<std::string> tasks_;

    bool pictures() const { return config_.task.kind != TaskKind::kText; }

    std::string pipeline() const {
        if (config_.task.kind == TaskKind::kVqa) return "visual-question-answering";
        return config_.task.kind == TaskKind::kText ? "text-classification" : "zero-shot-image-classification";
    }

    std::string front() const {
        std::string out = "---\n";
        out += license_.empty() ? "# license: fill in an identifier, such as mit or cc-by-4.0, and take the # away\n"
                                : std::string("license: ") + inYaml(license_) + "\n";
        out += std::string("library_name: switchyard\npipeline_tag: ") + pipeline() + "\ntags:\n";
        if (config_.model.moe.experts > 0) out += "- mixture-of-experts\n";
        for (const std::string& tag : facts_.tags) out += std::string("- ") + inYaml(tag) + "\n";
        if (config_.model.moe.experts == 0 && facts_.tags.empty()) out += "- switchyard\n";
        std::string results;
        for (const std::string& task : tasks_) {
            if (task.empty()) continue;
            results += std::string("  - task:\n      type: ") + pipeline() +
                       "\n    dataset:\n      name: " + inYaml(task) + "\n      type: " + inYaml(task) +
                       "\n    metrics:\n";
            for (const Measured& measured : facts_.evaluations) {
                if (measured.task != task) continue;
                results += std::string("    - type: ") + inYaml(measured.metric) + "\n      value: " +
                           (std::isfinite(measured.value) ? number(measured.value) : inYaml(number(measured.value))) +
                           "\n";
            }
        }
        if (!results.empty())
            out += std::string("model-index:\n- name: ") + inYaml(config_.run.name) + "\n  results:\n" + results;
        return out + "---\n";
    }

    std::string about() const {
        std::string out = config_.model.moe.experts > 0 ? "A sparse mixture-of-experts model" : "A model";
        out += config_.task.kind == TaskKind::kText  ? " of texts"
               : config_.task.kind == TaskKind::kVqa ? " that answers questions about pictures"
                                                     : " of texts and pictures";
        out += ", trained with Switchyard " SWITCHYARD_VERSION ": step ";
        out += grouped(facts_.step);
        if (facts_.steps > 0) out += std::string(" of ") + grouped(facts_.steps);
        out += ".\n\n";
        if (!facts_.note.empty()) out += inMarkdown(facts_.note) + "\n\n";
        return out;
    }

    std::vector<config::HeadSize> heads() const {
        std::vector<config::HeadSize> sizes;
        for (const dataset::TaskLabels& of : labels_) {
            const bool pair =
                config_.task.kind == TaskKind::kText && !dataset::textTask(of.task, config_.task).pair.empty();
            sizes.push_back({pair, of.outputs()});
        }
        return sizes;
    }

    static std::string encoder(std::int64_t layers, std::int64_t dim, std::int64_t n_heads, std::int64_t moe_every,
                               bool sparse) {
        return std::to_string(layers) + (layers == 1 ? " block, width " : " blocks, width ") + std::to_string(dim) +
               ", " + std::to_string(n_heads) + " heads" +
               (sparse && moe_every > 0
                    ? std::string(", experts in every block that ") + std::to_string(moe_every) + " divides"
                    : "");
    }

    std::string model() const {
        const RunConfig::Model& model = config_.model;
        const bool sparse = model.moe.experts > 0;
        const config::ParameterCounts counts = config::countParameters(config_, heads());
        std::string out = std::string("## Model\n\n") + head({"", ""});
        out += row({"parameters", grouped(counts.total())});
        out += row({"active on a token", grouped(counts.active)});
        out += row({"of experts", grouped(counts.experts)});
        out += row({"text encoder",
                    encoder(model.text.layers, model.text.dim, model.text.heads, model.text.moe_every, sparse) +
                        ", at most " + std::to_string(model.text.max_tokens) + " tokens of a vocabulary of " +
                        grouped(model.text.vocab_size)});
        if (pictures()) {
            out += row({"image encoder", encoder(model.vision.layers, model.vision.dim, model.vision.heads,
                                                 model.vision.moe_every, sparse) +
                                             ", pictures of " + std::to_string(model.vision.image_size) +
                                             " pixels in patches of " + std::to_string(model.vision.patch_size)});
            out += row({"fusion", encoder(model.fusion.layers, model.fusion.dim, model.fusion.heads, 0, false) +
                                      (sparse && model.fusion.moe ? ", experts in every block" : "")});
        }
        if (config_.task.kind == TaskKind::kMultimodal)
            out += row({"embedding", std::to_string(model.embed_dim) + " numbers"});
        if (sparse) {
            out += row({"experts", expertsALayer() + " a layer, gate " +
                                       spelled(config_, "model.moe.gate") + ", " + std::to_string(model.moe.top_k) +
                                       " a token, hidden width " + std::to_string(model.moe.hidden_dim)});
        }
        return out + "\nEvery key stands in `config.yaml`.\n\n";
    }

    std::string results() const {
        std::string out = "## Results\n\n";
        if (facts_.evaluations.empty()) return out + "No evaluation was recorded.\n\n";
        out += std::string("Measured during training on the evaluation data below, the last before this step.\n\n") +
               head({"task", "metric", "value", "step"});
        for (const Measured& of : facts_.evaluations)
            out += row({inMarkdown(of.task.empty() ? "all" : of.task), inMarkdown(of.metric), number(of.value),
                        grouped(of.step)});
        return out + "\n";
    }

    /// "8", or "5 to 8" where layers differ.
    std::string expertsALayer() const {
        const std::vector<std::int64_t> experts = config::expertsOfLayers(config_);
        if (experts.empty()) return std::to_string(config_.model.moe.experts);
        const auto [least, most] = std::minmax_element(experts.begin(), experts.end());
        return (*least < *most ? std::to_string(*least) + " to " : std::string()) + std::to_string(*most);
    }

    std::string routing() const {
        if (config_.model.moe.experts == 0) return "";
        std::string out = "## Routing\n\n";
        if (facts_.layers.empty()) return out + "No routing was recorded.\n\n";
        out += std::string("Of the last training step recorded. Entropy of the router in nats (even: ") +
               number(std::log(static_cast<double>(config_.model.moe.experts))) +
               (config_.model.moe.layer_experts.empty() ? "" : ", less in layers with fewer experts") +
               "); violation: the busiest expert's load over the mean, less 1; experts in use: exp of the entropy of "
               "the mean probabilities.\n\n";
        static constexpr const char* kColumns[] = {
            "entropy", "max_violation", "experts_in_use_text", "experts_in_use_image", "least_share",
            "dead",    "dropped"};
        out += head({"layer", "entropy", "max violation", "in use by text", "in use by image", "least share",
                     "experts without a token", "dropped", "step"});
        for (const LayerRouting& layer : facts_.layers) {
            std::string line = std::string("| ") + codeSpan(layer.layer) + " |";
            for (const char* column : kColumns) {
                const auto found = layer.values.find(column);
                line +=
                    std::string(" ") + (found == layer.values.end() ? std::string("-") : number(found->second)) + " |";
            }
            out += line + " " + grouped(layer.step) + " |\n";
        }
        return out + "\n";
    }

    std::string data() const {
        std::string out = "## Data\n\n";
        if (config_.data.format == DataFormat::kSynthetic) {
            out += std::string("Coloured shapes with captions, made from the seed ") +
                   std::to_string(config_.run.seed) + ": " + grouped(config_.data.synthetic.samples) +
                   " samples to train on, " + grouped(config_.data.synthetic.eval_samples) + " to evaluate.\n\n";
        } else {
            out += head({"file", "use", "bytes", "SHA-256"});
            for (const DataFile& file : facts_.data) {
                out += row({codeSpan(file.name), file.training ? "training" : "evaluation",
                            file.there ? grouped(static_cast<std::int64_t>(file.bytes)) : "-",
                            file.there ? std::string("`") + file.sha256 + "`" : "not there when this card was made"});
            }
            out += std::string("\nRead as ") + spelled(config_, "data.format") + ". ";
        }
        if (const auto hash = facts_.counters.find("dataset_hash"); hash != facts_.counters.end() && hash->is_string())
            out += std::string("Hash of the training samples as the run read them: ") +
                   codeSpan(hash->get<std::string>()) + ".\n";
        return out + "\n";
    }

    std::string training() const {
        std::string out = std::string("## Training\n\n") + head({"", ""});
        const auto counter = [&](const char* name) {
            const auto found = facts_.counters.find(name);
            return found != facts_.counters.end() && found->is_number()
                       ? grouped(static_cast<std::int64_t>(found->get<double>()))
                       : std::string("not recorded");
        };
        out += row({"samples, tokens seen", counter("samples") + ", " + counter("tokens")});
        out += row({"batch", grouped(config_.train.global_batch)});
        out += row({"precision", spelled(config_, "train.precision")});
        out += row({"ranks", std::to_string(config_.parallel.ranks)});
        out += row({"seed", std::to_string(config_.run.seed)});
        out += row({"machine", facts_.machine.empty() ? "not recorded" : inMarkdown(facts_.machine)});
        out += row({"started", dateText(facts_.started_at)});
        out += row({"saved", dateText(facts_.saved_at)});
        return out + "\n";
    }

    std::string commands() const {
        std::string out = "## Commands\n\n";
        out += facts_.command.empty()
                   ? std::string("How the run was started was not recorded.\n\n")
                   : std::string("The run was started, with the configuration of this folder, by\n\n") +
                         codeBlock(facts_.command) + "\n";
        out += "To use it (Switchyard's `docs/sharing.md` tells more):\n\n";
        return out + codeBlock(std::string("switchyard ckpt import FOLDER --out MODEL\n") + usage()) + "\n";
    }

    std::string usage() const {
        switch (config_.task.kind) {
            case TaskKind::kText:
                return "switchyard ask --checkpoint MODEL --text \"...\"";
            case TaskKind::kVqa:
                return "switchyard ask --checkpoint MODEL --image FILE --text \"...?\"";
            default:
                return "switchyard index --checkpoint MODEL --data FILE.jsonl --out INDEX\nswitchyard retrieve --index "
                       "INDEX --text \"...\"";
        }
    }

    std::string listing() const {
        std::string out = std::string("## Files\n\n") + head({"file", "bytes", "SHA-256"});
        for (const SealedFile& file : files_)
            out += row({codeSpan(file.name), grouped(static_cast<std::int64_t>(file.bytes)),
                        std::string("`") + file.sha256 + "`"});
        return out + "\n";
    }
};

}  // namespace

void requireLicense(const std::string& license) {
    const bool plain = license.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+") == std::string::npos;
    if (!plain || license.size() > 64)
        throw Error(ExitCode::kUsage, "A license is told by its identifier", "--license",
                    "For example mit, apache-2.0 or cc-by-4.0");
}

std::string modelCard(const RunConfig& config, const RunFacts& facts, const std::vector<dataset::TaskLabels>& labels,
                      const std::vector<SealedFile>& files, const std::string& license) {
    return Card(config, facts, labels, files, license).text();
}

void writeModelCard(const CardRequest& request) {
    requireLicense(request.license);
    const RunConfig config = config::loadOrThrow((request.folder / "config.yaml").string());
    const RunFacts facts = factsOf(request.checkpoint, config);
    std::vector<dataset::TaskLabels> labels;
    if (fs::exists(request.folder / "labels.json")) labels = dataset::readLabels(request.folder / "labels.json");
    const std::vector<SealedFile> files = sealModelFolder(request.folder, facts.step);
    io::writeAtomically(request.folder / "README.md", modelCard(config, facts, labels, files, request.license));
}

}  // namespace switchyard::share
