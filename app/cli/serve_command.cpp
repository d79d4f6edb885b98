// SPDX-License-Identifier: MIT
// switchyard serve: a model over HTTP; computed by worker processes.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/serve/server.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLongestToken = 4096;

struct Options {
    serve::ServerOptions server;
    std::string token_file;
    int answer_s = 30, drain_s = 10, max_mib = 32;
    bool json = false;
};

std::string absolute(const std::string& path) {
    return path.empty() ? path : fs::absolute(expandPath(path)).lexically_normal().string();
}

/// Never an argument: every process of the machine can read those.
std::string tokenFrom(const Options& options) {
    std::string token;
    if (!options.token_file.empty()) {
        token = io::readText(expandPath(options.token_file), kLongestToken);
    } else if (const char* given = std::getenv("SWITCHYARD_TOKEN"); given != nullptr) {
        token = given;
    }
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
    if (token.empty() && !options.token_file.empty())
        throw Error(ExitCode::kUsage, "the file holds no token", options.token_file);
    for (const char letter : token) {
        if (letter <= ' ' || letter > '~')
            throw Error(ExitCode::kUsage, "a token has printable ASCII letters only, without spaces",
                        options.token_file);
    }
    return token;
}

void runServe(Options options) {
    options.server.checkpoint = absolute(options.server.checkpoint);
    options.server.index = absolute(options.server.index);
    options.server.token = tokenFrom(options);
    options.server.answer_limit = std::chrono::seconds(options.answer_s);
    options.server.drain_limit = std::chrono::seconds(options.drain_s);
    options.server.http.body_bytes = static_cast<std::size_t>(options.max_mib) << 20;
    const int code = serve::runServer(options.server, [&](const std::string& url, const serve::ServedSpec& served) {
        std::string names;
        json models = json::array();
        for (const serve::ModelSpec& model : served.models) {
            names += (names.empty() ? "" : ", ") + model.name;
            models.push_back(model.name);
        }
        if (options.json) {
            printJson({{"event", "listening"},
                       {"url", url},
                       {"models", models},
                       {"checkpoint", served.checkpoint},
                       {"step", served.step}},
                      /*pretty=*/false);
        } else {
            std::cout << "listening on " << url << ": " << names << " of " << io::escapeForDisplay(served.checkpoint)
                      << std::endl;
        }
    });
    if (code != 0) exitWith(code);
}

}  // namespace

void addServeCommand(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    serve::ServerOptions& server = options->server;
    CLI::App* command = app.add_subcommand(
        "serve",
        "Answer over HTTP: embeddings, matching, text tasks, questions, retrieval (Open Inference Protocol v2)");
    command->footer(
        "Examples:\n  switchyard serve --checkpoint RUN\n"
        "  switchyard serve --checkpoint RUN --index INDEX --port 8080 --workers 2\n"
        "  SWITCHYARD_TOKEN=$(openssl rand -hex 32) switchyard serve --checkpoint RUN --bind 0.0.0.0\n"
        "  curl -s localhost:8000/v2/models/embed_text/infer \\\n"
        "    -d '{\"inputs\": [{\"name\": \"TEXT\", \"shape\": [1, 1], \"datatype\": \"BYTES\", \"data\": [\"a red "
        "apple\"]}]}'\n"
        "Ctrl-C or SIGTERM ends it once what is under way is answered. See docs/serving.md.");
    command
        ->add_option("--checkpoint", server.checkpoint,
                     "Run folder (its newest checkpoint), checkpoint folder or exported model")
        ->required();
    command->add_option("--index", server.index, "Also answer retrieve from this folder, made by `switchyard index`");
    command->add_option("--port", server.port, "0: any free one, which is printed")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    command->add_option("--bind", server.bind, "Address to listen on; others than this machine's own need a token")
        ->capture_default_str();
    command->add_option("--token-file", options->token_file,
                        "File with the token that clients have to send (default: SWITCHYARD_TOKEN)");
    command->add_option("--workers", server.workers, "Processes that hold the model")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    command->add_option("--max-batch", server.batch_rows, "Rows of a request, and of a batch")
        ->capture_default_str()
        ->check(CLI::Range(1, 1024));
    command->add_option("--window-ms", server.window_ms, "How long a request waits for others to pass the model with")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1000.0));
    command->add_option("--queue", server.queue_rows, "Rows that may wait; more are refused with 429")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    command->add_option("--connections", server.http.connections, "Connections at once; more are refused with 503")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    command->add_option("--max-mib", options->max_mib, "Largest request in MiB")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    command->add_option("--answer-s", options->answer_s, "Seconds for which a request may wait, and a batch compute")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    command->add_option("--drain-s", options->drain_s, "Seconds for what is under way when it is told to stop")
        ->capture_default_str()
        ->check(CLI::Range(0, 3600));
    addJsonFlag(*command, options->json);
    command->callback([options] { runServe(*options); });
}

}  // namespace switchyard::cli
