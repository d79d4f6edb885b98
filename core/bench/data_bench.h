// SPDX-License-Identifier: MIT
// How many pictures a core brings from files to training pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace switchyard::bench {

struct DataCase {
    std::filesystem::path file, root;  ///< JSON Lines; "" = pictures of its own, 512 x 512, as detailed as photographs
    std::filesystem::path out;         ///< where pictures of its own are put with their rows; "" = nowhere
    std::int64_t side = 224, limit = 64, repeats = 5;
};

/// One thread's work on the first `limit` pictures, all bytes in memory; the fastest of the repeats counts, by the
/// thread's own processor time, so that other work on the machine does not.
/// -> {pictures, side, mean_bytes, rows[]: {stage, images_per_s, ms}}; stages:
///   decode   all pixels of the file
///   resize   those to side x side by area
///   fit      both as training does it: decoded no larger than needed
///   augment  a random crop, flip and colour of it to normalised floats
///   whole    from the file on the disk (in the page cache) to normalised floats, with a random crop
/// Throws: Error(kBadData | kIo).
nlohmann::json benchData(const DataCase& which);

}  // namespace switchyard::bench
