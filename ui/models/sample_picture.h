// SPDX-License-Identifier: GPL-3.0-or-later
// A sample's picture as a model crops it, finer than the model's own so that it is sharp where patches are few.
#pragma once

#include <QImage>
#include <QString>
#include <optional>

#include "core/base/config/run_config.h"

namespace switchyard::ui {

/// Of a checkpoint or model folder; nothing when it can not be read.
std::optional<RunConfig> configOfModel(const QString& model);
/// Throws: Error(kBadData | kIo). Thread: any, but not the GUI's.
QImage samplePicture(const QString& image, const RunConfig& config);

}  // namespace switchyard::ui
