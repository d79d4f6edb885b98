// SPDX-License-Identifier: MIT
// Pictures to be searched: of any JSON Lines file, or of a folder.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/dataset/dataset.h"

namespace switchyard::dataset {

/// A folder: every PNG, JPEG and WebP file below it in the order of their paths, without captions. A file: JSON Lines
/// whose rows name an "image"; "text", or "question" where there is none, is a caption; rows without a picture are
/// left out. Pictures are not looked at yet. @param root "" = the file's folder
/// Throws: Error(kBadData) when there is no picture in it, or a row is broken.
std::unique_ptr<Dataset> openPictures(const std::filesystem::path& source, const std::filesystem::path& root);

}  // namespace switchyard::dataset
