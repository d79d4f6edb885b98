// SPDX-License-Identifier: MIT
#include "core/export/triton_config.h"

#include "core/base/io/jsonl.h"

namespace switchyard::script {
namespace {

constexpr int kLargestBatch = 64, kQueueMicroseconds = 500;

/// A message of one input or output, after its field's name.
void addPort(std::string* out, const char* field, const std::string& name, const Port& port, const char* labels) {
    out->append(field).append(" [\n  {\n    # ").append(port.name);
    out->append("\n    name: \"").append(name);
    out->append("\"\n    data_type: ").append(port.integers ? "TYPE_INT64" : "TYPE_FP32").append("\n    dims: [");
    const std::vector<std::int64_t> one = {1};
    bool first = true;
    for (const std::int64_t side : port.dims.empty() ? one : port.dims) {
        out->append(first ? " " : ", ").append(std::to_string(side));
        first = false;
    }
    out->append(" ]\n");
    if (labels != nullptr) out->append("    label_filename: \"").append(labels).append("\"\n");
    out->append("  }\n]\n");
}

}  // namespace

std::string tritonConfig(const Function& function) {
    std::string out = "# Made by switchyard " SWITCHYARD_VERSION ": ckpt export --format triton\nname: \"";
    out.append(function.served_as).append("\"\nplatform: \"pytorch_libtorch\"\nmax_batch_size: ");
    out.append(std::to_string(kLargestBatch)).append("\n");
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
        addPort(&out, "input", std::string("INPUT__").append(std::to_string(i)), function.inputs[i], nullptr);
    addPort(&out, "output", "OUTPUT__0", function.output, function.classes.empty() ? nullptr : kLabelsFile);
    out.append("dynamic_batching {\n  max_queue_delay_microseconds: ").append(std::to_string(kQueueMicroseconds));
    return out.append("\n}\n");
}

std::string labelLines(const std::vector<std::string>& classes) {
    std::string out;
    for (const std::string& name : classes) out += io::escapeForDisplay(name) + "\n";
    return out;
}

}  // namespace switchyard::script
