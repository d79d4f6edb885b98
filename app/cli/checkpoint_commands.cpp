// SPDX-License-Identifier: MIT
// switchyard ckpt list|inspect|verify|diff|reshard|pin|unpin|export|merge-lora|import
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/io/checkpoint_list.h"
#include "core/base/io/checkpoint_tools.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/launch/compute_request.h"
#include "core/base/runs/run_folder.h"
#include "core/base/share/model_card.h"
#include "core/base/util/clock.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string checkpoint, other, out, dtype, format = "switchyard", part = "text", base, license;
    int ranks = 1;
    bool deep = false, json = false;
};

fs::path given(const std::string& path) {
    return fs::absolute(expandPath(path)).lexically_normal();
}

/// The checkpoint that is meant: a folder of its own, or the newest of a run.
fs::path checkpointFolder(const std::string& path) {
    const fs::path folder = given(path);
    if (fs::exists(folder / "manifest.json") || fs::exists(folder / "COMMIT")) return folder;
    if (const fs::path newest = runs::newestCheckpoint(folder); !newest.empty()) return newest;
    throw Error(ExitCode::kIo, "there is no checkpoint here", folder.string(),
                "Give a checkpoint folder, or a run folder that has one");
}

std::uint64_t bytesOf(const io::Manifest& manifest) {
    std::uint64_t bytes = 0;
    for (const io::ManifestFile& file : manifest.files) bytes += file.bytes;
    return bytes;
}

void list(const Options& options) {
    const fs::path run = given(options.checkpoint);
    if (!fs::exists(runs::RunPaths(run).checkpoints())) {
        throw Error(ExitCode::kIo, "there are no checkpoints here", run.string(),
                    "Give a run folder; see `switchyard runs list`");
    }
    json rows = json::array();
    for (const io::ListedCheckpoint& found : io::listCheckpoints(runs::RunPaths(run).checkpoints())) {
        json row = {{"name", found.name}, {"dir", found.folder.string()}, {"ok", found.ok()}, {"problem", found.problem}};
        if (found.ok()) {
            row.update({{"step", found.step}, {"ranks", found.ranks}, {"bytes", found.bytes}, {"metrics", found.metrics}, {"pinned", found.pinned},
                        {"saved_at", found.saved_at}, {"verified_at", found.verified_at > 0 ? json(found.verified_at) : json()}});
        }
        if (!options.json) {
            std::cout << std::left << std::setw(16) << found.name
                      << (found.ok() ? formatBytes(found.bytes) + ", " + std::to_string(found.ranks) + " rank(s)" +
                                           (found.verified_at > 0 ? ", verified" : "") + (found.pinned ? ", pinned" : "")
                                     : io::escapeForDisplay(found.problem))
                      << '\n';
        }
        rows.push_back(std::move(row));
    }
    if (!options.json && rows.empty()) std::cout << "no checkpoints yet\n";
    if (options.json) printJson(rows);
}

void inspect(const Options& options) {
    const fs::path folder = checkpointFolder(options.checkpoint);
    const io::Manifest manifest = io::readCheckpoint(folder, /*deep=*/false);
    json tensors = json::array();
    std::int64_t parameters = 0;
    std::map<std::string, std::pair<std::string, std::vector<std::int64_t>>>
        whole;  // slices of one tensor are one line
    for (const io::ManifestTensor& tensor : manifest.tensors) {
        if (tensor.kind == "model") whole[tensor.name] = {tensor.dtype, tensor.global_shape};
    }
    for (const auto& [name, form] : whole) {
        std::int64_t count = 1;
        for (const std::int64_t side : form.second) count *= side;
        parameters += count;
        tensors.push_back({{"name", name}, {"dtype", form.first}, {"shape", form.second}});
    }
    if (options.json) {
        printJson({{"dir", folder.string()},
                   {"step", manifest.step},
                   {"ranks", manifest.ranks},
                   {"bytes", bytesOf(manifest)},
                   {"created_by", manifest.created_by},
                   {"parameters", parameters},
                   {"info", manifest.info},
                   {"tensors", tensors}});
        return;
    }
    std::cout << io::escapeForDisplay(folder.string()) << "\nstep " << manifest.step << ", " << manifest.ranks
              << " rank(s), " << formatBytes(bytesOf(manifest)) << ", " << parameters << " parameters, "
              << manifest.created_by << '\n';
    for (const json& tensor : tensors) {
        std::cout << "  " << std::left << std::setw(44) << io::escapeForDisplay(tensor["name"].get<std::string>())
                  << std::setw(6) << tensor["dtype"].get<std::string>() << tensor["shape"].dump() << '\n';
    }
}

