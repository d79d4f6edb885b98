// SPDX-License-Identifier: MIT
// The pictures and captions a run trains or is evaluated on, as names; pixels are read on demand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/io/image.h"
#include "core/base/io/jsonl.h"

namespace switchyard::dataset {

/// One picture with all its captions (rows of a JSONL that share an image are one sample).
struct Sample {
    std::uint64_t id = 0;                     ///< index in the data set: the `sample` of random draws
    std::string name;                         ///< the first row's "id"
    std::string image;                        ///< path below the root; "" for synthetic pictures, and where there is none
    std::uint64_t picture = 0;                ///< number of the picture: samples about the same one share it
    std::vector<std::string> texts;          ///< captions as they stand in the file (evaluation uses these); vqa: the question
    std::vector<std::string> keyword_texts;  ///< further captions made from the keywords, none of them in texts
    std::vector<std::string> answers;        ///< vqa, evaluation: of everyone who was asked; empty = only the label is known
    std::string pair;                        ///< text tasks: the second text of a pair; "" = none
    std::int64_t task = 0;                   ///< text tasks: which of task.names
    double label = 0;                        ///< text tasks, vqa: class, or the number to predict; -1 = no known class
};

/// What a head's outputs mean.
struct TaskLabels {
    std::string task;                  ///< "sst2", or "vqa"
    std::vector<std::string> classes;  ///< empty: a number is predicted
    std::int64_t outputs() const { return classes.empty() ? 1 : static_cast<std::int64_t>(classes.size()); }
};

/// Thread: safe for reading.
class Dataset {
public:
    virtual ~Dataset() = default;
    const std::vector<Sample>& samples() const { return samples_; }
    /// SHA-256 over names, captions and (synthetic) seed: saved in checkpoints.
    const std::string& hash() const { return hash_; }
    const std::filesystem::path& root() const { return root_; }
    /// Text tasks and vqa: the classes of each task, in the order of their numbers; none for numbers to predict.
    const std::vector<TaskLabels>& labels() const { return labels_; }
    /// Decoded, not yet fitted. Throws: Error(kBadData) naming the sample.
    virtual io::Image picture(const Sample& sample) const = 0;
    /// fitImage(picture(sample), side, fit) or nearly so, where decoding may stop at the size needed (io::decodeFitted).
    /// Throws: as picture.
    virtual io::Image fitted(const Sample& sample, int side, ImageFit fit) const {
        return io::fitImage(picture(sample), side, fit);
    }
    /// Changes when the file that the picture comes from is another one (size, time of change); 0 when there is no file.
    /// Throws: Error(kBadData) when it is not there.
    virtual std::uint64_t pictureStamp(const Sample& sample) const {
        static_cast<void>(sample);
        return 0;
    }
    /// The first sample of each shard, rising from 0: samples of a shard lie one after another in one file, so an order
    /// that stays in few shards at a time reads them as streams. Empty = any order is as good.
    const std::vector<std::uint64_t>& shards() const { return shards_; }

protected:
    std::vector<Sample> samples_;
    std::string hash_;
    std::filesystem::path root_;
    std::vector<TaskLabels> labels_;
    std::vector<std::uint64_t> shards_;
};

enum class Split { kTrain, kEval };

/// The data of a config; kEval may be empty (no data.eval). Throws: Error(kBadData).
/// @param labels of the training split, for the eval split of text tasks and vqa
std::unique_ptr<Dataset> openDataset(const RunConfig& config, Split split, const std::vector<TaskLabels>& labels = {});
/// A JSONL file by itself; root "" = the file's folder. Throws: Error(kBadData).
std::unique_ptr<Dataset> openJsonl(const std::filesystem::path& file, const std::filesystem::path& root, bool keywords);

/// Coloured shapes with captions ("a small red circle left of a large blue square"), a pure function of
/// (seed, index). The eval split shares no index with the training split.
std::unique_ptr<Dataset> makeSynthetic(std::uint64_t seed, Split split, std::int64_t samples, int image_size);

/// The folder that file and image paths of a config are relative to: data.root expanded, or the folder of the
/// first file when there is none.
std::filesystem::path dataRoot(const RunConfig& config);

/// A table for one text task, in the order of its rows. Throws: Error(kBadData).
/// @param labels of all tasks of a model, this one among them; a row of another class gets label -1
std::unique_ptr<Dataset> openTextTable(const std::filesystem::path& file, const std::string& task,
                                       const RunConfig::Task& options, const std::vector<TaskLabels>& labels);
/// Rows {"image", "question" (or "text"), "answer"} of JSONL files, one sample each.
/// @param labels classes of the answers; empty: the options.answers most frequent ones (ties: the lesser word)
std::unique_ptr<Dataset> openQuestions(const std::vector<std::filesystem::path>& files, const std::filesystem::path& root,
                                       const RunConfig::Task& options, const TaskLabels* labels);

/// labels.json: what a run's heads stand for. Throws: Error(kIo | kBadData).
void writeLabels(const std::filesystem::path& file, const std::vector<TaskLabels>& labels);
std::vector<TaskLabels> readLabels(const std::filesystem::path& file);

/// Every training text of a data set, for the tokenizer.
std::vector<std::string> trainingTexts(const Dataset& dataset);

/// The run's tokenizer file: data.tokenizer when given, else that of model.text.init_from, else one trained on the training texts with
/// model.text.vocab_size pieces, cached under cacheHome()/tokenizers by the hash of texts and size.
/// Throws: Error(kBadData | kIo).
std::filesystem::path tokenizerFor(const RunConfig& config, const Dataset& train);

}  // namespace switchyard::dataset
