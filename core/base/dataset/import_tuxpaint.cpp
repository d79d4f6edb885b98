// SPDX-License-Identifier: MIT
// Tux Paint's stamps: drawings and cut-out photographs with captions in many languages, the English one first.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "core/base/dataset/import_tools.h"
#include "core/base/io/image.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

extern char** environ;

namespace switchyard::dataset {
namespace {

constexpr const char* kStamps = "/usr/share/tuxpaint/stamps";
constexpr int kPictureSize = 224;
constexpr int kJpegQuality = 85;
constexpr std::uint64_t kMaxPictureBytes = 64U << 20;
constexpr std::uint64_t kMaxCaptionBytes = 1U << 20;
constexpr int kDevShare = 10;           ///< one caption in so many is held out
constexpr int kNearWhite = 225;         ///< a pixel with all colours above this hardly shows on white
constexpr double kLeastVisible = 0.01;  ///< share of the picture that must show

struct Stamp {
    std::string id;  ///< path below the stamps' folder, without the ending
    std::string caption;
    bool svg = false;
};

enum class Outcome { kDrawn, kNoTool, kBroken, kHardlyVisible };

fs::path stampsRoot() {
    std::error_code ignored;
    if (!fs::is_directory(kStamps, ignored)) {
        throw Error(ExitCode::kBadData, "The stamps are missing", kStamps,
                    "Install them: apt-get install tuxpaint-stamps-default");
    }
    return kStamps;
}

/// Full path of rsvg-convert, "" when it is not installed.
std::string svgTool() {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "/usr/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string tool = folder + "/rsvg-convert";
        if (!folder.empty() && ::access(tool.c_str(), X_OK) == 0) return tool;
    }
    return {};
}

/// The first line of a stamp's text, which is English; "" when there is none.
std::string captionOf(const fs::path& file) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) return {};
    std::string text = io::readText(file, kMaxCaptionBytes);
    text.resize(std::min(text.find('\n'), text.size()));
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos || !io::isUtf8(text)) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<Stamp> findStamps(const fs::path& root) {
    std::vector<Stamp> stamps;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
        const fs::path& file = entry.path();
        const bool svg = file.extension() == ".svg";
        if (!svg && file.extension() != ".png") continue;
        if (svg && fs::exists(fs::path(file).replace_extension(".png"), ignored)) continue;
        Stamp stamp;
        stamp.id = fs::path(file).replace_extension().lexically_relative(root).generic_string();
        stamp.caption = captionOf(fs::path(file).replace_extension(".txt"));
        stamp.svg = svg;
        if (!stamp.caption.empty()) stamps.push_back(std::move(stamp));  // mirrored twins have no text
    }
    std::sort(stamps.begin(), stamps.end(), [](const Stamp& a, const Stamp& b) { return a.id < b.id; });
    return stamps;
}

/// Draws an SVG with rsvg-convert, without a shell. False when it fails.
bool convertSvg(const std::string& tool, const fs::path& svg, const fs::path& png) {
    const std::string size = std::to_string(kPictureSize);
    std::array<std::string, 10> words = {tool,       "--keep-aspect-ratio", "--width",    size, "--height", size,
                                         "--output", png.string(),          svg.string(), ""};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.empty() ? nullptr : word.data());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    const int failure = posix_spawn(&child, tool.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return false;
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Never enlarged; keeps its shape.
io::Image shrunk(const io::Image& image) {
    const int side = std::max(image.width, image.height);
    if (side <= kPictureSize) return image;
    const io::Image square = io::fitImage(image, kPictureSize, ImageFit::kPad);
    const int width = std::clamp((image.width * kPictureSize + side / 2) / side, 1, kPictureSize);
    const int height = std::clamp((image.height * kPictureSize + side / 2) / side, 1, kPictureSize);
    io::Image cut;
    cut.width = width;
    cut.height = height;
    for (int y = 0; y < height; ++y) {
        const auto row =
            square.pixels.begin() + (((kPictureSize - height) / 2 + y) * kPictureSize + (kPictureSize - width) / 2) * 3;
        cut.pixels.insert(cut.pixels.end(), row, row + width * 3);
    }
    return cut;
}

bool hardlyVisible(const io::Image& image) {
    std::size_t visible = 0;
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
        visible += std::min({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]}) <= kNearWhite ? 1U : 0U;
    }
    return static_cast<double>(visible) < kLeastVisible * static_cast<double>(image.pixels.size() / 3);
}

