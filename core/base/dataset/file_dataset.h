// SPDX-License-Identifier: MIT
// Internal: data sets whose pictures are files below a root, and rows of any format made into samples.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/dataset/dataset.h"

namespace switchyard::dataset {

constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

/// Length-prefixed, so that moving a character from one string to the next changes the hash.
class DatasetHash {
public:
    DatasetHash();
    ~DatasetHash();
    DatasetHash(const DatasetHash&) = delete;
    DatasetHash& operator=(const DatasetHash&) = delete;
    void add(const std::string& text);
    /// Everything of a sample that training depends on.
    void add(const Sample& sample);
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

class FileDataset : public Dataset {
public:
    io::Image picture(const Sample& sample) const override;
    io::Image fitted(const Sample& sample, int side, ImageFit fit) const override;
    std::uint64_t pictureStamp(const Sample& sample) const override;

protected:
    explicit FileDataset(const std::filesystem::path& root) { root_ = root; }
    /// The bytes of a sample's picture. Throws: Error(kBadData).
    virtual std::vector<std::uint8_t> bytesOf(const Sample& sample) const;
    /// A row becomes a caption of its picture's sample, or with a question a sample of its own.
    /// @param keywords further captions are made of the row's keywords
    /// Throws: Error(kBadData) with `where` for a row without picture or text.
    void addRow(io::Record& row, const std::string& where, bool keywords);
    /// Throws unless the picture's file is there: early and cheap; what it holds, and whether it stays below the root,
    /// is checked when it is read.
    void requireFile(const std::string& image, const std::string& where) const;
    /// After the last row.
    void finish();

private:
    template <typename Decode>
    io::Image decoded(const Sample& sample, const Decode& decode) const;
    Sample& sampleFor(const io::Record& row, const std::string& where);

    std::unordered_map<std::string, std::size_t> by_image_;  ///< only while rows come in
};

/// A key of (size, time of change, number) of a file. Throws: Error(kBadData).
std::uint64_t fileStamp(const std::filesystem::path& file);

}  // namespace switchyard::dataset
