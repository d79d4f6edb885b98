// SPDX-License-Identifier: MIT
// The gates as core/model/moe/gates.cpp and gate.cpp have them in evaluation.
#include <algorithm>

#include "core/export/script_source.h"

namespace switchyard::script {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// eps of the weights' type, as leastSum() in the core.
constexpr const char* kLeast = "1.1920928955078125e-07";

/// Choices `experts` [T, K] and their `weights` [T, K] before dropping.
std::string choices(const RunConfig::Moe& moe) {
    switch (moe.gate) {
        case GateKind::kSwitch:
            return R"(
    probs = torch.softmax(logits, -1)
    experts = torch.argmax(probs, -1, True)
    weights = torch.gather(probs, -1, experts)
)";
        case GateKind::kNoisyTopK:
            return R"(
    experts = torch.topk(logits, TOP, -1)[1]
    weights = torch.softmax(torch.gather(logits, -1, experts), -1)
)";
        case GateKind::kTopK:
            return std::string(moe.score == RouterScore::kSigmoid ? "\n    scores = torch.sigmoid(logits)\n"
                                                                  : "\n    scores = torch.softmax(logits, -1)\n") +
                   (moe.bias_balance > 0 ? "    wanted = torch.add(scores, self.router.bias)\n"
                                         : "    wanted = scores\n") +
                   R"(
    experts = torch.topk(wanted, TOP, -1)[1]
    weights = torch.gather(scores, -1, experts)
    weights = torch.div(weights, torch.clamp_min(torch.sum(weights, [-1], True), LEAST))
)";
        default:
            return R"(
    probs = torch.softmax(logits, -1)
    first = torch.argmax(probs, -1, True)
    second = torch.argmax(torch.scatter(logits, -1, first, float('-inf')), -1, True)
    experts = torch.cat([first, second], -1)
    weights = torch.gather(probs, -1, experts)
)";
    }
}

/// All first choices are placed before any second choice; a choice past its expert's last slot weighs 0.
std::string drops(const RunConfig::Moe& moe) {
    const std::string order =
        moe.drop == DropOrder::kPriority
            ? "torch.sort(torch.select(weights, 1, 0).to(7), stable=True, dim=0, descending=True)[1]"
            : "torch.arange(tokens, device=logits.device)";
    return replaced(R"(
    tokens = logits.size(0)
    capacity = max(SLOTS, torch.ceil(FACTOR * float(TOP * tokens) / float(EXPERTS)))
    order = ORDER
    placed = torch.zeros([EXPERTS], dtype=4, device=logits.device)
    dropped : List[Tensor] = []
    for k in range(TOP):
        expert = torch.index_select(torch.select(experts, 1, k), 0, order)
        taken = torch.one_hot(expert, EXPERTS)
        slots = torch.add(torch.sub(torch.cumsum(taken, 0), 1), placed)
        full = torch.ge(torch.squeeze(torch.gather(slots, 1, torch.unsqueeze(expert, 1)), 1), capacity)
        dropped.append(torch.scatter(torch.zeros_like(full), 0, order, full))
        placed = torch.add(placed, torch.sum(taken, [0]))
    weights = torch.masked_fill(weights, torch.stack(dropped, 1), 0)
)",
                    "ORDER", order);
}

/// Weights [T, E], 0 where an expert does not compute.
std::string route(const RunConfig::Moe& moe) {
    if (moe.gate == GateKind::kExpertChoice) {
        return R"(
def route(self, logits: Tensor) -> Tensor:
    probs = torch.softmax(logits, -1)
    tokens = logits.size(0)
    slots = min(tokens, torch.ceil(SHARE * float(TOP * tokens) / float(EXPERTS)))
    edge = torch.amin(torch.topk(probs, slots, 0)[0], [0], True)
    above = torch.gt(probs, edge)
    on = torch.eq(probs, edge)
    left = torch.rsub(torch.sum(above, [0], True), slots)
    chosen = torch.logical_or(above, torch.logical_and(on, torch.le(torch.cumsum(on, 0), left)))
    return torch.mul(probs, chosen)
)";
    }
    std::string code = std::string("\ndef route(self, logits: Tensor) -> Tensor:") + choices(moe);
    if (moe.eval_capacity_factor > 0) code += drops(moe);
    if (moe.gate == GateKind::kTop2)
        code += "    weights = torch.div(weights, torch.clamp_min(torch.sum(weights, [-1], True), LEAST))\n";
    return code + "    return torch.scatter(torch.zeros_like(logits), 1, experts, weights)\n";
}

