// SPDX-License-Identifier: MIT
#include "core/base/util/error.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace switchyard {
namespace {

std::string joinLine(const std::string& what, const std::string& where, const std::string& fix) {
    std::string line;
    if (!where.empty()) line += where + ": ";
    line += what;
    if (!fix.empty()) line += ". " + fix;
    return line;
}

}  // namespace

const char* exitCodeName(ExitCode code) {
    switch (code) {
        case ExitCode::kDone: return "done";
        case ExitCode::kRunFailed: return "run_failed";
        case ExitCode::kUsage: return "usage";
        case ExitCode::kBadData: return "bad_data";
        case ExitCode::kIo: return "io";
        case ExitCode::kBadConfig: return "bad_config";
        case ExitCode::kPeerLost: return "peer_lost";
        case ExitCode::kHang: return "hang";
        case ExitCode::kNonFinite: return "non_finite";
        case ExitCode::kCorruptCheckpoint: return "corrupt_checkpoint";
        case ExitCode::kOutOfMemory: return "out_of_memory";
        case ExitCode::kInterrupted: return "interrupted";
    }
    return "unknown";
}

Error::Error(ExitCode code, std::string what, std::string where, std::string fix)
    : std::runtime_error(joinLine(what, where, fix)),
      code_(code),
      message_(std::move(what)),
      where_(std::move(where)),
      fix_(std::move(fix)) {}

std::string Error::toJson() const {
    const nlohmann::json error = {{"error",
                                   {{"code", static_cast<int>(code_)},
                                    {"name", exitCodeName(code_)},
                                    {"message", message_},
                                    {"where", where_},
                                    {"fix", fix_}}}};
    return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace switchyard
