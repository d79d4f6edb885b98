// SPDX-License-Identifier: MIT
#include "core/base/plan/step_time.h"

#include <algorithm>
#include <cmath>

namespace switchyard::plan {
namespace {

/// Cores or GPUs that a rank computes with, and how many ranks share one machine's memory.
struct Share {
    double cores = 1, memory = 1, waiting = 1;
};

Share shareOf(const Hardware& hardware, const RunConfig& config, const Layout& layout) {
    if (hardware.gpu) return {};
    const double local = std::min(layout.ranks, layout.ranks_per_node), cores = hardware.cores;
    const double threads = config.parallel.threads > 0 ? static_cast<double>(config.parallel.threads)
                                                       : std::max(1.0, std::floor(cores / local));
    return {std::min(threads, cores / local), 1 / local, std::max(1.0, local / cores)};
}

/// Which ranks a collective is among: all, those that share out experts, or those that hold the same ones.
enum class Group { kWorld, kExperts, kReplicas };
Group groupOf(const Collective& of, const Layout& layout) {
    if (of.ranks == layout.ranks) return Group::kWorld;
    const bool experts = of.kind == CollectiveKind::kAllToAll || of.name == "gradient_norm";
    return experts ? Group::kExperts : Group::kReplicas;
}

/// Share of what a rank sends that leaves its machine. Rings go in the order of the ranks.
double leaving(const Collective& of, const Layout& layout) {
    const int node = layout.ranks_per_node, step = groupOf(of, layout) == Group::kReplicas ? layout.expert : 1;
    const auto nodeOf = [&](int member) { return member * step / node; };
    int out = 0, all = 0;
    for (int member = 0; member < of.ranks; ++member) {
        if (of.kind != CollectiveKind::kAllToAll) {
            out += nodeOf(member) != nodeOf((member + 1) % of.ranks) ? 1 : 0;
            ++all;
        } else {  // to each of the others alike; the first rank's are counted
            out += nodeOf(member) != 0 ? 1 : 0;
            all += member > 0 ? 1 : 0;
        }
    }
    return all == 0 ? 0 : static_cast<double>(out) / all;
}

double secondsOf(const Link& link, double messages, double bytes) {
    return messages * link.latency_us * 1e-6 + bytes / (link.gb_per_s * 1e9);
}

/// As it is where so many ranks share a core: bytes wait for it, and messages for whoever has to be woken.
Link crowded(Link link, double ranks_a_core) {
    if (ranks_a_core <= 1) return link;
    const double twice = link.crowded_latency_us > 0 ? link.crowded_latency_us : 2 * link.latency_us;
    link.latency_us += (twice - link.latency_us) * (ranks_a_core - 1);
    link.gb_per_s /= ranks_a_core;
    return link;
}

/// Of all calls of one collective.
double secondsOf(const Hardware& hardware, const Layout& layout, const Collective& of, const Exchanged& sum) {
    if (of.ranks == 1) return 0;
    const double hops = std::ceil(std::log2(of.ranks)), sent = sentBytes(of, sum), out = leaving(of, layout);
    const double messages = static_cast<double>(sum.count) * hops;
    if (out == 0) return secondsOf(hardware.node, messages, sent);
    if (of.kind == CollectiveKind::kAllToAll)
        return std::max(secondsOf(hardware.network, messages, sent * out),
                        secondsOf(hardware.node, 0, sent * (1 - out)));
    // One ring for each rank of a machine, so that every one's way out is used.
    const int members = std::max(
        1, std::min(of.ranks, layout.ranks_per_node / (groupOf(of, layout) == Group::kReplicas ? layout.expert : 1)));
    Link slow = hardware.network;
    slow.gb_per_s = std::min(slow.gb_per_s * members, hardware.node.gb_per_s);
    return secondsOf(slow, messages, sent);
}

/// What a CPU reads and writes to put tensors one after another for an exchange and to take them apart again: gradients
/// of every sharding (read once more to see whether they are finite), updated weights of those that do not keep them
/// so.
double packedBytes(const RunConfig& config, const Traffic& traffic) {
    double bytes = 0;
    for (const auto& [of, sum] : traffic.sums()) {
        if (of.ranks == 1) continue;
        if (of.name == "gradients") bytes += 3 * sum.bytes;
        if (of.name == "weights" && config.parallel.shard != Shard::kFsdp) bytes += 2 * sum.bytes;
    }
    return bytes;
}

}  // namespace

LinkBytes linkBytes(const Traffic& traffic, const Layout& layout, double steps) {
    LinkBytes links;
    for (const auto& [of, sum] : traffic.sums()) {
        const double sent = sentBytes(of, sum) / steps, out = leaving(of, layout);
        links.other_nodes += sent * out;
        links.same_node += sent * (1 - out);
    }
    return links;
}

StepTime stepTime(const Hardware& given, const RunConfig& config, const Layout& layout, const Work& work,
                  const Traffic& traffic, double steps) {
    const Share share = shareOf(given, config, layout);
    Hardware hardware = given;
    hardware.node = crowded(given.node, share.waiting);
    hardware.network = crowded(given.network, share.waiting);
    const Precision precision = config.train.precision;
    const double width = precision == Precision::kFp64 ? 8 : precision == Precision::kFp32 ? 4 : 2;
    const double bandwidth = hardware.memorySpeed(share.cores, share.memory);
    StepTime time;
    for (const auto& [product, count] : work.products) {
        const double speed = hardware.speedOf(precision, product.flops()) * 1e9 * share.cores * hardware.reached;
        const double bytes = width * (product.rows * (product.in + product.out) + product.in * product.out);
        time.products += count * std::max(product.flops() / speed, bytes / bandwidth);
    }
    time.memory = work.moved_bytes / hardware.tensorSpeed(precision, share.cores, share.memory);
    if (!hardware.gpu) time.memory += packedBytes(config, traffic) / steps / bandwidth;
    time.operations = work.operations * hardware.operation_us * 1e-6 * share.waiting;
    // Weight, gradient and both moments are read, all but the gradient written; gradients are looked at once before,
    // and read and written when they are made the mean of the ranks and when they are clipped.
    const double moment = config.optim.state_dtype == StoredType::kBf16 ? 2 : 4;
    const double scaled = (layout.ranks > 1 ? 8 : 0) + (config.optim.grad_clip > 0 ? 8 : 0);
    time.update = work.updated * (4 * 4 + 4 * moment + scaled) / bandwidth;
    double may_hide = 0;
    for (const auto& [of, sum] : traffic.sums()) {
        const double seconds = secondsOf(hardware, layout, of, sum) / steps / hardware.reached;
        time.exchange += seconds;
        if (of.name == "gradients" || (of.name == "weights" && config.parallel.shard == Shard::kFsdp))
            may_hide += seconds;
    }
    if (hardware.gpu) time.hidden = std::min(may_hide, time.products + time.memory);
    return time;
}

}  // namespace switchyard::plan
