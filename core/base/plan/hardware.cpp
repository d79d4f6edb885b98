// SPDX-License-Identifier: MIT
#include "core/base/plan/hardware.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

#include "core/base/config/yaml_tree.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::plan {
namespace {

using config::Node;

/// One profile's text, read key by key.
class Reader {
public:
    Reader(std::string file, const std::string& text)
        : file_(std::move(file)), lines_(text), tree_(config::parseTree(text)) {
        if (!tree_.problems.empty()) fail(tree_.problems.front().message, tree_.problems.front().line);
    }
    const Node& root() const { return tree_.root; }

    const Node& child(const Node& of, const std::string& key) const {
        for (const config::MapEntry& entry : of.entries)
            if (entry.key == key) return entry.value;
        fail(key + " is missing", lines_.at(of.begin).line);
    }
    std::string choice(const std::string& key, const std::vector<std::string>& of) const {
        const Node& node = child(root(), key);
        if (std::find(of.begin(), of.end(), node.text) == of.end())
            fail(key + " is " + of.front() + " or " + of.back(), lines_.at(node.begin).line);
        return node.text;
    }
    double number(const Node& node) const {
        double value = 0;
        const char* end = node.text.data() + node.text.size();
        const auto [rest, error] = std::from_chars(node.text.data(), end, value);
        if (error != std::errc() || rest != end || !std::isfinite(value) || value < 0)
            fail("\"" + node.text + "\" is no number that is at least 0", lines_.at(node.begin).line);
        return value;
    }
    double number(const Node& of, const std::string& key) const { return number(child(of, key)); }
    const Node* optional(const std::string& key) const {
        for (const config::MapEntry& entry : tree_.root.entries)
            if (entry.key == key) return &entry.value;
        return nullptr;
    }
    Link link(const std::string& key) const {
        const Node& node = child(root(), key);
        Link link{number(node, "latency_us"), positive(node, "gb_per_s"), 0};
        for (const config::MapEntry& entry : node.entries)
            if (entry.key == "crowded_latency_us") link.crowded_latency_us = number(entry.value);
        return link;
    }
    double positive(const Node& of, const std::string& key) const {
        const double value = number(of, key);
        if (value <= 0) fail(key + " must be above 0", lines_.at(child(of, key).begin).line);
        return value;
    }
    std::vector<Hardware::Speed> speeds(const Node& list) const {
        std::vector<Hardware::Speed> found;
        for (const Node& item : list.items) {
            if (item.items.size() != 2) fail("a speed is [GFLOP of the product, GFLOP/s]", lines_.at(item.begin).line);
            found.push_back({number(item.items[0]), number(item.items[1])});
            const bool rising = found.size() < 2 || found.back().gflop > found[found.size() - 2].gflop;
            if (!rising || found.back().gflop <= 0 || found.back().gflops <= 0)
                fail("speeds are listed by rising size, all above 0", lines_.at(item.begin).line);
        }
        if (found.empty()) fail("products need a speed each", lines_.at(list.begin).line);
        return found;
    }

private:
    [[noreturn]] void fail(const std::string& what, int line) const {
        throw Error(ExitCode::kBadConfig, what, file_ + ":" + std::to_string(line),
                    "See docs/planning.md for its keys");
    }
    std::string file_;
    config::LineIndex lines_;
    config::Tree tree_;
};

const char* nameOf(Precision precision) {
    return precision == Precision::kBf16 || precision == Precision::kFp16 ? "bf16" : "fp32";
}

}  // namespace

double Hardware::memorySpeed(double cores_of_rank, double share) const {
    const double all = memory_gb_per_s * share;
    return 1e9 * reached * (core_memory_gb_per_s > 0 ? std::min(all, core_memory_gb_per_s * cores_of_rank) : all);
}

double Hardware::tensorSpeed(Precision precision, double cores_of_rank, double share) const {
    const double memory = memorySpeed(cores_of_rank, share);
    const auto found = tensor_gb_per_s.find(nameOf(precision));
    return found == tensor_gb_per_s.end() ? memory : std::min(memory, 1e9 * reached * found->second * cores_of_rank);
}

double Hardware::speedOf(Precision precision, double flops) const {
    const std::vector<Speed>& speeds = products.at(nameOf(precision));
    const double factor = precision == Precision::kFp64 ? 0.5 : 1, size = flops * 1e-9;
    if (size <= speeds.front().gflop) return factor * speeds.front().gflops;
    if (size >= speeds.back().gflop) return factor * speeds.back().gflops;
    const auto next = std::find_if(speeds.begin(), speeds.end(), [&](const Speed& of) { return of.gflop >= size; });
    const auto before = std::prev(next);
    const double at = std::log(size / before->gflop) / std::log(next->gflop / before->gflop);
    return factor * std::exp(std::log(before->gflops) * (1 - at) + std::log(next->gflops) * at);
}

