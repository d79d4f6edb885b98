// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration files on disk: the shipped presets, reading and saving. Everything here waits on the disk: call it
// through inBackground().
#pragma once

#include <QList>
#include <QString>
#include <optional>
#include <string>

#include "core/base/config/run_config.h"

namespace switchyard::ui {

/// A file as read; `problem` is empty when it could be.
struct ConfigFile {
    QString name;  ///< without folder and ".yaml"
    QString file;
    std::string text;
    RunConfig config;        ///< every key that can be read, the others at their defaults
    bool is_good = false;    ///< the configuration has no error
    bool is_preset = false;  ///< stands in configsDir(): shipped, and not written to without asking
    QString problem;
};

/// Never throws. Thread: any.
ConfigFile readConfigFile(const QString& file);

/// All configurations of configsDir(), by name. Never throws. Thread: any.
QList<ConfigFile> readPresets();

/// True for a file directly inside configsDir(). Thread: any.
bool isPresetFile(const QString& file);

enum class SaveState { kSaved, kChangedOnDisk, kFailed };
struct SaveOutcome {
    SaveState state = SaveState::kFailed;
    QString problem;
};

/// Writes the file as a whole or not at all. With `expected`, a file that holds something else by now is left alone
/// (kChangedOnDisk). Never throws. Thread: any.
SaveOutcome saveConfigFile(const QString& file, const std::string& text, const std::optional<std::string>& expected);

}  // namespace switchyard::ui
