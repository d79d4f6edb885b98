// SPDX-License-Identifier: MIT
// Where files live: the XDG folders, and the two prefixes a config path may start with.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace switchyard {

namespace fs = std::filesystem;

/// $XDG_DATA_HOME/switchyard (imported pictures, runs started from the window).
fs::path dataHome();
/// $XDG_CACHE_HOME/switchyard (LibTorch, downloads, trained tokenizers, retrieval indexes).
fs::path cacheHome();
/// $XDG_CONFIG_HOME/switchyard.
fs::path configHome();
/// $XDG_STATE_HOME/switchyard.
fs::path stateHome();
/// $XDG_RUNTIME_DIR/switchyard, or a 0700 folder under /tmp when the variable is not set.
fs::path runtimeDir();

/// Folder of the running executable (used to find switchyard-worker and the resources beside it).
fs::path executableDir();
/// Shipped read-only files (demo checkpoint, configs): SWITCHYARD_RESOURCES, else beside the
/// executable (../share/switchyard), else the source tree it was built from.
fs::path resourcesDir();
/// The `configs` folder shipped with the program, found by the same rule.
fs::path configsDir();

/// Expands "~/x" to the home folder and "@data/x" to dataHome()/data/x; other paths come back as given.
fs::path expandPath(std::string_view text);

}  // namespace switchyard