void verify(const Options& options) {
    const fs::path folder = checkpointFolder(options.checkpoint);
    const io::VerifyReport report = io::verifyCheckpoint(folder, options.deep);
    try {
        // Lists show it. A folder that can not be written is verified all the same.
        if (options.deep) io::noteVerified(folder, {wallTime(), report.ok ? "" : report.problems.front()});
    } catch (const Error&) {
    }
    if (options.json) {
        printJson({{"ok", report.ok}, {"files", report.files}, {"bytes", report.bytes}, {"problems", report.problems}});
    } else {
        for (const std::string& problem : report.problems) std::cout << io::escapeForDisplay(problem) << '\n';
        std::cout << io::escapeForDisplay(folder.string()) << ": " << report.files << " files, "
                  << formatBytes(report.bytes)
                  << (report.ok ? options.deep ? ", every hash agrees\n" : ", sizes agree (--deep reads every byte)\n"
                                : ", corrupt\n");
    }
    if (!report.ok) exitWith(ExitCode::kCorruptCheckpoint);
}

std::string textOf(const json& value) {
    return io::escapeForDisplay(value.is_string() ? value.get<std::string>() : value.dump());
}

void diff(const Options& options) {
    const json result = io::diffCheckpoints(checkpointFolder(options.checkpoint), checkpointFolder(options.other));
    if (options.json) {
        printJson(result);
        return;
    }
    for (const auto& [name, values] : result["info"].items())
        std::cout << "  " << std::left << std::setw(44) << io::escapeForDisplay(name) << textOf(values[0]) << " -> "
                  << textOf(values[1]) << '\n';
    for (const auto& [key, text] :
         {std::pair{"only_in_a", "only in the first"}, std::pair{"only_in_b", "only in the second"}}) {
        for (const json& name : result[key])
            std::cout << "  " << std::left << std::setw(44) << textOf(name) << text << '\n';
    }
    for (const json& tensor : result["tensors"]) {
        std::cout << "  " << std::left << std::setw(44) << textOf(tensor["name"]);
        if (tensor.contains("shapes"))
            std::cout << tensor["dtypes"][0].get<std::string>() << tensor["shapes"][0].dump() << " -> "
                      << tensor["dtypes"][1].get<std::string>() << tensor["shapes"][1].dump() << '\n';
        else
            std::cout << tensor["different"] << " of " << tensor["numbers"] << " numbers, by at most "
                      << (tensor["largest_difference"].is_null() ? "(not finite)" : tensor["largest_difference"].dump())
                      << '\n';
    }
    std::cout << (result["same"] == true ? "every number is the same\n" : "they differ\n");
}

void reshard(const Options& options) {
    const fs::path from = checkpointFolder(options.checkpoint), to = given(options.out);
    io::reshardCheckpoint(from, options.ranks, to);
    if (options.json)
        printJson({{"dir", to.string()}, {"ranks", options.ranks}, {"bytes", bytesOf(io::readCheckpoint(to, false))}});
    else
        std::cout << io::escapeForDisplay(to.string()) << ": " << options.ranks << " rank(s)\n";
}

void setPinned(const Options& options, bool pinned) {
    const fs::path folder = checkpointFolder(options.checkpoint);
    io::readCheckpoint(folder, /*deep=*/false);
    io::setPinned(folder, pinned);
    if (options.json)
        printJson({{"dir", folder.string()}, {"pinned", pinned}});
    else
        std::cout << io::escapeForDisplay(folder.string()) << (pinned ? " stays for good\n" : " is no longer pinned\n");
}

