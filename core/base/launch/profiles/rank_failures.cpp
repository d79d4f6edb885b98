// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/rank_failures.h"

#include <nlohmann/json.hpp>
#include <tuple>

#include "core/base/io/safe_file.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/clock.h"

namespace switchyard::launch {
namespace {

namespace fs = std::filesystem;

/// Files crash/rank-N.json with N.
std::vector<std::pair<int, fs::path>> failureFiles(const runs::RunPaths& paths) {
    std::vector<std::pair<int, fs::path>> files;
    std::error_code error;
    for (fs::directory_iterator it(paths.crash(), error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with("rank-") && name.ends_with(".json"))
            files.emplace_back(std::atoi(name.c_str() + 5), it->path());
    }
    return files;
}

}  // namespace

void writeRankFailure(const runs::RunPaths& paths, int rank, const Error& error) noexcept {
    try {
        fs::create_directories(paths.crash());
        const nlohmann::json json = {{"rank", rank},
                                     {"at", wallTime()},
                                     {"code", static_cast<int>(error.code())},
                                     {"message", error.message()},
                                     {"where", error.where()},
                                     {"fix", error.fix()}};
        io::writeAtomically(paths.rankFailure(rank),
                            json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } catch (...) {  // NOLINT(bugprone-empty-catch): its log has it too
    }
}

void forgetRankFailure(const runs::RunPaths& paths, int rank) noexcept {
    std::error_code ignored;
    fs::remove(paths.rankFailure(rank), ignored);
}

void forgetRankFailures(const runs::RunPaths& paths) noexcept {
    std::error_code ignored;
    for (const auto& [rank, file] : failureFiles(paths)) fs::remove(file, ignored);
}

std::optional<Cause> firstRankFailure(const runs::RunPaths& paths) {
    std::optional<Cause> first;
    std::tuple<bool, double> best;
    for (const auto& [rank, file] : failureFiles(paths)) {
        const std::optional<nlohmann::json> json = runs::readObject(file);
        if (!json) continue;
        const int code = runs::field(*json, "code", 1);
        const std::tuple<bool, double> place{code == static_cast<int>(ExitCode::kPeerLost),
                                             runs::field(*json, "at", 0.0)};
        if (first && best <= place) continue;
        best = place;
        const std::string where = runs::field(*json, "where", "");
        first = Cause{rank, code, 0, (where.empty() ? "" : where + ": ") + runs::field(*json, "message", ""),
                      runs::field(*json, "fix", "")};
    }
    return first;
}

}  // namespace switchyard::launch
