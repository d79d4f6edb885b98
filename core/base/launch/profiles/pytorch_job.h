// SPDX-License-Identifier: MIT
// A run as manifests for kubectl: a PyTorchJob of Kubeflow's training operator (kubeflow.org/v1), and a ConfigMap with
// the prepared run.
#pragma once

#include <string>

#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

/// Two YAML documents, applied together. The run folder is MOUNT/NAME of the profile's volume, which every replica
/// mounts; the operator sets each one's place among them. Throws: Error(kBadConfig) when the prepared files are larger
/// than a ConfigMap may be.
std::string pytorchJobManifest(const Profile& profile, const PreparedRun& run);

}  // namespace switchyard::launch
