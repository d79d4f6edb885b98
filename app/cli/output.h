// SPDX-License-Identifier: MIT
// What every command prints with: the --json flag, colour, a progress bar. Data goes to stdout, messages and
// progress to stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::cli {

/// Adds `--json` to a command. `json` must live as long as the app.
void addJsonFlag(CLI::App& command, bool& json);

/// Adds `--set KEY=VALUE`, which may be repeated. `sets` must live as long as the app.
void addSetOption(CLI::App& command, std::vector<std::string>& sets,
                  const std::string& text = "Override a key: section.key=value (repeatable)");

/// Whether a stream is a terminal.
bool stdoutIsTerminal();
bool stderrIsTerminal();

enum class Style { kBold, kDim, kRed, kGreen, kYellow, kBlue };
/// `text` in a style when `terminal` is true and NO_COLOR is not set, else `text` itself.
std::string styled(std::string_view text, Style style, bool terminal);

/// Prints a JSON value and a line end to stdout; bytes that are no UTF-8 become U+FFFD. Indented by two when
/// `pretty`, else in one line (for streams of objects), and flushed.
void printJson(const nlohmann::json& value, bool pretty = true);

/// "1.2 MB" with decimal units; "940 B".
std::string formatBytes(std::uint64_t bytes);
/// "12 s", "3 min 05 s", "2 h 10 min".
std::string formatDuration(double seconds);

/// One line on stderr that is drawn over: "importing  [#####.....]  52 %  1040/2000  ETA 12 s".
/// Nothing is drawn when stderr is no terminal. The line is cleared when the object goes.
/// Thread: one thread at a time.
class ProgressBar {
public:
    /// @param total  0 = not known: only the count and the time passed are shown
    ProgressBar(std::string label, std::uint64_t total);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// Cheap: draws ten times a second at most. `total` may be changed when it becomes known.
    void update(std::uint64_t done, std::uint64_t total);
    void update(std::uint64_t done) { update(done, total_); }
    /// Text at the end of the line, e.g. "loss 3.21".
    void setNote(std::string note) { note_ = std::move(note); }
    /// Removes the line, so that other output can be printed; the next update draws it again.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    void draw(double elapsed_s);

    std::string label_;
    std::string note_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    bool active_;
    bool drawn_ = false;
    Clock::time_point start_;
    Clock::time_point last_draw_;
};

}  // namespace switchyard::cli
