// SPDX-License-Identifier: MIT
// Shards of pictures with their words.
#include <glob.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/dataset/file_dataset.h"
#include "core/base/dataset/formats.h"
#include "core/base/io/tar.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kMaxWordsBytes = 1U << 20;

/// "a/b.c" and "jpg" of a/b.c.jpg are told apart at the first dot of the last part: a/b and c.jpg.
std::pair<std::string, std::string> split(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const std::size_t dot = name.find('.', slash == std::string::npos ? 0 : slash + 1);
    if (dot == std::string::npos) return {name, ""};
    std::string ending = name.substr(dot + 1);
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return {name.substr(0, dot), ending};
}

bool isPicture(const std::string& ending) {
    return ending == "jpg" || ending == "jpeg" || ending == "png" || ending == "webp";
}

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n"), end = text.find_last_not_of(" \t\r\n");
    return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

/// What belongs together so far.
struct Group {
    std::string key;
    TarSample sample;
    std::string problem;  ///< the first one
    bool picture = false, text = false;
    std::string object_text;  ///< of the .json
};

class ShardReader {
public:
    ShardReader(const fs::path& file, std::vector<io::BadRow>* bad) : file_(file), bad_(bad), tar_(file) {}

    std::vector<TarSample> read() {
        try {
            while (const std::optional<io::TarEntry> entry = tar_.next()) take(*entry);
            close();
        } catch (const Error& error) {
            if (bad_ == nullptr || error.code() != ExitCode::kBadData) throw;
            bad_->push_back({file_.string(), count_ + 1, error.message() + " (" + error.where() + ")"});
        }
        return std::move(samples_);
    }

private:
    void take(const io::TarEntry& entry) {
        const auto [key, ending] = split(entry.name);
        if (!entry.regular) {
            // Folders come with their files; whatever else is there could lead out.
            if (!entry.name.ends_with('/'))
                report(count_ + 1, "The entry " + io::escapeForDisplay(entry.name) + " is not a regular file");
            return;
        }
        if (!open_ || key != group_.key) {
            close();
            group_ = {};
            group_.key = key;
            open_ = true;
            ++count_;
            if (!io::isUtf8(entry.name)) note("The name is not UTF-8");
        }
        if (isPicture(ending)) takePicture(entry);
        if (ending == "txt") takeText(entry);
        if (ending == "json") takeObject(entry);
    }

    void takePicture(const io::TarEntry& entry) {
        if (group_.picture) return note("The sample has two pictures");
        if (entry.size > kMaxPictureBytes) return note("The picture file is larger than 64 MiB");
        if (entry.size == 0) return note("The picture file is empty");
        group_.picture = true;
        group_.sample.place = {entry.offset, entry.size};
        group_.sample.record.image = entry.name;
    }

    std::optional<std::string> words(const io::TarEntry& entry) {
        if (entry.size > kMaxWordsBytes) {
            note("A text is longer than 1 MiB");
            return std::nullopt;
        }
        const std::vector<std::uint8_t> bytes = tar_.read(entry, kMaxWordsBytes);
        std::string text(bytes.begin(), bytes.end());
        if (io::isUtf8(text)) return text;
        note("Not UTF-8");
        return std::nullopt;
    }

    void takeText(const io::TarEntry& entry) {
        const std::optional<std::string> text = words(entry);
        if (!text) return;
        group_.text = true;
        group_.sample.record.text = trimmed(*text);
    }

    void takeObject(const io::TarEntry& entry) {
        const std::optional<std::string> text = words(entry);
        if (!text) return;
        nlohmann::json object;
        try {
            object = nlohmann::json::parse(*text);
        } catch (const nlohmann::json::exception& error) {
            const bool surrogate = std::string(error.what()).find("surrogate") != std::string::npos;
            return note(surrogate ? "A \\u escape is half of a surrogate pair" : "The .json is not valid JSON");
        }
        if (!object.is_object()) return note("The .json is not a JSON object");
        const auto string = [&](const char* name) {
            const auto found = object.find(name);
            return found != object.end() && found->is_string() ? trimmed(found->get<std::string>()) : std::string();
        };
        group_.object_text = string("caption");
        if (group_.object_text.empty()) group_.object_text = string("text");
    }

