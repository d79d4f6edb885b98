// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/probe_frames.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <algorithm>
#include <utility>

#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::ui {
namespace {

constexpr std::size_t kMostBytes = 96U << 20;

/// A file with these bytes, for what shows pictures by their file; "" when it can not be written.
QString pictureFile(const std::vector<std::uint8_t>& png) {
    if (png.empty()) return {};
    const QByteArray bytes(reinterpret_cast<const char*>(png.data()), static_cast<qsizetype>(png.size()));
    const QDir folder(QString::fromStdString((cacheHome() / "routing" / "probe").string()));
    const QString name = QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha1).toHex());
    const QString file = folder.filePath(name + QStringLiteral(".png"));
    if (QFile::exists(file)) return file;
    folder.mkpath(QStringLiteral("."));
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit()) return {};
    return file;
}

std::size_t bytesOf(const runs::LayerRoutes& routes) {
    return routes.experts.size() * 9 + routes.logits.size() * 8 + static_cast<std::size_t>(routes.num_tokens) * 12 +
           500;
}

}  // namespace

ProbeFrames::ProbeFrames(const QString& run_dir)
    : checkpoints_(runs::RunPaths{run_dir.toStdString()}.checkpoints()),
      record_(runs::RunPaths{run_dir.toStdString()}.database()) {}

std::vector<std::int64_t> ProbeFrames::saves() const {
    std::vector<std::int64_t> steps;
    const QStringList names = QDir(QString::fromStdString(checkpoints_.string()))
                                  .entryList({QStringLiteral("step-*")}, QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QString& name : names) {
        bool good = false;
        const qint64 step = name.mid(5).toLongLong(&good);
        if (good) steps.push_back(step);
    }
    std::sort(steps.begin(), steps.end());
    return steps;
}

ProbeContents ProbeFrames::contents() {
    held_.clear();
    bytes_ = 0;
    outlines_.clear();
    contents_ = {};
    contents_.generation = record_.generation();
    contents_.steps = record_.stepsAfter(-1);
    contents_.saves = saves();
    infos_ = record_.samples();
    outlines_.resize(infos_.size());
    for (const std::string& layer : record_.layers()) contents_.layers << QString::fromStdString(layer);
    for (std::size_t i = 0; i < infos_.size(); ++i) {
        contents_.samples.append(RouteQuery{QString::fromStdString(infos_[i].text),
                                            QString::fromStdString(infos_[i].pair),
                                            pictureFile(record_.picture(static_cast<std::int64_t>(i)))});
    }
    return contents_;
}

const RoutedSample& ProbeFrames::outline(int sample, qint64 step) {
    std::optional<RoutedSample>& made = outlines_[static_cast<std::size_t>(sample)];
    if (made) return *made;
    const runs::ProbeSampleInfo& info = infos_[static_cast<std::size_t>(sample)];
    RoutedSample out;
    out.origin = newOrigin();
    out.text = QString::fromStdString(info.text);
    for (const std::string& piece : info.tokens) out.pieces << QString::fromStdString(piece);
    out.token_ids.assign(info.token_ids.begin(), info.token_ids.end());
    out.grid = static_cast<int>(info.patch_grid);
    if (const std::vector<std::uint8_t> png = record_.picture(sample); !png.empty())
        out.picture.loadFromData(png.data(), static_cast<int>(png.size()), "PNG");
    for (const runs::LayerRoutes& routes : record_.routes(step, sample)) out.layers.append(layerOutline(routes));
    return made.emplace(std::move(out));
}

bool ProbeFrames::isFor(const Held& held, qint64 step, const QString& layer, int sample) const {
    return held.frame->step == step && held.frame->layer == layer && (sample < kMostSamples || held.sample == sample);
}

bool ProbeFrames::holds(qint64 step, const QString& layer, int sample) const {
    return std::any_of(held_.begin(), held_.end(), [&](const Held& held) { return isFor(held, step, layer, sample); });
}

RoutedSamplePtr ProbeFrames::whole(qint64 step, int sample) {
    if (sample < 0 || sample >= static_cast<int>(infos_.size()))
        throw Error(ExitCode::kUsage, "The probe has no sample " + std::to_string(sample), {});
    auto made = std::make_shared<RoutedSample>(outline(sample, step));
    made->layers.clear();
    for (runs::LayerRoutes& routes : record_.routes(step, sample))
        made->layers.append(routedLayer(std::make_shared<const runs::LayerRoutes>(std::move(routes))));
    return made;
}

ProbeFramePtr ProbeFrames::frame(qint64 step, const QString& wanted, int sample) {
    const QString layer = wanted.isEmpty() && !contents_.layers.isEmpty() ? contents_.layers.last() : wanted;
    const auto found =
        std::find_if(held_.begin(), held_.end(), [&](const Held& h) { return isFor(h, step, layer, sample); });
    if (found != held_.end()) {
        std::rotate(held_.begin(), found, found + 1);
        return held_.front().frame;
    }
    auto made = std::make_shared<ProbeFrame>();
    made->step = step;
    made->layer = layer;
    Held held{nullptr, sample, 0};
    for (int s = 0; s < static_cast<int>(infos_.size()); ++s) {
        made->samples.append(RoutedSamplePtr());
        if (s >= kMostSamples && s != sample) continue;
        try {
            auto routed = std::make_shared<RoutedSample>(outline(s, step));
            const auto place = std::find_if(routed->layers.begin(), routed->layers.end(),
                                            [&](const RoutedLayer& of) { return of.name == layer; });
            if (place != routed->layers.end()) {
                std::optional<runs::LayerRoutes> routes = record_.routes(step, layer.toStdString(), s);
                if (!routes) throw Error(ExitCode::kBadData, "The probe has no row of this step", layer.toStdString());
                held.bytes += bytesOf(*routes);
                *place = routedLayer(std::make_shared<const runs::LayerRoutes>(std::move(*routes)));
            }
            made->samples.last() = std::move(routed);
        } catch (const Error& error) {
            made->failures.insert(s, Failure::of(error));
        }
    }
    held.frame = made;
    bytes_ += held.bytes;
    held_.push_front(held);
    while (bytes_ > kMostBytes && held_.size() > 1) {
        bytes_ -= held_.back().bytes;
        held_.pop_back();
    }
    return made;
}

}  // namespace switchyard::ui
