// SPDX-License-Identifier: MIT
#include "core/base/launch/crash_report.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

namespace fs = std::filesystem;

constexpr std::streamoff kTailBytes = 64 << 10;
constexpr std::size_t kTailLines = 50;
constexpr std::size_t kLongestLine = 2000;

/// The last bytes of a file.
std::string tailOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const std::streamoff size = in.tellg(), from = std::max<std::streamoff>(0, size - kTailBytes);
    std::string text(static_cast<std::size_t>(size - from), '\0');
    in.seekg(from);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return text;
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string escapedLines(const std::string& text, std::size_t most) {
    const std::vector<std::string> lines = linesOf(text);
    std::string out;
    for (std::size_t i = lines.size() > most ? lines.size() - most : 0; i < lines.size(); ++i) {
        out += "    " + io::escapeForDisplay(lines[i].substr(0, kLongestLine)) + "\n";
    }
    return out;
}

/// A log that was cut a moment ago has its last lines in the part that was kept.
std::string lastOfLog(const fs::path& log) {
    const std::string last = tailOf(log);
    if (linesOf(last).size() > kTailLines) return last;
    return tailOf(log.string() + ".1") + last;
}

std::string howItEnded(const RankState& rank, int number) {
    std::string text =
        rank.ended ? describeEnd(number, rank.status) : "rank " + std::to_string(number) + " was still there";
    if (rank.ended_by_us) text = "rank " + std::to_string(number) + " was ended with the others";
    text += ", at step " + std::to_string(rank.step);
    if (!rank.doing.empty()) text += ", last seen in " + rank.doing;
    if (!rank.error.is_null()) text += "\n    said: " + rank.error.value("message", "");
    return text;
}

std::string versions() {
    utsname system{};
    uname(&system);
    return std::string("switchyard ") + SWITCHYARD_VERSION + ", GCC " + __VERSION__ + ", " + system.sysname + " " +
           system.release + " " + system.machine + ", " + std::to_string(std::thread::hardware_concurrency()) +
           " cores";
}

fs::path freeName(const fs::path& folder) {
    for (int number = 1;; ++number) {
        fs::path file = folder / ("failure-" + std::to_string(number) + ".txt");
        if (!fs::exists(file)) return file;
    }
}

std::string timeText() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z", &local);
    return text.data();
}

}  // namespace

std::filesystem::path writeCrashReport(const runs::RunPaths& paths, const Cause& cause,
                                       const std::vector<RankState>& ranks, std::int64_t step) {
    try {
        std::string text = "Switchyard: a run failed\n";
        text += "time       " + timeText() + "\n";
        text += "run        " + io::escapeForDisplay(paths.dir.string()) + "\n";
        text += "cause      " + io::escapeForDisplay(cause.message) + "\n";
        if (cause.rank >= 0) text += "rank       " + std::to_string(cause.rank) + "\n";
        text +=
            "exit code  " + std::to_string(cause.code) + " (" + exitCodeName(static_cast<ExitCode>(cause.code)) + ")\n";
        if (!cause.fix.empty()) text += "fix        " + io::escapeForDisplay(cause.fix) + "\n";
        text += "step       " + std::to_string(step) + "\n";
        text += "versions   " + versions() + "\n";
        for (std::size_t i = 0; i < ranks.size(); ++i) {
            const int number = static_cast<int>(i);
            text += "\n== Rank " + std::to_string(i) + "\n" + howItEnded(ranks[i], number) + "\n";
            if (const std::string crash = tailOf(paths.rankCrash(number)); !crash.empty()) {
                text += "  crash/rank-" + std::to_string(i) + ".txt:\n" + escapedLines(crash, 500);
            }
            text += "  last lines of its log:\n" + escapedLines(lastOfLog(paths.rankLog(number)), kTailLines);
        }
        text += "\n== config.resolved.yaml\n" + escapedLines(io::readText(paths.resolvedConfig(), 1 << 20), 100'000);
        fs::create_directories(paths.crash());
        fs::path file = freeName(paths.crash());
        io::writeAtomically(file, text);
        return file;
    } catch (const std::exception&) {
        return {};  // a full disk: the run's result says what matters
    }
}

void removeEmptyCrashFiles(const runs::RunPaths& paths, std::size_t ranks) {
    std::error_code error;
    for (std::size_t i = 0; i < ranks; ++i) {
        const fs::path file = paths.rankCrash(static_cast<int>(i));
        if (fs::file_size(file, error) == 0 && !error) fs::remove(file, error);
    }
    fs::remove(paths.crash(), error);  // only when it is empty
}

}  // namespace switchyard::launch
