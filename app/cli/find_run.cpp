// SPDX-License-Identifier: MIT
#include "app/cli/find_run.h"

#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {

fs::path runsFolder(const std::string& runs_dir) {
    return runs_dir.empty() ? dataHome() / "runs" : expandPath(runs_dir);
}

runs::RunStatus findRun(const std::string& run, const std::string& runs_dir) {
    for (const fs::path& folder : {expandPath(run), runsFolder(runs_dir) / run}) {
        fs::path dir = fs::absolute(folder).lexically_normal();
        if (!dir.has_filename()) dir = dir.parent_path();  // "run/"
        if (runs::looksLikeRun(dir)) return runs::readStatus(dir);
    }
    throw Error(ExitCode::kUsage, "there is no run of that name", run, "See `switchyard runs list`");
}

}  // namespace switchyard::cli
