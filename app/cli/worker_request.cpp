// SPDX-License-Identifier: MIT
#include "app/cli/worker_request.h"

#include "app/cli/output.h"
#include "core/base/launch/compute_request.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {

std::string absolute(const std::string& path) {
    return path.empty() ? path : fs::absolute(expandPath(path)).lexically_normal().string();
}

nlohmann::json askWorker(nlohmann::json request, const std::string& label) {
    for (auto it = request.begin(); it != request.end();) it = it->is_string() && *it == "" ? request.erase(it) : ++it;
    ProgressBar bar(label, 0);
    return launch::runComputeRequest(request, [&bar](std::int64_t done, std::int64_t total, const std::string& what) {
        bar.setNote(what);
        bar.update(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total));
    });
}

}  // namespace switchyard::cli