Hardware readHardware(const std::string& name_or_file) {
    const fs::path shipped = configsDir() / "hardware" / (name_or_file + ".yaml");
    const bool named = name_or_file.find('/') == std::string::npos && fs::exists(shipped);
    if (!named && !fs::exists(name_or_file)) {
        std::string names;
        for (const std::string& name : hardwareNames()) names += (names.empty() ? "" : ", ") + name;
        throw Error(ExitCode::kBadConfig, "There is no such hardware profile", name_or_file,
                    "Give one of " + names + ", or a file written by switchyard doctor --profile FILE");
    }
    const fs::path file = named ? shipped : fs::path(name_or_file);
    const Reader reader(file.string(), io::readText(file, config::kMaxTextBytes));
    Hardware hardware;
    hardware.name = reader.child(reader.root(), "name").text;
    hardware.gpu = reader.choice("kind", {"cpu", "gpu"}) == "gpu";
    hardware.memory_bytes = reader.positive(reader.root(), "memory_gib") * (1 << 30);
    hardware.cores = static_cast<int>(reader.positive(reader.root(), "cores"));
    hardware.memory_gb_per_s = reader.positive(reader.root(), "memory_gb_per_s");
    if (reader.optional("core_memory_gb_per_s") != nullptr)
        hardware.core_memory_gb_per_s = reader.positive(reader.root(), "core_memory_gb_per_s");
    if (const Node* tensors = reader.optional("tensor_gb_per_s"))
        for (const char* precision : {"fp32", "bf16"})
            hardware.tensor_gb_per_s[precision] = reader.positive(*tensors, precision);
    hardware.operation_us = reader.number(reader.root(), "operation_us");
    hardware.reached = reader.positive(reader.root(), "reached");
    hardware.ranks_per_node = static_cast<int>(reader.positive(reader.root(), "ranks_per_node"));
    hardware.node = reader.link("node");
    hardware.network = reader.link("network");
    for (const char* precision : {"fp32", "bf16"})
        hardware.products[precision] = reader.speeds(reader.child(reader.child(reader.root(), "products"), precision));
    return hardware;
}

std::vector<std::string> hardwareNames() {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(configsDir() / "hardware", ignored))
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string toYaml(const Hardware& hardware) {
    std::string name = hardware.name;
    std::erase_if(
        name, [](char letter) { return letter == '"' || letter == '\\' || static_cast<unsigned char>(letter) < ' '; });
    std::ostringstream text;
    text.precision(4);
    text << "name: \"" << name << "\"\nkind: " << (hardware.gpu ? "gpu" : "cpu")
         << "\nmemory_gib: " << hardware.memory_bytes / (1 << 30) << "\ncores: " << hardware.cores
         << "\n# [GFLOP of a product, GFLOP/s]\nproducts:\n";
    for (const auto& [precision, speeds] : hardware.products) {
        text << "  " << precision << ": [";
        for (std::size_t i = 0; i < speeds.size(); ++i)
            text << (i > 0 ? ", " : "") << '[' << speeds[i].gflop << ", " << speeds[i].gflops << ']';
        text << "]\n";
    }
    text << "memory_gb_per_s: " << hardware.memory_gb_per_s << '\n';
    if (hardware.core_memory_gb_per_s > 0) text << "core_memory_gb_per_s: " << hardware.core_memory_gb_per_s << '\n';
    if (!hardware.tensor_gb_per_s.empty())
        text << "tensor_gb_per_s: {bf16: " << hardware.tensor_gb_per_s.at("bf16")
             << ", fp32: " << hardware.tensor_gb_per_s.at("fp32") << "}\n";
    text << "operation_us: " << hardware.operation_us << "\nreached: " << hardware.reached
         << "\nranks_per_node: " << hardware.ranks_per_node << '\n';
    for (const auto& [key, link] : {std::pair{"node", hardware.node}, std::pair{"network", hardware.network}}) {
        text << key << ": {latency_us: " << link.latency_us;
        if (link.crowded_latency_us > 0) text << ", crowded_latency_us: " << link.crowded_latency_us;
        text << ", gb_per_s: " << link.gb_per_s << "}\n";
    }
    return text.str();
}

}  // namespace switchyard::plan
