// SPDX-License-Identifier: MIT
#include "core/base/runs/queue_ticket.h"

#include <unistd.h>

#include <array>

#include "core/base/io/safe_file.h"
#include "core/base/runs/run_folder.h"
#include "core/base/runs/small_file.h"

namespace switchyard::runs {

std::optional<QueueTicket> readTicket(const std::filesystem::path& run_dir) {
    const std::optional<nlohmann::json> json = readObject(RunPaths(run_dir).queueTicket());
    if (!json) return std::nullopt;
    QueueTicket ticket;
    ticket.queued_at = field(*json, "queued_at", 0.0);
    ticket.host = field(*json, "host", "");
    ticket.dir = field(*json, "dir", "");
    ticket.command = field(*json, "command", std::vector<std::string>{});
    ticket.bind = field(*json, "bind", "127.0.0.1");
    ticket.resume_checkpoint = field(*json, "resume_checkpoint", "");
    ticket.older_too = field(*json, "older_too", false);
    std::error_code error;
    const bool here = std::filesystem::equivalent(ticket.dir, run_dir, error) && !error;
    if (!here) return std::nullopt;
    return ticket;
}

void writeTicket(const std::filesystem::path& run_dir, const QueueTicket& ticket) {
    const nlohmann::json json = {
        {"queued_at", ticket.queued_at}, {"host", ticket.host}, {"dir", ticket.dir},
        {"command", ticket.command},     {"bind", ticket.bind}, {"resume_checkpoint", ticket.resume_checkpoint},
        {"older_too", ticket.older_too}};
    io::writeAtomically(RunPaths(run_dir).queueTicket(),
                        json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::string hostName() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace switchyard::runs
