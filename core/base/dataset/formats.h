// SPDX-License-Identifier: MIT
// Data sets as others publish them, read into rows like those of JSON Lines (io::Record), whose `line` is the number of
// the entry in its list or of the sample in its shard, from 1. Bad entries go to `bad` when it is given, else the first
// throws Error(kBadData).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/dataset/dataset.h"
#include "core/base/io/jsonl.h"

namespace switchyard::dataset {

/// COCO captions (captions_train2017.json): "images" with "id" and "file_name", "annotations" with "id", "image_id" and
/// "caption". Pictures are looked for below the root by their name, and in a folder named like the end of the file's
/// name (train2017), with or without "images" before it.
/// Memory: the names and captions, however long the file is. Source: cocodataset.org, "Data format".
std::vector<io::Record> readCoco(const std::filesystem::path& file, const std::filesystem::path& root,
                                 std::vector<io::BadRow>* bad = nullptr);

/// VQA v2: files with "questions" ("question_id", "image_id", "question") and with "annotations" ("question_id",
/// "multiple_choice_answer", "answers" with "answer" each), in any order and number; questions without an annotation
/// have no answer. `answer` is the one that most gave, `answers` are those of all ten in their order. Pictures are
/// COCO_SUBTYPE_%012d.jpg of "data_subtype", looked for as COCO's.
/// Source: visualqa.org/download.html, "Input Questions Format" and "Annotation Format".
std::vector<io::Record> readVqa2(const std::vector<std::filesystem::path>& files, const std::filesystem::path& root,
                                 std::vector<io::BadRow>* bad = nullptr);

/// A picture inside a shard.
struct TarPlace {
    std::uint64_t offset = 0, size = 0;
};
struct TarSample {
    io::Record record;  ///< image: the picture's name in the shard
    TarPlace place;
};
/// A shard as of WebDataset and LAION: files whose names are equal up to the first dot after the last slash are one
/// sample when they follow each other: a picture (.jpg .jpeg .png .webp), a text (.txt), an object (.json, whose
/// "caption" or "text" is taken where there is no .txt). Other files are passed over,
/// names are never used as paths, and only what is no picture is read.
/// Memory: names and texts of one shard.
std::vector<TarSample> readTarShard(const std::filesystem::path& file, std::vector<io::BadRow>* bad = nullptr);
/// The bytes of a picture of a shard. Throws: Error(kBadData) when they are not all there.
std::vector<std::uint8_t> readTarPicture(const std::filesystem::path& shard, const TarPlace& place);

/// Names with * or ? are patterns. Memory: about 200 bytes and the texts of each sample; pictures are read when asked
/// for.
std::unique_ptr<Dataset> openTar(const std::vector<std::filesystem::path>& files, const std::filesystem::path& root);

/// The shards that names and patterns stand for, each pattern's by name. Throws: Error(kBadData) for one without a
/// match.
std::vector<std::filesystem::path> shardFiles(const std::vector<std::filesystem::path>& names);

}  // namespace switchyard::dataset
