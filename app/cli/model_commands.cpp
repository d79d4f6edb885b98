// SPDX-License-Identifier: MIT
// switchyard eval, index, retrieve, trace: asked of a worker process, told here.
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/worker_request.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string checkpoint, task = "retrieval", data, root, out, index, text, pair, image, search = "auto", find;
    double image_weight = 0.5, fold = 0;
    std::int64_t k = 10, limit = 100;
    bool rerank = false, json = false;
};

std::string threeDecimals(double value) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(3) << value;
    return text.str();
}

void line(const std::string& label, const std::string& value) {
    std::cout << std::left << std::setw(22) << label << value << '\n';
}

void runEval(const Options& options) {
    const json result = askWorker({{"op", "eval"},
                                   {"checkpoint", absolute(options.checkpoint)},
                                   {"task", options.task},
                                   {"data", absolute(options.data)},
                                   {"root", absolute(options.root)}},
                                  "evaluating");
    if (!options.out.empty()) io::writeAtomically(expandPath(options.out), result.dump(2) + "\n");
    if (options.json) {
        printJson(result);
        return;
    }
    line("task", result.value("task", ""));
    line("checkpoint", io::escapeForDisplay(result.value("checkpoint", "")));
    if (result.contains("captions")) {
        line("pictures, captions", std::to_string(result.value("samples", 0)) + ", " + std::to_string(result.value("captions", 0)));
        line("chance of R@10", threeDecimals(result.value("chance_r10", 0.0)));
    } else {
        line("samples", std::to_string(result.value("samples", 0)));
    }
    for (const auto& [name, value] : result.at("metrics").items()) line(name, threeDecimals(value.get<double>()));
}

void runIndex(const Options& options) {
    const json info = askWorker({{"op", "index"},
                                 {"checkpoint", absolute(options.checkpoint)},
                                 {"data", absolute(options.data)},
                                 {"root", absolute(options.root)},
                                 {"out", absolute(options.out)},
                                 {"search", options.search}},
                                "indexing");
    if (options.json) {
        printJson(info);
        return;
    }
    std::cout << info.value("pictures", 0) << " pictures and " << info.value("captions", 0) << " captions in "
              << io::escapeForDisplay(info.value("index", "")) << " (" << formatBytes(info.value("bytes", std::uint64_t{0})) << ")\n";
    const json skips = info.value("skips", json::array());
    if (skips.empty()) return;
    std::cout << info.value("skipped", 0) << " pictures could not be read and are left out:\n";
    for (const json& why : skips) std::cout << "  " << io::escapeForDisplay(why.get<std::string>()) << '\n';
}

void runRetrieve(const Options& options) {
    if (options.text.empty() && options.image.empty()) {
        throw Error(ExitCode::kUsage, "give --text, --image or both", {}, "For example: switchyard retrieve --index DIR --text \"a red apple\"");
    }
    json request = {{"op", "retrieve"},
                    {"index", absolute(options.index)},
                    {"text", options.text},
                    {"image", absolute(options.image)},
                    {"k", options.k},
                    {"rerank", options.rerank}};
    if (!options.text.empty() && !options.image.empty()) {
        request["queries"] = {{{"text", options.text}, {"weight", 1 - options.image_weight}},
                              {{"image", absolute(options.image)}, {"weight", options.image_weight}}};
        request.erase("text");
        request.erase("image");
    }
    if (!options.find.empty()) request["captions"] = options.find == "captions";
    if (options.fold > 0) request["fold"] = options.fold;
    const json found = askWorker(request, "searching");
    if (options.json) {
        printJson(found);
        return;
    }
    int rank = 0;
    for (const json& hit : found.at("results")) {
        std::cout << std::right << std::setw(4) << ++rank << "  " << threeDecimals(hit.value("score", 0.0)) << "  ";
        if (hit.contains("match_score")) std::cout << std::setw(7) << threeDecimals(hit["match_score"].get<double>()) << "  ";
        std::cout << std::left << std::setw(36) << io::escapeForDisplay(hit.value("text", "")) << "  "
                  << io::escapeForDisplay(hit.value("image", "")) << '\n';
    }
}