std::string activation(const RunConfig::Moe& moe) {
    if (moe.activation == Activation::kSwiGlu) {
        return "            halves = torch.chunk(h, 2, -1)\n"
               "            h = torch.mul(torch.silu(halves[0]), halves[1])\n";
    }
    return moe.activation == Activation::kRelu ? "            h = torch.relu(h)\n" : "            h = torch.gelu(h)\n";
}

}  // namespace

std::string moeSource(const RunConfig::Moe& moe, std::int64_t dim) {
    const bool alone = moe.gate == GateKind::kExpertChoice || moe.eval_capacity_factor > 0;
    std::string code = route(moe) + R"(
def forward(self, x: Tensor, rows: Tensor, sizes: List[int]) -> Tensor:
    flat = torch.reshape(x, [-1, WIDTH])
    packed = torch.index_select(flat, 0, rows)
    logits = torch.linear(packed, self.router.weight)
)";
    code += alone ? R"(
    parts : List[Tensor] = []
    for part in torch.split_with_sizes(logits, sizes, 0):
        parts.append(self.route(part))
    weights = torch.cat(parts, 0)
)"
                  : "    weights = self.route(logits)\n";
    code += R"(
    chosen = torch.ne(weights, 0)
    sorted_rows = torch.select(torch.nonzero(torch.t(chosen)), 1, 1)
    counts : List[int] = torch.sum(chosen, [0]).tolist()
    y = torch.zeros_like(packed)
    begin = 0
    for e in range(EXPERTS):
        count = counts[e]
        if count > 0:
            row = torch.narrow(sorted_rows, 0, begin, count)
            h = torch.matmul(torch.index_select(packed, 0, row), torch.select(self.experts.w1, 0, e))
B1ACTIVATION            h = torch.matmul(h, torch.select(self.experts.w2, 0, e))
B2            weight = torch.index_select(torch.select(weights, 1, e), 0, row)
            y = torch.index_add(y, 0, row, torch.mul(h, torch.unsqueeze(weight, 1)))
            begin = begin + count
    return torch.reshape(torch.index_copy(torch.zeros_like(flat), 0, rows, y), x.size())
)";
    code = replaced(code, "B1ACTIVATION",
                    std::string(moe.bias ? "            h = torch.add(h, torch.select(self.experts.b1, 0, e))\n" : "") +
                        activation(moe));
    code = replaced(code, "B2", moe.bias ? "            h = torch.add(h, torch.select(self.experts.b2, 0, e))\n" : "");
    const std::int64_t top = moe.gate == GateKind::kSwitch ? 1 : moe.gate == GateKind::kTop2 ? 2 : moe.top_k;
    const std::vector<std::pair<std::string, std::string>> words = {
        {"LEAST", kLeast},
        {"FACTOR", literal(moe.eval_capacity_factor)},
        {"SHARE", literal(moe.eval_capacity_factor > 0 ? moe.eval_capacity_factor : 1.0)},
        {"SLOTS", std::to_string(moe.min_capacity)},
        {"EXPERTS", std::to_string(moe.experts)},
        {"TOP", std::to_string(top)},
        {"WIDTH", std::to_string(dim)}};
    for (const auto& [word, value] : words) {
        code = replaced(code, word, value);
    }
    return code;
}

}  // namespace switchyard::script
