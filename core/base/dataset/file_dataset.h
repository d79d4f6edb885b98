// SPDX-License-Identifier: MIT
// Internal: what data sets that name picture files below a root have in common.
#pragma once

#include <string>

#include "core/base/dataset/dataset.h"
#include "core/base/io/sha256.h"

namespace switchyard::dataset {

/// Length-prefixed, so that moving a character from one string to the next changes the hash.
void hashString(io::Sha256* hash, const std::string& text);

class FileDataset : public Dataset {
public:
    explicit FileDataset(std::filesystem::path root) { root_ = std::move(root); }
    io::Image picture(const Sample& sample) const override;
    io::Image fitted(const Sample& sample, int side, ImageFit fit) const override;
    std::uint64_t pictureStamp(const Sample& sample) const override;

protected:
    /// The bytes of a sample's picture. Throws: Error(kBadData).
    virtual std::vector<std::uint8_t> bytesOf(const Sample& sample) const;
    /// Early and cheap; what the file holds, and whether it stays below the root, is checked when it is read.
    /// Throws: Error(kBadData) when it is not there.
    void requireFile(const std::string& image, const std::string& where) const;

private:
    template <typename Decode>
    io::Image decoded(const Sample& sample, const Decode& decode) const;
};

constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

/// A key of (size, time of change, number) of a file, never 0. Throws: Error(kBadData).
std::uint64_t fileStamp(const std::filesystem::path& file);

/// Everything of a captioned sample that training depends on.
void hashSample(io::Sha256* hash, const Sample& sample);

/// Rows of any format with a question and its answer, as openQuestions. @param file for messages
std::unique_ptr<Dataset> openQuestionRows(std::vector<io::Record> rows, const std::filesystem::path& file,
                                          const std::filesystem::path& root, const RunConfig::Task& options,
                                          const TaskLabels* labels);

/// One table a task. Throws: Error(kBadData).
std::unique_ptr<Dataset> openTextTables(const std::vector<std::filesystem::path>& files, const RunConfig::Task& options,
                                        const std::vector<TaskLabels>& labels);

}  // namespace switchyard::dataset
