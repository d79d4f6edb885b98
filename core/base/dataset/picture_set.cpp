// SPDX-License-Identifier: MIT
#include "core/base/dataset/picture_set.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/dataset/file_dataset.h"
#include "core/base/io/jsonl.h"
#include "core/base/util/error.h"

namespace switchyard::dataset {
namespace {

namespace fs = std::filesystem;

/// Pictures of any origin: nothing but a picture is asked of a row, and whether that can be read shows when it is.
class PictureSet final : public FileDataset {
public:
    using FileDataset::FileDataset;

    void add(const std::string& name, const std::string& image, const std::string& text) {
        const auto [found, fresh] = index_.try_emplace(image, samples_.size());
        if (fresh) {
            Sample sample;
            sample.id = sample.picture = samples_.size();
            sample.name = name;
            sample.image = image;
            samples_.push_back(std::move(sample));
        }
        std::vector<std::string>& texts = samples_[found->second].texts;
        const bool blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
        if (!blank && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }

    void finish(const fs::path& source) {
        if (samples_.empty()) {
            throw Error(ExitCode::kBadData, "There are no pictures here", source.string(),
                        "Give a folder with PNG, JPEG or WebP files, or JSON Lines with an \"image\" in each row");
        }
        io::Sha256 hash;
        for (const Sample& sample : samples_) hashSample(&hash, sample);
        hash_ = hash.hex();
        index_ = {};
    }

private:
    std::unordered_map<std::string, std::size_t> index_;
};

bool namedLikePicture(const fs::path& file) {
    std::string ending = file.extension().string();
    for (char& letter : ending)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".webp";
}

/// Names of hidden files and folders begin with a dot: caches and thumbnails of other programs.
std::vector<std::string> picturesBelow(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed);
    if (failed) throw Error(ExitCode::kBadData, "The folder can not be read: " + failed.message(), folder.string());
    for (; at != fs::recursive_directory_iterator(); at.increment(failed)) {
        if (failed) throw Error(ExitCode::kBadData, "The folder can not be read: " + failed.message(), folder.string());
        const bool hidden = at->path().filename().string().starts_with('.');
        if (hidden && at->is_directory(failed)) at.disable_recursion_pending();
        if (hidden || !namedLikePicture(at->path()) || !at->is_regular_file(failed)) continue;
        names.push_back(at->path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::unique_ptr<Dataset> openPictures(const fs::path& source, const fs::path& root) {
    std::error_code failed;
    if (fs::is_directory(source, failed)) {
        auto data = std::make_unique<PictureSet>(source);
        for (const std::string& name : picturesBelow(source)) data->add(name, name, {});
        data->finish(source);
        return data;
    }
    auto data = std::make_unique<PictureSet>(root.empty() ? fs::absolute(source).parent_path() : root);
    for (const io::Record& row : io::readJsonl(source)) {
        if (!row.image.empty()) data->add(row.id, row.image, row.text.empty() ? row.question : row.text);
    }
    data->finish(source);
    return data;
}

}  // namespace switchyard::dataset
