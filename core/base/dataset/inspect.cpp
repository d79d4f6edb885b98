// SPDX-License-Identifier: MIT
#include "core/base/dataset/inspect.h"

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "core/base/io/image.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

fs::path rootOf(const fs::path& file, const fs::path& root) {
    return root.empty() ? fs::absolute(file).parent_path() : root;
}

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

class SpreadBuilder {
public:
    void add(std::int64_t value) {
        spread_.min = count_ == 0 ? value : std::min(spread_.min, value);
        spread_.max = count_ == 0 ? value : std::max(spread_.max, value);
        sum_ += static_cast<double>(value);
        ++count_;
    }
    Spread get() const {
        Spread spread = spread_;
        spread.mean = count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
        return spread;
    }

private:
    Spread spread_;
    double sum_ = 0.0;
    std::int64_t count_ = 0;
};

}  // namespace

DatasetStats statsOfJsonl(const fs::path& file, const fs::path& root, const InspectProgress& progress) {
    const std::vector<io::Record> records = io::readJsonl(file);
    const fs::path folder = rootOf(file, root);
    DatasetStats stats;
    stats.rows = static_cast<std::int64_t>(records.size());
    SpreadBuilder words, captions, widths, heights;
    std::unordered_set<std::string> texts, vocabulary;
    std::unordered_map<std::string, std::int64_t> captions_of;
    for (const io::Record& row : records) {
        if (!row.image.empty()) captions_of[row.image] += blank(row.text) ? 0 : 1;
        if (blank(row.text)) continue;
        ++stats.captions;
        texts.insert(row.text);
        std::istringstream stream(row.text);
        std::int64_t count = 0;
        for (std::string word; stream >> word; ++count) vocabulary.insert(word);
        words.add(count);
    }
    std::int64_t done = 0;
    for (const auto& [image, count] : captions_of) {
        if (progress) progress(++done, static_cast<std::int64_t>(captions_of.size()));
        captions.add(count);
        try {
            const std::vector<std::uint8_t> bytes = io::readBelow(folder, image, kMaxPictureBytes);
            const io::ImageInfo info = io::probeImage(bytes, image);
            stats.picture_bytes += static_cast<std::int64_t>(bytes.size());
            ++stats.formats[info.format];
            widths.add(info.width);
            heights.add(info.height);
        } catch (const Error&) {
            ++stats.missing_pictures;  // `data check` says what is wrong with them
        }
    }
    stats.pictures = static_cast<std::int64_t>(captions_of.size());
    stats.distinct_captions = static_cast<std::int64_t>(texts.size());
    stats.distinct_words = static_cast<std::int64_t>(vocabulary.size());
    stats.words_per_caption = words.get();
    stats.captions_per_picture = captions.get();
    stats.width = widths.get();
    stats.height = heights.get();
    return stats;
}

}  // namespace switchyard::dataset
