// SPDX-License-Identifier: MIT
// A machine by its figures: public ones, or measured by `switchyard doctor --profile`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::plan {

/// Time of an exchange: the latency once a message, then bytes over the bandwidth.
struct Link {
    double latency_us = 0, gb_per_s = 0;
    double crowded_latency_us = 0;  ///< where two ranks share each core and so have to be woken; 0: twice as long
};

/// configs/hardware/*.yaml, docs/planning.md.
struct Hardware {
    /// Speed of products of about this many operations (2 x rows x in x out).
    struct Speed {
        double gflop = 0, gflops = 0;
    };
    std::string name;
    bool gpu = false;
    double memory_bytes = 0;                             ///< of a rank's device, or of the machine
    int cores = 1;                                       ///< of a machine without GPUs: its ranks share them
    std::map<std::string, std::vector<Speed>> products;  ///< by "fp32" and "bf16", of one core or one GPU, rising
    double memory_gb_per_s = 0;                          ///< of a GPU, or of the machine
    double core_memory_gb_per_s = 0;                     ///< what one core can draw of it; 0: all of it, as a GPU's
    /// Written and read by one core's operations between products (norms, activations, sums, conversions): they compute
    /// too. By "fp32" and "bf16"; empty: as fast as memory is.
    std::map<std::string, double> tensor_gb_per_s;
    double operation_us = 0;  ///< of a tensor operation, whatever its size
    double reached = 1;       ///< share of the figures that programs reach; 1 where they were measured
    int ranks_per_node = 1;
    Link node, network;  ///< between two ranks of a machine, and of two machines

    /// Of one product on one core or GPU, before `reached`. Between two figures on the line through their logarithms.
    double speedOf(Precision precision, double flops) const;
    /// Bytes a second that a rank with so much of a core (or a GPU) and so much of the machine's memory moves.
    double memorySpeed(double cores, double share) const;
    double tensorSpeed(Precision precision, double cores, double share) const;
};

/// A profile of configs/hardware by its name ("h100-sxm"), or a file. Throws: Error(kIo | kBadConfig).
Hardware readHardware(const std::string& name_or_file);
/// Names of the profiles that are shipped.
std::vector<std::string> hardwareNames();

/// As a profile's text, for readHardware.
std::string toYaml(const Hardware& hardware);

}  // namespace switchyard::plan
