// SPDX-License-Identifier: MIT
// switchyard doctor: what this machine offers, what is missing and how to get it.
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/launch/compute_request.h"
#include "core/base/plan/hardware.h"
#include "core/base/util/cores.h"
#include "core/base/util/paths.h"
#include "core/base/util/private_library.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

constexpr int kMostCoresCrowded = 4;
constexpr int kMostRanksHere = 1024;  ///< all ranks of a simulation lie on the measured machine

std::string processorName() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
    }
    return "unknown processor";
}

struct Finding {
    std::string name, value, fix;
    bool good = true;
    bool optional = false;
};

Finding file(const std::string& name, const fs::path& path, const std::string& package) {
    const bool there = fs::exists(path);
    return {name, there ? path.string() : "missing", there ? "" : "apt-get install " + package, there, true};
}

/// The worker's LibTorch, and the GPUs it finds.
std::vector<Finding> worker() {
    const bool device = access("/dev/nvidia0", F_OK) == 0;
    Finding gpu{"NVIDIA GPU", device ? "not usable" : "none: runs use the CPU ranks over Gloo", "", false, true};
    try {
        const json probe = launch::runComputeRequest({{"op", "hello"}, {"gpus", device}});
        if (probe.contains("gpus")) gpu = {"NVIDIA GPU", std::to_string(probe.value("gpus", 0)), "", true};
        if (const std::string why = probe.value("gpu_problem", ""); !why.empty()) gpu = {"NVIDIA GPU", why, "bash installer/setup.sh", false};
        return {{"LibTorch", probe.value("libtorch", "") + ", " + probe.value("threads", std::string()) + " threads, " + probe.value("kernels", ""), "", true}, gpu};
    } catch (const Error& error) {
        return {{"LibTorch", error.what(), "bash installer/setup.sh, then build again", false}, gpu};
    }
}

std::vector<Finding> examine() {
    std::vector<Finding> findings;
    findings.push_back({"cores", std::to_string(usableCores()), "", true});
    struct sysinfo memory {};
    sysinfo(&memory);
    findings.push_back({"memory", formatBytes(static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit), "", true});
    struct statvfs disk {};
    const fs::path data = dataHome();
    if (statvfs(fs::exists(data) ? data.c_str() : "/", &disk) == 0) {
        findings.push_back({"free disk", formatBytes(static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize), "", true});
    }
    __builtin_cpu_init();
    const bool avx512 = __builtin_cpu_supports("avx512f") != 0;
    findings.push_back({"AVX-512", avx512 ? "yes" : "no: GEMMs run with AVX2", "", avx512, true});
    for (Finding& finding : worker()) findings.push_back(std::move(finding));
    const fs::path nccl = privateLibrary("libswitchyard_nccl.so");
    findings.push_back({"NCCL plug-in", fs::exists(nccl) ? nccl.string() : "not there", fs::exists(nccl) ? "" : "the package switchyard-nccl, or bash installer/setup.sh and another build",
                        fs::exists(nccl), true});
    findings.push_back(file("emoji font", "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", "fonts-noto-color-emoji"));
    findings.push_back(file("emoji names", "/usr/share/unicode/cldr/common/annotations/en.xml", "unicode-cldr-core"));
    findings.push_back(file("stamps", "/usr/share/tuxpaint/stamps", "tuxpaint-stamps-default"));
    findings.push_back(file("SVG drawing", "/usr/bin/rsvg-convert", "librsvg2-bin"));
    findings.push_back({"pictures", fs::exists(data / "data/demo/train.jsonl") ? (data / "data/demo").string() : "not imported",
                        "switchyard data import emoji tuxpaint", fs::exists(data / "data/demo/train.jsonl"), true});
    return findings;
}

/// Measures this machine and writes what it is able to as a profile for `simulate --hardware`.
void writeProfile(const fs::path& file, bool as_json) {
    ProgressBar bar("measuring", 3);
    const json device = launch::runComputeRequest({{"op", "bench_hardware"}});
    bar.update(1);
    const json links = launch::runComputeRequest({{"op", "bench_hardware"}}, {}, 2);
    bar.update(2);
    // More ranks than cores, if these are not too many.
    const bool few = usableCores() <= kMostCoresCrowded;
    const json crowd = launch::runComputeRequest({{"op", "bench_hardware"}}, {}, few ? 2 * usableCores() : 2);
    bar.clear();
    plan::Hardware hardware;
    hardware.name = "this machine, " + processorName();
    struct sysinfo memory {};
    sysinfo(&memory);
    hardware.memory_bytes = static_cast<double>(memory.totalram) * memory.mem_unit;
    hardware.cores = usableCores();
    for (const auto& [precision, speeds] : device.at("products").items())
        for (const json& speed : speeds) hardware.products[precision].push_back({speed.at(0), speed.at(1)});
    hardware.memory_gb_per_s = device.at("memory_gb_per_s");
    hardware.core_memory_gb_per_s = device.at("core_memory_gb_per_s");
    hardware.tensor_gb_per_s = links.at("tensor_gb_per_s").get<std::map<std::string, double>>();
    hardware.operation_us = device.at("operation_us");
    hardware.ranks_per_node = kMostRanksHere;
    hardware.node = {links.at("latency_us"), links.at("gb_per_s"), 0};
    // A sum among so many ranks goes there and back in as many messages as they can be halved.
    if (few) hardware.node.crowded_latency_us = crowd.at("latency_us").get<double>() / std::log2(2.0 * usableCores());
    hardware.network = hardware.node;  // there is no other machine to measure
    std::ofstream out(file);
    out << "# Measured by switchyard doctor --profile. network: as node, for want of a second machine; put yours in.\n"
        << plan::toYaml(hardware);
    if (!out.flush())
        throw Error(ExitCode::kIo, "The profile can not be written", file.string(), "Choose another file");
    if (as_json)
        printJson({{"profile", file.string()}, {"device", device}, {"links", links}});
    else
        std::cout << "measured    " << file.string() << '\n';
}

}  // namespace

void addDoctorCommand(CLI::App& app) {
    const auto as_json = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("doctor", "What this machine offers; what is missing and how to get it");
    const auto profile = std::make_shared<std::string>();
    command->add_option("--profile", *profile,
                        "Measure this machine for half a minute and write a profile for simulate --hardware");
    addJsonFlag(*command, *as_json);
    command->footer("Examples:\n  switchyard doctor\n  switchyard doctor --profile here.yaml");
    command->callback([as_json, profile] {
        if (!profile->empty()) {
            writeProfile(*profile, *as_json);
            return;
        }
        const std::vector<Finding> findings = examine();
        bool good = true;
        json rows = json::array();
        for (const Finding& finding : findings) {
            good = good && (finding.good || finding.optional);
            rows.push_back({{"name", finding.name}, {"value", finding.value}, {"ok", finding.good}, {"fix", finding.good ? "" : finding.fix}});
            if (*as_json) continue;
            const std::string mark = finding.good ? styled("ok     ", Style::kGreen, stdoutIsTerminal())
                                     : finding.optional ? styled("missing", Style::kYellow, stdoutIsTerminal())
                                                        : styled("needed ", Style::kRed, stdoutIsTerminal());
            std::cout << mark << "  " << finding.name << std::string(finding.name.size() < 14 ? 14 - finding.name.size() : 1, ' ') << finding.value
                      << (finding.good || finding.fix.empty() ? "" : "  ->  " + finding.fix) << '\n';
        }
        if (*as_json) printJson({{"ok", good}, {"findings", rows}});
        if (!good) exitWith(ExitCode::kRunFailed);
    });
}

}  // namespace switchyard::cli
