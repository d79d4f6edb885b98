// SPDX-License-Identifier: MIT
#include "core/base/dataset/import_tools.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <exception>
#include <mutex>
#include <thread>

#include "core/base/io/safe_file.h"
#include "core/base/util/cores.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kSpaceBytes = 64U << 20;
constexpr std::uint64_t kMaxStampBytes = 1U << 16;
constexpr int kVersion = 1;  ///< raised when an import makes other pictures or rows of the same source
const std::string kTemporaryPrefix = ".importing-";

fs::path stampFile(const fs::path& out, const std::string& source) {
    return out / (source + ".import.json");
}

void move(const fs::path& from, const fs::path& to) {
    std::error_code failure;
    fs::rename(from, to, failure);
    if (failure) throw Error(ExitCode::kIo, "Could not be put in place: " + failure.message(), to.string());
}

/// Left-overs of imports whose process is gone.
void removeStale(const fs::path& out) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(out, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind(kTemporaryPrefix, 0) != 0) continue;
        const std::size_t digits = name.rfind('-') + 1;
        pid_t pid = 0;
        std::from_chars(name.data() + digits, name.data() + name.size(), pid);
        if (pid > 0 && pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH)) continue;
        fs::remove_all(entry.path(), ignored);
    }
}

std::string toLines(const Rows& rows) {
    std::string text;
    for (const nlohmann::ordered_json& row : rows) text += row.dump() + "\n";
    return text;
}

}  // namespace

void parallelFor(std::size_t count, const ImportProgress& progress,
                 const std::function<std::function<void(std::size_t)>()>& makeWorker) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::size_t done = 0;
    std::exception_ptr failure;
    const auto fail = [&] {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        stop = true;
    };
    const auto loop = [&] {
        try {
            const std::function<void(std::size_t)> work = makeWorker();
            for (std::size_t i = next++; i < count && !stop; i = next++) {
                work(i);
                const std::lock_guard<std::mutex> lock(mutex);
                ++done;
                if (progress && !progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(count))) {
                    throw Error(ExitCode::kInterrupted, "The import was stopped; nothing of it was kept");
                }
            }
        } catch (...) {
            fail();
        }
    };
    const std::size_t threads = static_cast<std::size_t>(std::min(usableCores(), 8));
    std::vector<std::thread> pool;
    for (std::size_t i = 0; i < threads; ++i) pool.emplace_back(loop);
    for (std::thread& thread : pool) thread.join();
    if (failure) std::rethrow_exception(failure);
}

ImportFolder::ImportFolder(fs::path out, std::string source) : out_(std::move(out)), source_(std::move(source)) {
    std::error_code failure;
    fs::create_directories(out_, failure);
    if (failure) throw Error(ExitCode::kIo, "Could not make the folder: " + failure.message(), out_.string());
    removeStale(out_);
    io::requireSpace(out_, kSpaceBytes);
    temporary_ = out_ / (kTemporaryPrefix + source_ + "-" + std::to_string(getpid()));
    for (const fs::path& folder : {pictures(), scratch()}) {
        fs::create_directories(folder, failure);
        if (failure) throw Error(ExitCode::kIo, "Could not make the folder: " + failure.message(), folder.string());
    }
}

ImportFolder::~ImportFolder() {
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
}

ImportReport ImportFolder::commit(const Rows& train, const Rows& dev, std::int64_t skipped,
                                  const std::string& fingerprint) {
    ImportReport report;
    report.train = static_cast<std::int64_t>(train.size());
    report.dev = static_cast<std::int64_t>(dev.size());
    report.skipped = skipped;
    report.train_file = out_ / (source_ + "-train.jsonl");
    // Without its stamp the old import counts as not there, whatever happens from here on.
    std::error_code failure;
    fs::remove(stampFile(out_, source_), failure);
    if (!failure) fs::remove_all(out_ / source_, failure);
    if (failure) throw Error(ExitCode::kIo, "The old import could not be removed: " + failure.message(), out_.string());
    move(pictures(), out_ / source_);
    io::writeAtomically(report.train_file, toLines(train));
    const fs::path dev_file = out_ / (source_ + "-dev.jsonl");
    if (dev.empty()) {
        fs::remove(dev_file, failure);
    } else {
        report.dev_file = dev_file;
        io::writeAtomically(dev_file, toLines(dev));
    }
    const nlohmann::ordered_json stamp = {{"version", kVersion},
                                          {"fingerprint", fingerprint},
                                          {"train", report.train},
                                          {"dev", report.dev},
                                          {"skipped", report.skipped}};
    io::writeAtomically(stampFile(out_, source_), stamp.dump(1) + "\n");
    return report;
}

const std::vector<std::string>& importSources() {
    static const std::vector<std::string> kSources = {"emoji", "tuxpaint"};
    return kSources;
}

std::optional<ImportReport> completedImport(const fs::path& out, const std::string& source) {
    const std::string now = source == "emoji" ? emojiFingerprint() : tuxpaintFingerprint();
    std::error_code ignored;
    if (!fs::exists(stampFile(out, source), ignored)) return std::nullopt;
    const auto stamp = nlohmann::json::parse(io::readText(stampFile(out, source), kMaxStampBytes), nullptr, false);
    if (!stamp.is_object() || stamp.value("version", 0) != kVersion || stamp.value("fingerprint", "") != now) {
        return std::nullopt;
    }
    ImportReport report;
    report.train = stamp.value("train", std::int64_t{0});
    report.dev = stamp.value("dev", std::int64_t{0});
    report.skipped = stamp.value("skipped", std::int64_t{0});
    report.train_file = out / (source + "-train.jsonl");
    if (report.dev > 0) report.dev_file = out / (source + "-dev.jsonl");
    std::int64_t pictures = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(out / source, ignored)) {
        pictures += entry.is_regular_file(ignored) ? 1 : 0;
    }
    const bool files =
        fs::exists(report.train_file, ignored) && (report.dev == 0 || fs::exists(report.dev_file, ignored));
    if (!files || pictures != report.train + report.dev) return std::nullopt;
    return report;
}

}  // namespace switchyard::dataset