    void note(const std::string& problem) {
        if (group_.problem.empty()) group_.problem = problem;
    }

    void close() {
        if (!std::exchange(open_, false)) return;
        io::Record& record = group_.sample.record;
        record.id = file_.stem().string() + "/" + group_.key;
        record.line = count_;
        if (record.text.empty()) record.text = group_.object_text;
        if (group_.problem.empty() && !group_.picture) note("The sample has no picture");
        if (group_.problem.empty() && record.text.empty()) note("The sample has no text");
        if (group_.problem.empty()) {
            samples_.push_back(std::move(group_.sample));
        } else {
            report(count_, group_.problem + " (" + io::escapeForDisplay(group_.key) + ")");
        }
    }

    void report(std::int64_t number, const std::string& message) {
        if (bad_ == nullptr) {
            throw Error(ExitCode::kBadData, message, file_.string() + ", sample " + std::to_string(number),
                        "`switchyard data check` lists every bad sample");
        }
        bad_->push_back({file_.string(), number, message});
    }

    fs::path file_;
    std::vector<io::BadRow>* bad_;
    io::TarReader tar_;
    Group group_;
    bool open_ = false;
    std::int64_t count_ = 0;
    std::vector<TarSample> samples_;
};

class TarDataset final : public FileDataset {
public:
    TarDataset(const std::vector<fs::path>& files, const fs::path& root)
        : FileDataset(root), files_(shardFiles(files)) {
        for (const fs::path& file : files_) {
            shards_.push_back(samples_.size());
            for (TarSample& row : readTarShard(file)) add(std::move(row));
            if (shards_.back() == samples_.size())
                throw Error(ExitCode::kBadData, "The shard has no samples", file.string());
        }
        io::Sha256 hash;
        for (const Sample& sample : samples_) hashSample(&hash, sample);
        hash_ = hash.hex();
    }

    std::uint64_t pictureStamp(const Sample& sample) const override {
        return randomKey({fileStamp(files_[shardOf(sample)]), places_[sample.id].offset});
    }

protected:
    std::vector<std::uint8_t> bytesOf(const Sample& sample) const override {
        return readTarPicture(files_[shardOf(sample)], places_[sample.id]);
    }

private:
    std::size_t shardOf(const Sample& sample) const {
        return static_cast<std::size_t>(std::upper_bound(shards_.begin(), shards_.end(), sample.id) - shards_.begin()) -
               1;
    }

    void add(TarSample row) {
        Sample sample;
        sample.id = sample.picture = samples_.size();
        sample.name = std::move(row.record.id);
        sample.image = std::move(row.record.image);
        sample.texts.push_back(std::move(row.record.text));
        samples_.push_back(std::move(sample));
        places_.push_back(row.place);
    }

    std::vector<fs::path> files_;
    std::vector<TarPlace> places_;
};

}  // namespace

std::vector<TarSample> readTarShard(const fs::path& file, std::vector<io::BadRow>* bad) {
    return ShardReader(file, bad).read();
}

std::vector<std::uint8_t> readTarPicture(const fs::path& shard, const TarPlace& place) {
    return io::readPart(shard, place.offset, place.size);
}

std::vector<fs::path> shardFiles(const std::vector<fs::path>& names) {
    std::vector<fs::path> files;
    for (const fs::path& name : names) {
        if (name.string().find_first_of("*?") == std::string::npos) {
            files.push_back(name);
            continue;
        }
        glob_t found{};
        const int failed = ::glob(name.c_str(), GLOB_NOESCAPE, nullptr, &found);
        for (std::size_t i = 0; failed == 0 && i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
        ::globfree(&found);
        if (failed != 0)
            throw Error(ExitCode::kBadData, "No shard matches the pattern", name.string(),
                        "Check data.root and data.train");
    }
    return files;
}

std::unique_ptr<Dataset> openTar(const std::vector<fs::path>& files, const fs::path& root) {
    return std::make_unique<TarDataset>(files, root);
}

}  // namespace switchyard::dataset
