// SPDX-License-Identifier: MIT
#include "core/base/util/paths.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "core/base/util/error.h"

namespace switchyard {
namespace {

/// An environment variable that is set and not empty, else "".
std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

fs::path homeDir() {
    if (std::string home = variable("HOME"); !home.empty()) return home;
    const passwd* entry = getpwuid(getuid());
    if (entry != nullptr && entry->pw_dir != nullptr && *entry->pw_dir != '\0') return entry->pw_dir;
    throw Error(ExitCode::kIo, "No home folder is known", {}, "Set HOME");
}

/// An XDG base folder. The specification says that relative paths in these variables are to be ignored.
fs::path xdgDir(const char* name, const char* below_home) {
    const fs::path value = variable(name);
    return (value.is_absolute() ? value : homeDir() / below_home) / "switchyard";
}

/// A private folder in /tmp; one that someone else made, or that others may write to, is refused.
fs::path privateTempDir() {
    const fs::path dir = fs::temp_directory_path() / ("switchyard-" + std::to_string(getuid()));
    if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Error(ExitCode::kIo, "Could not make the run-time folder", dir.string(), "Set XDG_RUNTIME_DIR");
    }
    struct stat info {};
    if (lstat(dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != getuid() ||
        (info.st_mode & 077) != 0) {
        throw Error(ExitCode::kIo, "The run-time folder is not a private folder of this user", dir.string(),
                    "Remove it or set XDG_RUNTIME_DIR");
    }
    return dir;
}

fs::path shippedDir(const char* name) {
    std::error_code ignored;
    const fs::path installed = executableDir().parent_path() / "share" / "switchyard" / name;
    if (fs::is_directory(installed, ignored)) return installed;
    return fs::path(SWITCHYARD_SOURCE_DIR) / name;
}

}  // namespace

fs::path dataHome() {
    return xdgDir("XDG_DATA_HOME", ".local/share");
}
fs::path cacheHome() {
    return xdgDir("XDG_CACHE_HOME", ".cache");
}
fs::path configHome() {
    return xdgDir("XDG_CONFIG_HOME", ".config");
}
fs::path stateHome() {
    return xdgDir("XDG_STATE_HOME", ".local/state");
}

fs::path runtimeDir() {
    const fs::path base = variable("XDG_RUNTIME_DIR");
    if (base.is_absolute()) return base / "switchyard";
    return privateTempDir();
}

fs::path executableDir() {
    std::error_code failure;
    const fs::path program = fs::read_symlink("/proc/self/exe", failure);
    if (failure) throw Error(ExitCode::kIo, "Could not find the program's own folder: " + failure.message());
    return program.parent_path();
}

fs::path resourcesDir() {
    if (std::string given = variable("SWITCHYARD_RESOURCES"); !given.empty()) return given;
    return shippedDir("resources");
}

fs::path configsDir() {
    // SWITCHYARD_RESOURCES names the resources folder; the configs are shipped beside it.
    if (const fs::path given = variable("SWITCHYARD_RESOURCES"); !given.empty()) {
        const fs::path absolute = fs::absolute(given).lexically_normal();
        const fs::path parent = absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
        std::error_code ignored;
        if (fs::is_directory(parent / "configs", ignored)) return parent / "configs";
    }
    return shippedDir("configs");
}

fs::path expandPath(std::string_view text) {
    if (text == "~") return homeDir();
    if (text.rfind("~/", 0) == 0) return homeDir() / text.substr(2);
    if (text == "@data") return dataHome() / "data";
    if (text.rfind("@data/", 0) == 0) return dataHome() / "data" / text.substr(6);
    return fs::path(text);
}

}  // namespace switchyard
