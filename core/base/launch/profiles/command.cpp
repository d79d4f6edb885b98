// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/command.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "core/base/io/file_descriptor.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr std::size_t kMostRead = 4 << 20;

/// A file in memory: a program can write as much as it likes without anyone reading beside it.
io::FileDescriptor memoryFile(const char* name) {
    io::FileDescriptor fd(memfd_create(name, MFD_CLOEXEC));
    if (!fd.valid())
        throw Error(ExitCode::kIo, std::string("no memory for a program's words: ") + std::strerror(errno));
    return fd;
}

std::string contentOf(const io::FileDescriptor& file) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (text.size() < kMostRead) {
        const ssize_t count = pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (count <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

void fill(const io::FileDescriptor& file, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = write(file.get(), text.data() + done, text.size() - done);
        if (count <= 0)
            throw Error(ExitCode::kIo, std::string("no memory for a program's input: ") + std::strerror(errno));
        done += static_cast<std::size_t>(count);
    }
    lseek(file.get(), 0, SEEK_SET);
}

}  // namespace

std::string findProgram(const std::string& name) {
    if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? name : "";
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string file = (std::filesystem::path(folder.empty() ? "." : folder) / name).string();
        if (access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file)) return file;
    }
    return {};
}

std::string CommandResult::complaint() const {
    if (timed_out) return "it did not answer";
    for (const std::string* text : {&err, &out}) {
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            if (line.find_first_not_of(" \t\r") != std::string::npos) return line;
        }
    }
    return "exit code " + std::to_string(status.code);
}

CommandResult runCommand(std::vector<std::string> argv, std::chrono::milliseconds limit, const std::string& input,
                         int output_fd) {
    const std::string program = findProgram(argv.front());
    if (program.empty())
        throw Error(ExitCode::kIo, "the program is not on this machine", argv.front(),
                    "Install it, or add its folder to PATH");
    const io::FileDescriptor in = memoryFile("in"), out = memoryFile("out"), err = memoryFile("err");
    fill(in, input);
    SpawnOptions options;
    options.argv = std::move(argv);
    options.argv.front() = program;
    options.input_fd = in.get();
    options.output_fd = output_fd >= 0 ? output_fd : out.get();
    options.error_fd = err.get();
    ChildProcess child = ChildProcess::spawn(options);
    const auto end = std::chrono::steady_clock::now() + limit;
    CommandResult result;
    while (!child.tryWait(&result.status)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            result.timed_out = true;
            result.status = child.terminate(std::chrono::milliseconds(200));
            break;
        }
        pollfd ended{child.pidfd(), POLLIN, 0};
        poll(&ended, 1, static_cast<int>(left.count()));
    }
    result.out = contentOf(out);
    result.err = contentOf(err);
    return result;
}

std::string shellQuoted(const std::string& word) {
    const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || std::strchr("_./:=,@%+-", c) != nullptr; };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string shellQuoted(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + shellQuoted(word);
    return line;
}

}  // namespace switchyard::launch
