// SPDX-License-Identifier: MIT
// Helpers of the core/base tests.
#pragma once

#include <QTemporaryDir>
#include <QtTest>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/util/error.h"

namespace switchyard::test {

namespace fs = std::filesystem;

/// A folder that goes with the test.
class TempFolder {
public:
    fs::path path() const { return dir_.path().toStdString(); }
    fs::path operator/(const std::string& name) const { return path() / name; }
    fs::path write(const std::string& name, const std::string& content) const {
        const fs::path file = path() / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }

private:
    QTemporaryDir dir_;
};

inline std::string readFile(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::vector<std::uint8_t> toBytes(const std::string& text) {
    return {text.begin(), text.end()};
}

/// The Error that `call` throws; nothing when it throws none.
inline std::optional<Error> errorOf(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Checks that `call` throws an Error of `expected` whose line holds `part`.
inline bool throwsError(ExitCode expected, const std::string& part, const std::function<void()>& call) {
    const std::optional<Error> error = errorOf(call);
    if (!error) {
        qWarning("no error was thrown");
        return false;
    }
    const bool right = error->code() == expected && contains(error->what(), part);
    if (!right) qWarning("got instead: %s (%s)", error->what(), exitCodeName(error->code()));
    return right;
}

}  // namespace switchyard::test
