// SPDX-License-Identifier: MIT
// What commands that ask a worker process have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::cli {

/// The whole path, "" for "": the worker is another process, and a person's folder is this one's.
std::string absolute(const std::string& path);

/// The worker's answer, with a progress bar of this label meanwhile. Empty strings of the request are left out.
nlohmann::json askWorker(nlohmann::json request, const std::string& label);

}  // namespace switchyard::cli
