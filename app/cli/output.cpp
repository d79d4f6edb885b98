// SPDX-License-Identifier: MIT
#include "app/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace switchyard::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kBarWidth = 24;

std::size_t terminalWidth() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

const char* styleCode(Style style) {
    switch (style) {
        case Style::kBold:
            return "1";
        case Style::kDim:
            return "2";
        case Style::kRed:
            return "31";
        case Style::kGreen:
            return "32";
        case Style::kYellow:
            return "33";
        case Style::kBlue:
            return "34";
    }
    return "0";
}

}  // namespace

void addJsonFlag(CLI::App& command, bool& json) {
    command.add_flag("--json", json, "Print the result as JSON on stdout");
}

void addSetOption(CLI::App& command, std::vector<std::string>& sets, const std::string& text) {
    // One value an option: what follows it is the next argument.
    command.add_option("--set", sets, text)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->take_all()
        ->type_name("KEY=VALUE");
}

bool stdoutIsTerminal() {
    return isatty(STDOUT_FILENO) == 1;
}
bool stderrIsTerminal() {
    return isatty(STDERR_FILENO) == 1;
}

std::string styled(std::string_view text, Style style, bool terminal) {
    const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org: set and not empty
    if (!terminal || (no_color != nullptr && *no_color != '\0')) return std::string(text);
    return "\x1b[" + std::string(styleCode(style)) + "m" + std::string(text) + "\x1b[0m";
}

void printJson(const nlohmann::json& value, bool pretty) {
    std::cout << value.dump(pretty ? 2 : -1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    std::cout.flush();
}

std::string formatBytes(std::uint64_t bytes) {
    static constexpr std::array<const char*, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
    if (bytes < 1000) return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
    return text.data();
}

std::string formatDuration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
    const auto total = static_cast<std::int64_t>(std::lround(seconds));
    std::array<char, 48> text{};
    if (total < 60) {
        std::snprintf(text.data(), text.size(), "%d s", static_cast<int>(total));
    } else if (total < 3600) {
        std::snprintf(text.data(), text.size(), "%d min %02d s", static_cast<int>(total / 60),
                      static_cast<int>(total % 60));
    } else {
        std::snprintf(text.data(), text.size(), "%d h %02d min", static_cast<int>(total / 3600),
                      static_cast<int>(total / 60 % 60));
    }
    return text.data();
}

ProgressBar::ProgressBar(std::string label, std::uint64_t total)
    : label_(std::move(label)), total_(total), active_(stderrIsTerminal()), start_(Clock::now()), last_draw_() {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::clear() {
    if (!drawn_) return;
    std::cerr << "\r\x1b[K" << std::flush;
    drawn_ = false;
    last_draw_ = {};
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) {
    done_ = done;
    total_ = total;
    if (!active_) return;
    const auto now = Clock::now();
    const bool complete = total_ > 0 && done_ >= total_;
    if (drawn_ && !complete && now - last_draw_ < kRedraw) return;
    last_draw_ = now;
    draw(std::chrono::duration<double>(now - start_).count());
}

void ProgressBar::draw(double elapsed_s) {
    std::string line = label_;
    if (total_ > 0) {
        const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
        line += "  [" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]  " +
                std::to_string(static_cast<int>(share * 100.0)) + " %  " + std::to_string(done_) + "/" +
                std::to_string(total_);
        if (done_ > 0 && share < 1.0) line += "  ETA " + formatDuration(elapsed_s * (1.0 - share) / share);
    } else {
        line += "  " + std::to_string(done_) + "  " + formatDuration(elapsed_s);
    }
    if (!note_.empty()) line += "  " + note_;
    const std::size_t width = terminalWidth();
    if (line.size() >= width) line.resize(width - 1);  // a wrapped line could not be drawn over
    std::cerr << '\r' << line << "\x1b[K" << std::flush;
    drawn_ = true;
}

}  // namespace switchyard::cli