void runTrace(const Options& options) {
    if (options.text.empty() && options.image.empty() && options.data.empty()) {
        throw Error(ExitCode::kUsage, "there is nothing to trace", {}, "Give --text, --image, both, or --data");
    }
    const json traced = askWorker({{"op", "trace"},
                                   {"checkpoint", absolute(options.checkpoint)},
                                   {"text", options.text},
                                   {"pair", options.pair},
                                   {"image", absolute(options.image)},
                                   {"data", absolute(options.data)},
                                   {"root", absolute(options.root)},
                                   {"limit", options.limit},
                                   {"out", absolute(options.out)}},
                                  "tracing");
    if (options.json) {
        printJson(traced);
        return;
    }
    for (const json& sample : traced.at("samples")) {
        std::cout << io::escapeForDisplay(sample.value("text", sample.value("id", ""))) << '\n';
        for (const auto& [layer, rows] : sample.at("layers").items()) {
            std::int64_t choices = 0, dropped = 0;
            for (const json& row : rows) {
                for (const json& choice : row.at("choices")) {
                    ++choices;
                    dropped += choice.value("dropped", false) ? 1 : 0;
                }
            }
            line("  " + layer, std::to_string(rows.size()) + " tokens, " + std::to_string(choices) + " choices, " + std::to_string(dropped) + " dropped");
        }
        const json tasks = sample.contains("tasks") ? sample.at("tasks") : json::object();
        for (const auto& [task, said] : tasks.items()) {
            line("  " + task, said.contains("value") ? threeDecimals(said["value"].get<double>())
                                                     : io::escapeForDisplay(said["class"].get<std::string>()) + " (" + threeDecimals(said["probability"].get<double>()) + ")");
        }
        if (sample.contains("match_logit")) line("  match logit", threeDecimals(sample["match_logit"].get<double>()));
    }
    std::cout << "written to " << io::escapeForDisplay(traced.value("out", "")) << '\n';
}

CLI::App* addCommand(CLI::App& app, const char* name, const char* description, const char* example,
                     const std::shared_ptr<Options>& options, void (*run)(const Options&)) {
    CLI::App* command = app.add_subcommand(name, description);
    command->footer(std::string("Example:\n  ") + example);
    addJsonFlag(*command, options->json);
    command->callback([options, run] { run(*options); });
    return command;
}

void addCheckpoint(CLI::App* command, const std::shared_ptr<Options>& options) {
    command->add_option("--checkpoint", options->checkpoint, "Run folder (its newest checkpoint), checkpoint folder or exported model")->required();
}

CLI::Option* addData(CLI::App* command, const std::shared_ptr<Options>& options) {
    command->add_option("--root", options->root, "Folder that image paths are relative to (default: the file's)");
    return command->add_option("--data", options->data, "JSON Lines file; index: or a folder of pictures");
}

}  // namespace

void addModelCommands(CLI::App& app) {
    const auto options = std::make_shared<Options>();

    CLI::App* eval = addCommand(app, "eval", "Measure a checkpoint on a task",
                                "switchyard eval --checkpoint RUN --task retrieval --data dev.jsonl", options, runEval);
    addCheckpoint(eval, options);
    eval->add_option("--task", options->task, "retrieval, vqa, sst2, cola, mrpc, rte, stsb, qnli, sick or tsv")->capture_default_str();
    addData(eval, options)->required();
    eval->add_option("--out", options->out, "Also write the result as JSON to this file");

    CLI::App* index = addCommand(app, "index", "Make pictures searchable: embed every picture and caption of a data set",
                                 "switchyard index --checkpoint RUN --data train.jsonl --out INDEX", options, runIndex);
    addCheckpoint(index, options);
    addData(index, options)->required();
    index->add_option("--out", options->out, "Folder of the index; a build that was stopped goes on in it")->required();
    index->add_option("--search", options->search, "auto (exact up to a million vectors), exact, or graph (HNSW)")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "exact", "graph"}));

    CLI::App* retrieve = addCommand(app, "retrieve", "Search an index by words or by a picture",
                                    "switchyard retrieve --index INDEX --text \"a red apple\" --k 5", options, runRetrieve);
    retrieve->add_option("--index", options->index, "Folder made by `switchyard index`")->required();
    retrieve->add_option("--text", options->text, "Words to search pictures with");
    retrieve->add_option("--image", options->image, "Picture to search captions with; with --text, both count");
    retrieve->add_option("--image-weight", options->image_weight, "Share of the picture beside a text, 0 to 1")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0));
    retrieve->add_option("--find", options->find, "What to find (default: captions by a picture, else pictures)")
        ->check(CLI::IsMember({"pictures", "captions"}));
    retrieve->add_option("--fold", options->fold, "Pictures at least so alike (cosine) count as one hit, for example 0.995")
        ->check(CLI::Range(0.0, 1.0));
    retrieve->add_option("--k", options->k, "How many results")->capture_default_str()->check(CLI::Range(1, 10000));
    retrieve->add_flag("--rerank", options->rerank, "Order the best 50 by the matching head");

    CLI::App* trace = addCommand(app, "trace", "Write down where every token and patch was routed, and all outputs",
                                 "switchyard trace --checkpoint RUN --text \"a red apple\" --image apple.png --out trace.safetensors",
                                 options, runTrace);
    addCheckpoint(trace, options);
    trace->add_option("--text", options->text, "Text to trace");
    trace->add_option("--pair", options->pair, "Second text, for models of text pairs");
    trace->add_option("--image", options->image, "Picture to trace");
    addData(trace, options);
    trace->add_option("--limit", options->limit, "With --data: trace at most this many rows")->capture_default_str()->check(CLI::Range(1, 100000));
    trace->add_option("--out", options->out, "safetensors file to write")->required();
}

}  // namespace switchyard::cli
