// SPDX-License-Identifier: MIT
#include "core/base/runs/trash.h"

#include "core/base/runs/run_status.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

/// `wanted`, or "NAME-2", ... when that is taken.
fs::path freeName(const fs::path& wanted) {
    fs::path name = wanted;
    for (int number = 2; fs::exists(fs::symlink_status(name)); ++number) {
        name = wanted;
        name += "-" + std::to_string(number);
    }
    return name;
}

}  // namespace

fs::path trashFolder(const fs::path& runs_dir) {
    return runs_dir / ".trash";
}

fs::path moveToTrash(const fs::path& run_dir) {
    const RunStatus status = readStatus(run_dir);
    if (isLive(status.state) || status.job) {
        throw Error(
            ExitCode::kUsage, "the run is live", status.name,
            status.elsewhere ? "Stop it where it was started" : "Stop it first: switchyard runs stop " + status.name);
    }
    std::error_code error;
    const fs::path trash = trashFolder(run_dir.parent_path());
    fs::create_directories(trash, error);
    if (error) throw Error(ExitCode::kIo, "can not make the trash folder: " + error.message(), trash.string());
    const fs::path target = freeName(trash / run_dir.filename());
    fs::rename(run_dir, target, error);
    if (error) throw Error(ExitCode::kIo, "can not move the run to the trash: " + error.message(), run_dir.string());
    return target;
}

fs::path restoreFromTrash(const fs::path& trashed, const fs::path& run_dir) {
    std::error_code error;
    const fs::path target = freeName(run_dir);
    fs::rename(trashed, target, error);
    if (error) {
        throw Error(ExitCode::kIo, "can not bring the run back: " + error.message(), trashed.string(),
                    "It is still in the trash");
    }
    return target;
}

}  // namespace switchyard::runs
