// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/trace_reader.h"

#include <QJsonArray>
#include <algorithm>
#include <cstring>
#include <optional>

#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"
#include "ui/models/sample_picture.h"

namespace switchyard::ui {
namespace {

[[noreturn]] void notATrace(const QString& file, const std::string& why) {
    throw Error(ExitCode::kCorruptCheckpoint, "the trace can not be read: " + why, file.toStdString(),
                "Trace it again");
}

const io::TensorEntry& need(const io::SafetensorsFile& trace, const std::string& name, io::Dtype dtype,
                            std::size_t dimensions, const QString& file) {
    const io::TensorEntry* entry = trace.find(name);
    if (entry == nullptr || entry->dtype != dtype || entry->shape.size() != dimensions)
        notATrace(file, name + " is not there as it should be");
    return *entry;
}

template <typename T>
std::vector<T> valuesOf(const io::SafetensorsFile& trace, const io::TensorEntry& entry) {
    std::vector<T> values((entry.end - entry.begin) / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), trace.data(entry), values.size() * sizeof(T));
    return values;
}

RoutedLayer readLayer(const io::SafetensorsFile& trace, const std::string& name, const QString& file) {
    RoutedLayer layer;
    layer.name = QString::fromStdString(name);
    layer.part = partOfLayer(layer.name);
    layer.block = layer.name.section(QLatin1String(".blocks."), 1).section(u'.', 0, 0).toInt();
    const std::string prefix = "layers." + name + ".";
    const io::TensorEntry& logits = need(trace, prefix + "logits", io::Dtype::kF32, 2, file);
    const io::TensorEntry& experts = need(trace, prefix + "experts", io::Dtype::kI64, 2, file);
    const io::TensorEntry& weights = need(trace, prefix + "weights", io::Dtype::kF32, 2, file);
    const io::TensorEntry& dropped = need(trace, prefix + "dropped", io::Dtype::kBool, 2, file);
    const io::TensorEntry& modality = need(trace, prefix + "modality", io::Dtype::kI8, 1, file);
    const std::int64_t rows = logits.shape[0];
    if (experts.shape[0] != rows || weights.shape != experts.shape || dropped.shape != experts.shape ||
        modality.shape[0] != rows)
        notATrace(file, "shapes of " + name + " differ");
    layer.experts = static_cast<int>(logits.shape[1]);
    layer.choices = static_cast<int>(experts.shape[1]);
    for (const std::int64_t expert : valuesOf<std::int64_t>(trace, experts)) {
        if (expert < -1 || expert >= layer.experts) notATrace(file, "an expert of " + name + " is out of range");
        layer.chosen.push_back(static_cast<std::int32_t>(expert));
    }
    layer.logits = valuesOf<float>(trace, logits);
    layer.weights = valuesOf<float>(trace, weights);
    layer.dropped = valuesOf<std::uint8_t>(trace, dropped);
    const std::vector<std::int8_t> kinds = valuesOf<std::int8_t>(trace, modality);
    layer.texts = static_cast<int>(std::count(kinds.begin(), kinds.end(), std::int8_t{0}));
    layer.images = static_cast<int>(rows) - layer.texts;
    if (!std::is_sorted(kinds.begin(), kinds.end())) notATrace(file, "patches stand before texts in " + name);
    if (const io::TensorEntry* bias = trace.find(prefix + "bias");
        bias != nullptr && bias->dtype == io::Dtype::kF32 && bias->shape == std::vector<std::int64_t>{layer.experts})
        layer.bias = valuesOf<float>(trace, *bias);
    layer.measureEntropy();
    return layer;
}

}  // namespace

RoutedSample readTrace(const QString& file, const QJsonObject& told, const RouteQuery& query, const QString& model) {
    const io::SafetensorsFile trace(file.toStdString());
    RoutedSample sample;
    sample.origin = newOrigin();
    sample.text = query.text;
    const QJsonArray pieces = told.value(QStringLiteral("tokens")).toArray();
    for (const QJsonValue piece : pieces) sample.pieces.append(piece.toString());
    if (const io::TensorEntry* ids = trace.find("token_ids"); ids != nullptr && ids->dtype == io::Dtype::kI64)
        sample.token_ids = valuesOf<std::int64_t>(trace, *ids);
    sample.grid = told.value(QStringLiteral("patch_grid")).toInt();
    for (const io::TensorEntry& entry : trace.entries()) {
        const std::string begin = "layers.", end = ".logits";
        if (!entry.name.starts_with(begin) || !entry.name.ends_with(end)) continue;
        sample.layers.append(
            readLayer(trace, entry.name.substr(begin.size(), entry.name.size() - begin.size() - end.size()), file));
    }
    std::stable_sort(sample.layers.begin(), sample.layers.end(), [](const RoutedLayer& a, const RoutedLayer& b) {
        return std::pair(a.part, a.block) < std::pair(b.part, b.block);
    });
    if (const std::optional<RunConfig> config = configOfModel(model)) {
        sample.max_tokens = static_cast<int>(config->model.text.max_tokens);
        if (!query.image.isEmpty()) sample.picture = samplePicture(query.image, *config);
    }
    return sample;
}

}  // namespace switchyard::ui