/// The whole model for programs without Switchyard.
void exportScript(const Options& options) {
    const json result = launch::runComputeRequest({{"op", "export_" + options.format},
                                                   {"checkpoint", given(options.checkpoint).string()},
                                                   {"out", given(options.out).string()}});
    if (options.json) {
        printJson(result);
        return;
    }
    const bool triton = options.format == "triton";
    std::cout << (triton ? "models" : "model.pt with") << ' ';
    const json names = result.value(triton ? "models" : "methods", json::array());
    for (std::size_t i = 0; i < names.size(); ++i) std::cout << (i == 0 ? "" : ", ") << textOf(names[i]);
    std::cout << " in " << io::escapeForDisplay(result.value("out", "")) << '\n';
}

void exportElsewhere(const Options& options) {
    const bool adapters = options.format == "peft";
    const json result = launch::runComputeRequest({{"op", adapters ? "export_peft" : "export_hf"},
                                                   {"checkpoint", given(options.checkpoint).string()},
                                                   {"out", given(options.out).string()},
                                                   {"part", options.part},
                                                   {"base", options.base}});
    if (options.json) {
        printJson(result);
    } else if (adapters) {
        std::cout << result.value("adapters", 0) << " adapters of rank " << result.value("rank", 0) << ": adapter_config.json and adapter_model.safetensors in "
                  << io::escapeForDisplay(result.value("out", "")) << '\n';
    } else {
        std::cout << "config.json and model.safetensors (" << result.value("layout", "") << ") in "
                  << io::escapeForDisplay(result.value("out", "")) << '\n';
    }
}

void mergeLora(const Options& options) {
    const json result = launch::runComputeRequest(
        {{"op", "merge_lora"}, {"checkpoint", given(options.checkpoint).string()}, {"out", given(options.out).string()}});
    if (options.json)
        printJson(result);
    else
        std::cout << result.value("adapters", 0) << " adapters merged, in " << io::escapeForDisplay(result.value("out", "")) << '\n';
}

void importModel(const Options& options) {
    const json result = launch::runComputeRequest(
        {{"op", "import"}, {"source", given(options.checkpoint).string()}, {"out", given(options.out).string()}});
    if (options.json) {
        printJson(result);
        return;
    }
    const std::string encoder = result.value("encoder", ""), out = io::escapeForDisplay(result.value("out", ""));
    if (encoder.empty()) {
        std::cout << "checkpoint of step " << result.value("step", std::int64_t{0}) << ", "
                  << result.value("parameters", std::int64_t{0}) << " parameters, in " << out << '\n';
        return;
    }
    std::cout << result.value("layout", "") << " " << encoder << " encoder, " << result.value("parameters", 0)
              << " parameters, in " << out << '\n';
    for (const json& name : result["left_out"]) std::cout << "  left out: " << textOf(name) << '\n';
    std::cout << "Start from it: model." << encoder << ".init_from: " << out << ", with the model." << encoder << " keys of its config.yaml\n";
}

void exportModel(const Options& options) {
    const bool folder = options.format == "folder",
               script = options.format == "torchscript" || options.format == "triton";
    if (script && !options.dtype.empty() && options.dtype != "fp32")
        throw Error(ExitCode::kUsage, "A TorchScript computes in fp32", "--dtype", "Leave it out");
    if (!folder && !options.license.empty())
        throw Error(ExitCode::kUsage, "Only a model card tells a license", "--license", "Give --format folder");
    if (script) return exportScript(options);
    if (!folder && options.format != "switchyard") return exportElsewhere(options);
    share::requireLicense(options.license);
    const fs::path from = checkpointFolder(options.checkpoint), to = given(options.out);
    const std::string dtype = !options.dtype.empty() ? options.dtype : folder ? "stored" : "fp32";
    const json result = launch::runComputeRequest(
        {{"op", "export"}, {"checkpoint", from.string()}, {"out", to.string()}, {"dtype", dtype}});
    if (folder) share::writeModelCard({from, to, options.license});
    if (options.json)
        printJson(result);
    else
        std::cout << "model.safetensors, config.yaml and tokenizer.model"
                  << (folder ? ", model.json and README.md in " : " in ")
                  << io::escapeForDisplay(result.value("out", "")) << '\n';
}

}  // namespace

