// SPDX-License-Identifier: GPL-3.0-or-later
// The curves a page shows of the selected run, and what is worth marking in them.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/runs/run_db.h"
#include "ui/models/curve_series.h"

namespace switchyard::ui {

/// A record that is NaN or infinite.
struct NonFinite {
    QString tag;
    double step = 0, value = 0;
};

/// Thread: any, one object in one thread.
class RunCurves {
public:
    using Lookup = std::function<const Series*(const QString&)>;

    /// Wanted tags in the order of cause: of two that fail at the same step the earlier is named.
    void setTags(const QStringList& smoothed, const QStringList& raw);
    void clear();
    /// Takes what is new. @return whether anything was.
    bool sync(const Lookup& lookup);
    void setSmoothing(double smoothing);
    double smoothing() const { return smoothing_; }
    /// nullptr until a record of the tag was taken.
    const CurveSeries* find(const QString& tag) const;
    /// Tags with records, in the order given.
    QStringList tags() const;
    bool empty() const { return curves_.empty(); }
    /// The curve whose records the cursor walks along: the first tag's of the longest.
    const CurveSeries* longest() const;
    /// Changes when records that were there are no more.
    std::size_t generation() const;
    std::optional<NonFinite> firstNonFinite() const;
    /// Keeps the records' places on an axis of totals (tokens, FLOPs) from now on.
    void useAxis(XAxis axis);
    /// Whether the run recorded what the axis is made of.
    bool hasAxis(XAxis axis) const;
    /// Range of x over all curves; empty without records.
    ValueRange extent(XAxis axis) const;
    /// The smallest x above 0, where a logarithmic axis can begin; infinite without one.
    double firstPositive(XAxis axis) const;
    /// x of a step on the axis (interpolated between records on the other axes).
    double xOf(double step, XAxis axis) const;

private:
    QStringList smoothed_tags_, raw_tags_;
    double smoothing_ = 0;
    std::size_t clears_ = 0;
    std::optional<double> origin_;
    StepTotals totals_;
    std::set<XAxis> used_axes_;
    std::map<QString, CurveSeries> curves_;
};

/// Steps at which a run was resumed: from events "Resumed from step-00006000 ..." and from records that go back.
std::vector<double> resumeSteps(const std::vector<runs::Event>& events, const RunCurves& curves);

/// "rank 1" when an event of that step says that a rank's value was not finite, else "".
QString rankOfFailure(const std::vector<runs::Event>& events, double step);

}  // namespace switchyard::ui
