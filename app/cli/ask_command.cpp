// SPDX-License-Identifier: MIT
// switchyard ask: what a model answers about a picture, a text or two, and where it sent the tokens; computed by a
// worker.
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/worker_request.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/compute_request.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string checkpoint, text, pair, image, task, out;
    std::int64_t top = 5;
    bool json = false;
};

std::string decimals(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

void line(const std::string& label, const std::string& value) {
    std::cout << "  " << std::left << std::setw(28) << label << ' ' << value << '\n';
}

void tellAnswer(const json& answer) {
    std::cout << answer.value("task", "");
    if (answer.contains("value")) {
        std::cout << "  " << decimals(answer.at("value").get<double>(), 3) << '\n';
        return;
    }
    const std::size_t told = answer.at("classes").size(), all = answer.value("of", std::size_t{0});
    std::cout << (told < all ? ", best " + std::to_string(told) + " of " + std::to_string(all) : std::string()) << '\n';
    for (const json& row : answer.at("classes"))
        line(io::escapeForDisplay(row.value("class", "")), decimals(row.value("probability", 0.0), 4));
}

void tellRouting(const json& layers) {
    for (const auto& [layer, rows] : layers.items()) {
        std::int64_t choices = 0, dropped = 0;
        for (const json& row : rows) {
            for (const json& choice : row.at("choices")) {
                ++choices;
                dropped += choice.value("dropped", false) ? 1 : 0;
            }
        }
        line(layer, std::to_string(rows.size()) + " tokens, " + std::to_string(choices) + " choices, " +
                        std::to_string(dropped) + " dropped");
    }
}

void tell(const json& answer) {
    for (const json& of : answer.at("answers")) tellAnswer(of);
    if (answer.contains("match")) {
        const json& match = answer.at("match");
        std::cout << "picture and text belong together\n";
        line("probability", decimals(match.value("probability", 0.0), 4));
        line("cosine", decimals(match.value("score", 0.0), 4));
    }
    if (!answer.contains("layers") || answer.at("layers").empty()) return;
    std::cout << "routing\n";
    tellRouting(answer.at("layers"));
}

void runAsk(const Options& options) {
    if (options.text.empty() && options.image.empty()) {
        throw Error(ExitCode::kUsage, "there is nothing to ask", {},
                    "For example: switchyard ask --checkpoint RUN --image apple.png --text \"what colour is it?\"");
    }
    json request = {{"op", "ask"}, {"checkpoint", absolute(options.checkpoint)}, {"top", options.top}};
    if (!options.text.empty()) request["text"] = options.text;
    if (!options.pair.empty()) request["pair"] = options.pair;
    if (!options.image.empty()) request["image"] = absolute(options.image);
    if (!options.task.empty()) request["task"] = options.task;
    if (!options.out.empty()) request["out"] = absolute(options.out);
    const json answer = launch::runComputeRequest(request);
    if (answer.contains("text_tokens")) {
        std::cerr << "switchyard: the model read the first " << answer.at("tokens").size() << " of the text's "
                  << answer.at("text_tokens") << " tokens\n";
    }
    if (options.json)
        printJson(answer);
    else
        tell(answer);
}

}  // namespace

void addAskCommand(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "ask", "Ask a model about a picture, a text or two, and see its answers with their probabilities");
    command->footer(
        "Examples:\n  switchyard ask --checkpoint RUN --image apple.png --text \"what colour is the apple?\"\n"
        "  switchyard ask --checkpoint RUN --text \"a lovely film\" --task sst2 --json\n"
        "  switchyard ask --checkpoint RUN --text \"a dog runs\" --text-b \"an animal moves\"\n"
        "What a model answers is what it was trained for: questions about pictures (task.kind vqa), text tasks, or "
        "else\n"
        "whether picture and text belong together.");
    command
        ->add_option("--checkpoint", options->checkpoint,
                     "Run folder (its newest checkpoint), checkpoint folder or exported model")
        ->required();
    command->add_option("--text", options->text, "Question about the picture, or text");
    command->add_option("--pair,--text-b", options->pair, "Second text, for tasks of two");
    command->add_option("--image", options->image, "Picture that the question is about");
    command->add_option("--task", options->task,
                        "Only this text task of several: sst2, cola, mrpc, rte, stsb, qnli, sick or tsv");
    command->add_option("--top", options->top, "How many answers to tell, the likeliest first")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    command->add_option("--out", options->out, "Also write the pass as a trace (safetensors) to this file");
    addJsonFlag(*command, options->json);
    command->callback([options] { runAsk(*options); });
}

}  // namespace switchyard::cli