void addCheckpointCommands(CLI::App& app) {
    CLI::App* group =
        app.add_subcommand("ckpt", "Look at checkpoints, verify, compare, cut again, prune and export them");
    group->require_subcommand(1);
    group->footer("Example:\n  switchyard ckpt verify RUN --deep");
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* text, const char* example, void (*action)(const Options&)) {
        CLI::App* command = group->add_subcommand(name, text);
        command->add_option("checkpoint", options->checkpoint, "Checkpoint folder, or a run folder (its newest)")
            ->required();
        addJsonFlag(*command, options->json);
        command->footer(std::string("Example:\n  switchyard ckpt ") + example);
        command->callback([options, action] { action(*options); });
        return command;
    };
    add("list", "Checkpoints of a run", "list RUN", list);
    add("inspect", "Step, size, weights and their shapes", "inspect RUN", inspect);
    add("verify", "Check a checkpoint (exit code 83 when it is corrupt)", "verify RUN --deep", verify)
        ->add_flag("--deep", options->deep, "Read every byte and compare its hash");
    add("diff", "What differs between two checkpoints, number by number", "diff RUN/checkpoints/step-00000100 RUN",
        diff)
        ->add_option("other", options->other, "The other one")
        ->required();
    CLI::App* resharder = add("reshard", "Write it again in the parts of another number of ranks",
                              "reshard RUN --ranks 4 --out FOLDER", reshard);
    resharder->add_option("--ranks", options->ranks, "Ranks")->required()->check(CLI::Range(1, 1024));
    resharder->add_option("--out", options->out, "Folder to make")->required();
    add("pin", "Never remove this checkpoint", "pin RUN/checkpoints/step-00000100",
        [](const Options& o) { setPinned(o, true); });
    add("unpin", "Let it go as others do", "unpin RUN/checkpoints/step-00000100",
        [](const Options& o) { setPinned(o, false); });
    CLI::App* exporter = add("export", "Write the weights as one safetensors file, with config and tokenizer",
                             "export RUN --out MODEL", exportModel);
    exporter->add_option("--out", options->out, "Folder to write")->required();
    exporter
        ->add_option("--dtype", options->dtype,
                     "fp32, bf16, int8 with a scale an output (a fourth of the bytes), or stored: as it was trained; "
                     "without it fp32, a folder stored")
        ->check(CLI::IsMember({"fp32", "bf16", "int8", "stored"}));
    exporter
        ->add_option("--format", options->format,
                     "switchyard: our names; folder: the same with a model card and hashes, to pass on; torchscript: a "
                     "file for torch.jit.load; triton: a model "
                     "repository of Triton Inference Server; hf: an encoder as "
                     "transformers reads it; peft: its adapters")
        ->capture_default_str()
        ->check(CLI::IsMember({"switchyard", "folder", "torchscript", "triton", "hf", "peft"}));
    exporter->add_option("--part", options->part, "With hf and peft: text or vision")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "vision"}));
    exporter->add_option("--base", options->base,
                         "With peft: the model that the adapters belong to, as PEFT should find it");
    exporter->add_option("--license", options->license,
                         "With folder: what the model card says, such as mit or cc-by-4.0");
    CLI::App* merger = add("merge-lora", "Write the model with its adapters merged into the weights",
                           "merge-lora RUN --out MODEL", mergeLora);
    merger->add_option("--out", options->out, "Folder to write")->required();

    CLI::App* importer =
        group->add_subcommand("import",
                              "Take over a model folder of ours as a checkpoint, or an encoder from safetensors: BERT, "
                              "RoBERTa, DistilBERT, ViT, open_clip");
    importer
        ->add_option("source", options->checkpoint,
                     "Folder with model.safetensors and config.yaml (ours) or config.json")
        ->required();
    importer->add_option("--out", options->out, "Folder to write")->required();
    addJsonFlag(*importer, options->json);
    importer->footer("Example:\n  switchyard ckpt import MiniLM-L6-H384-uncased --out models/minilm");
    importer->callback([options] { importModel(*options); });
    addPruneCommand(*group);
    addAverageCommand(*group);
}

}  // namespace switchyard::cli
