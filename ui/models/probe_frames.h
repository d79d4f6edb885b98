// SPDX-License-Identifier: GPL-3.0-or-later
// A run's routing probe as frames for a slider: where one layer sent every sample at one step.
#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/runs/probe_record.h"
#include "ui/models/routed_sample.h"
#include "ui/models/trace_reader.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

/// What was recorded, without where anything went.
struct ProbeContents {
    QList<RouteQuery> samples;        ///< pictures as files below the cache folder
    QStringList layers;               ///< in the order of the forward
    std::vector<std::int64_t> steps;  ///< rising
    std::vector<std::int64_t> saves;  ///< steps with a checkpoint
    qint64 generation = 0;            ///< another one: what was read before is void
};

/// Samples know of this layer alone; of others they have the outline (RoutedLayer::known).
struct ProbeFrame {
    qint64 step = -1;
    QString layer;
    QList<RoutedSamplePtr> samples;  ///< one for each of the contents'
    QHash<int, Failure> failures;    ///< of samples whose row could not be read
};
using ProbeFramePtr = std::shared_ptr<const ProbeFrame>;

/// Reads run.db with a cache of the frames used last. Beyond kMostSamples only the asked one is read.
/// Thread: one object belongs to one thread, not the GUI's.
class ProbeFrames {
public:
    static constexpr int kMostSamples = 32;
    /// Throws: Error(kIo) when there is no readable database.
    explicit ProbeFrames(const QString& run_dir);
    /// Throws: Error(kBadData | kIo).
    ProbeContents contents();
    std::vector<std::int64_t> saves() const;
    std::vector<std::int64_t> stepsAfter(qint64 step) { return record_.stepsAfter(step); }
    qint64 generation() { return record_.generation(); }
    /// `layer` "" = the last one; `sample` is read in any case. Throws: Error when the record can not be read at all.
    ProbeFramePtr frame(qint64 step, const QString& layer, int sample);
    /// One sample with all its layers known. Throws: Error(kBadData).
    RoutedSamplePtr whole(qint64 step, int sample);
    bool holds(qint64 step, const QString& layer, int sample) const;

private:
    struct Held {
        ProbeFramePtr frame;
        int sample = 0;
        std::size_t bytes = 0;
    };
    /// What a sample is at every step.
    const RoutedSample& outline(int sample, qint64 step);
    bool isFor(const Held& held, qint64 step, const QString& layer, int sample) const;

    std::filesystem::path checkpoints_;
    runs::ProbeRecord record_;
    ProbeContents contents_;
    std::vector<runs::ProbeSampleInfo> infos_;
    std::vector<std::optional<RoutedSample>> outlines_;
    std::deque<Held> held_;  ///< used last in front
    std::size_t bytes_ = 0;
};

}  // namespace switchyard::ui
