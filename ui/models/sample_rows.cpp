// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sample_rows.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/base/config/config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/io/image.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/services/failure.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(SampleRows)
};

std::filesystem::path configFile(const std::filesystem::path& folder) {
    std::error_code error;
    for (const char* name : {"config.resolved.yaml", "config.yaml"})
        if (std::filesystem::exists(folder / name, error)) return folder / name;
    throw Error(ExitCode::kIo, "there is no config in the model folder", folder.string(), "Choose another folder");
}

QString pictureFile(const dataset::Dataset& data, const dataset::Sample& sample, const RunConfig& config) {
    const bool own_file = config.data.format != DataFormat::kSynthetic && config.data.format != DataFormat::kTar;
    if (own_file && sample.image.empty()) return {};
    // One that is missing is told when its row is traced.
    if (own_file) return QString::fromStdString((data.root() / sample.image).string());
    std::error_code error;
    const std::filesystem::path folder = cacheHome() / "routing" / data.hash().substr(0, 16);
    const std::filesystem::path file = folder / (std::to_string(sample.id) + ".png");
    if (!std::filesystem::exists(file, error)) {
        std::filesystem::create_directories(folder);
        io::writePng(file.string(), data.picture(sample));
    }
    return QString::fromStdString(file.string());
}

QString nameOf(const std::vector<std::string>& files) {
    const QString first = QFileInfo(QString::fromStdString(files.front())).fileName();
    return files.size() == 1 ? first : Words::tr("%1 and %2 more").arg(first).arg(files.size() - 1);
}

SampleTruth truthOf(const dataset::Dataset& data, const dataset::Sample& sample, const RunConfig& config) {
    SampleTruth truth;
    if (config.task.kind == TaskKind::kMultimodal || data.labels().empty()) return truth;
    const dataset::TaskLabels& labels = data.labels()[static_cast<std::size_t>(sample.task)];
    if (config.task.kind == TaskKind::kText) truth.task = QString::fromStdString(labels.task);
    for (const std::string& said : sample.answers) truth.people.append(QString::fromStdString(said));
    if (labels.classes.empty())
        truth.value = sample.label;
    else if (sample.label >= 0)
        truth.answer = QString::fromStdString(labels.classes[static_cast<std::size_t>(sample.label)]);
    return truth;
}

SampleRows readRows(const std::filesystem::path& folder, int most, SampleChoice choice) {
    SampleRows out;
    const RunConfig config = config::loadOrThrow(configFile(folder).string());
    if (config.data.format == DataFormat::kSynthetic)
        out.name = Words::tr("coloured shapes");
    else if (!config.data.eval.empty())
        out.name = nameOf(config.data.eval);
    else
        return out;
    std::vector<dataset::TaskLabels> labels;
    if (std::filesystem::exists(folder / "labels.json")) labels = dataset::readLabels(folder / "labels.json");
    const std::unique_ptr<dataset::Dataset> data = dataset::openDataset(config, dataset::Split::kEval, labels);
    out.all = static_cast<qint64>(data->samples().size());
    const std::vector<dataset::Sample>& samples = data->samples();
    const std::size_t shown = std::min(samples.size(), static_cast<std::size_t>(most));
    for (std::size_t i = 0; i < shown; ++i) {
        const dataset::Sample& sample = samples[choice == SampleChoice::kFirst ? i : i * samples.size() / shown];
        RouteQuery query;
        if (!sample.texts.empty()) query.text = QString::fromStdString(sample.texts.front());
        query.pair = QString::fromStdString(sample.pair);
        query.image = pictureFile(*data, sample, config);
        if (query.isEmpty()) continue;
        out.rows.append(query);
        out.truths.append(truthOf(*data, sample, config));
    }
    return out;
}

}  // namespace

SampleRows readSampleRows(const QString& model_folder, int most, SampleChoice choice) {
    SampleRows out;
    try {
        out = readRows(model_folder.toStdString(), most, choice);
    } catch (const Error& error) {
        out.problem = Failure::of(error).sentence();
    } catch (const std::exception& error) {
        out.problem = QString::fromLocal8Bit(error.what());
    }
    return out;
}

}  // namespace switchyard::ui
