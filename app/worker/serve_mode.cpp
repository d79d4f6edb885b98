// SPDX-License-Identifier: MIT
#include "app/worker/serve_mode.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "app/worker/failure.h"
#include "app/worker/request_modes.h"
#include "core/base/serve/frame.h"
#include "core/eval/serve_model.h"

namespace switchyard::worker {
namespace {

using nlohmann::json;

/// The server's connections may have been open when it started this process in another's place; kept open here, they
/// would stay open for clients after the server has closed them.
void closeOthers(int own) {
    if (own > 3) syscall(SYS_close_range, 3U, static_cast<unsigned>(own - 1), 0U);
    syscall(SYS_close_range, static_cast<unsigned>(own + 1), ~0U, 0U);
}

serve::Frame answerOf(eval::ServedModel& model, const serve::Frame& request) {
    try {
        return model.answer(request);
    } catch (...) {
        const Error error = currentError("");
        const bool theirs = error.code() == ExitCode::kUsage || error.code() == ExitCode::kBadData;
        return {{{"error", error.what()}, {"status", theirs ? 400 : 500}}, {}};
    }
}

}  // namespace

int serveFrames(const std::string& request) {
    const char* given = std::getenv("SWITCHYARD_SERVE_FD");
    const int fd = given != nullptr ? std::atoi(given) : -1;
    if (fcntl(fd, F_GETFD) < 0)
        throw Error(ExitCode::kUsage, "SWITCHYARD_SERVE_FD names no open descriptor", "environment",
                    "Use switchyard serve");
    closeOthers(fd);
    std::optional<eval::ServedModel> model;
    try {
        setUpComputing();
        const json wanted = json::parse(request);
        model.emplace(wanted.at("checkpoint").get<std::string>(), wanted.at("index").get<std::string>());
        if (!serve::sendFrame(fd, {{{"ready", model->spec().toJson()}}, {}})) return 0;
    } catch (...) {
        const Error error = currentError("switchyard-worker");
        serve::sendFrame(fd, {{{"error", errorJson(error)}}, {}});
        return static_cast<int>(error.code());
    }
    for (std::optional<serve::Frame> next; (next = serve::receiveFrame(fd));) {
        if (!serve::sendFrame(fd, answerOf(*model, *next))) break;
    }
    return 0;
}

}  // namespace switchyard::worker