std::string fileName(const Stamp& stamp) {
    std::string name = stamp.id;
    for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at)) name.replace(at, 1, "__");
    return name + ".jpg";
}

Outcome draw(const Stamp& stamp, const fs::path& root, const std::string& tool, const ImportFolder& folder) {
    fs::path source_root = root;
    std::string source = stamp.id + (stamp.svg ? ".svg" : ".png");
    if (stamp.svg) {
        if (tool.empty()) return Outcome::kNoTool;
        const std::string png = fileName(stamp) + ".png";
        if (!convertSvg(tool, root / source, folder.scratch() / png)) return Outcome::kBroken;
        source_root = folder.scratch();
        source = png;
    }
    io::Image image;
    try {
        image = io::decodeImage(io::readBelow(source_root, source, kMaxPictureBytes), stamp.id);
    } catch (const Error& error) {
        if (error.code() != ExitCode::kBadData) throw;
        return Outcome::kBroken;
    }
    image = shrunk(image);
    if (hardlyVisible(image)) return Outcome::kHardlyVisible;
    io::writeJpeg((folder.pictures() / fileName(stamp)).string(), image, kJpegQuality);
    return Outcome::kDrawn;
}

/// By the letters and digits of the caption alone, so that "A flower." and "a flower" are never parted.
bool isDev(const std::string& caption) {
    std::string key;
    for (const char c : caption) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & '\x80') != 0;
        if (kept) key += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (key.empty()) key = caption;  // a caption of signs alone
    return std::stoul(io::sha256(key.data(), key.size()).substr(0, 8), nullptr, 16) % kDevShare == 0;
}

}  // namespace

std::string tuxpaintFingerprint() {
    const fs::path root = stampsRoot();
    // Installing rsvg-convert later adds pictures, so it counts as part of the source.
    std::string key = svgTool().empty() ? "png" : "png svg";
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
        const fs::path extension = entry.path().extension();
        if (extension == ".png" || extension == ".svg" || extension == ".txt") {
            files.push_back(entry.path().string() + " " + std::to_string(entry.file_size()));
        }
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) key += "\n" + file;
    return io::sha256(key.data(), key.size());
}

ImportReport importTuxpaint(const fs::path& out, const ImportProgress& progress) {
    const std::string fingerprint = tuxpaintFingerprint();
    const fs::path root = stampsRoot();
    const std::vector<Stamp> stamps = findStamps(root);
    const std::string tool = svgTool();
    ImportFolder folder(out, "tuxpaint");
    std::vector<Outcome> outcomes(stamps.size(), Outcome::kBroken);
    parallelFor(stamps.size(), progress,
                [&] { return [&](std::size_t i) { outcomes[i] = draw(stamps[i], root, tool, folder); }; });
    Rows train, dev;
    std::int64_t skipped = 0, without_tool = 0;
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        if (outcomes[i] != Outcome::kDrawn) {
            ++skipped;
            without_tool += outcomes[i] == Outcome::kNoTool ? 1 : 0;
            continue;
        }
        const Stamp& stamp = stamps[i];
        (isDev(stamp.caption) ? dev : train)
            .push_back({{"id", stamp.id},
                        {"image", folder.rowPath(fileName(stamp))},
                        {"text", stamp.caption},
                        {"category", stamp.id.substr(0, stamp.id.find('/'))}});
    }
    ImportReport report = folder.commit(train, dev, skipped, fingerprint);
    if (without_tool > 0) {
        report.note = std::to_string(without_tool) +
                      " SVG stamps were left out, as rsvg-convert is missing: apt-get install librsvg2-bin";
    }
    return report;
}

}  // namespace switchyard::dataset
