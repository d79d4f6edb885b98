// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_files.h"

#include <QDir>
#include <QFileInfo>

#include "core/base/config/config.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/services/failure.h"

namespace switchyard::ui {
namespace {

constexpr std::uint64_t kLargestConfig = 1 << 20;

QString presetsFolder() {
    try {
        return QString::fromStdString(configsDir().string());
    } catch (const Error&) {
        return {};
    }
}

}  // namespace

ConfigFile readConfigFile(const QString& file) {
    ConfigFile read;
    read.file = file;
    read.name = QFileInfo(file).completeBaseName();
    read.is_preset = isPresetFile(file);
    try {
        read.text = io::readText(file.toStdString(), kLargestConfig);
        config::LoadResult loaded = config::loadText(read.text);
        read.is_good = loaded.ok();
        read.config = std::move(loaded.config);
    } catch (const Error& error) {
        read.problem = Failure::of(error).sentence();
    } catch (const std::exception& error) {
        read.problem = QString::fromUtf8(error.what());
    }
    return read;
}

QList<ConfigFile> readPresets() {
    QList<ConfigFile> presets;
    const QDir folder(presetsFolder());
    for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files, QDir::Name)) {
        ConfigFile preset = readConfigFile(folder.filePath(name));
        if (preset.problem.isEmpty()) presets << std::move(preset);
    }
    return presets;
}

bool isPresetFile(const QString& file) {
    const QString folder = QFileInfo(presetsFolder()).canonicalFilePath();
    return !file.isEmpty() && !folder.isEmpty() && QFileInfo(QFileInfo(file).path()).canonicalFilePath() == folder;
}

SaveOutcome saveConfigFile(const QString& file, const std::string& text, const std::optional<std::string>& expected) {
    try {
        if (expected && QFileInfo::exists(file) && io::readText(file.toStdString(), kLargestConfig) != *expected)
            return {SaveState::kChangedOnDisk, {}};
        io::writeAtomically(file.toStdString(), text);
        return {SaveState::kSaved, {}};
    } catch (const Error& error) {
        return {SaveState::kFailed, Failure::of(error).sentence()};
    } catch (const std::exception& error) {
        return {SaveState::kFailed, QString::fromUtf8(error.what())};
    }
}

}  // namespace switchyard::ui
