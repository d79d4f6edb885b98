// SPDX-License-Identifier: MIT
#include "app/cli/plan_output.h"

#include <cstdint>
#include <cstdio>

namespace switchyard::cli {

std::vector<Row> rowsOf(const plan::RankBytes& bytes) {
    return {{"weights", bytes.weights},         {"gradients", bytes.gradients},   {"optimizer", bytes.optimizer},
            {"activations", bytes.activations}, {"all_to_all", bytes.all_to_all}, {"data", bytes.data},
            {"checkpoint", bytes.checkpoint},   {"process", bytes.process},       {"kept", bytes.kept}};
}

std::int64_t whole(double bytes) {
    return static_cast<std::int64_t>(bytes + 0.5);
}

nlohmann::json bytesJson(const plan::RankBytes& bytes) {
    nlohmann::json object;
    for (const auto& [name, value] : rowsOf(bytes)) object[std::string(name) + "_bytes"] = whole(value);
    return object;
}

std::string binary(double bytes) {
    char text[32];
    const double mib = bytes / (1 << 20);
    if (mib >= 1024)
        std::snprintf(text, sizeof text, "%.2f GiB", mib / 1024);
    else
        std::snprintf(text, sizeof text, "%.1f MiB", mib);
    return text;
}

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

}  // namespace switchyard::cli
