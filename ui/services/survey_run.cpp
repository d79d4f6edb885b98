// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/survey_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/services/inference_client.h"
#include "ui/services/route_tracer.h"

namespace switchyard::ui {
namespace {

constexpr int kTellMs = 250;

bool ofTheSample(const Failure& failure) {
    return failure.code == static_cast<int>(ExitCode::kBadData) || failure.code == static_cast<int>(ExitCode::kUsage);
}

}  // namespace

SurveyRun::SurveyRun(InferenceClient& inference, QObject* parent)
    : QObject(parent), tracer_(new RouteTracer(inference, this)) {
    tell_.setInterval(kTellMs);
    connect(&tell_, &QTimer::timeout, this, &SurveyRun::changed);
    connect(tracer_, &RouteTracer::traced, this, [this](int number, const RoutedSamplePtr& sample) {
        if (!running_) return;
        entry()->survey.add(*sample, number);
        next();
    });
    connect(tracer_, &RouteTracer::failed, this, [this](int, const Failure& failure) {
        if (!running_) return;
        if (!ofTheSample(failure)) return end(failure.sentence());
        ++entry()->passed;
        next();
    });
}

SurveyRun::~SurveyRun() = default;

SurveyRun::Entry* SurveyRun::entry() const {
    const auto at = entries_.constFind(model_);
    return at == entries_.constEnd() ? nullptr : at->get();
}

void SurveyRun::setModel(const QString& folder) {
    if (folder == model_) return;
    stop();
    model_ = folder;
    problem_.clear();
    Q_EMIT changed();
}

void SurveyRun::start(int samples) {
    if (model_.isEmpty() || running_) return;
    if (entry() == nullptr) entries_.insert(model_, std::make_shared<Entry>());
    used_.removeAll(model_);
    used_.append(model_);
    while (used_.size() > kMostModels) entries_.remove(used_.takeFirst());
    running_ = true;
    problem_.clear();
    entry()->wanted = samples;
    begun_at_ = entry()->next;
    clock_.start();
    tell_.start();
    tracer_->setModel(model_);
    const quint64 serial = ++serial_;
    if (samples <= entry()->rows.rows.size()) return next();
    Q_EMIT changed();
    inBackground(
        this, [folder = model_, samples] { return readSampleRows(folder, samples); },
        [this, serial](const SampleRows& rows) {
            if (running_ && serial == serial_) takeRows(rows);
        });
}

void SurveyRun::takeRows(const SampleRows& rows) {
    if (!rows.problem.isEmpty()) return end(rows.problem);
    if (rows.rows.isEmpty()) return end(tr("The model's configuration names no evaluation data (data.eval)."));
    entry()->rows = rows;
    clock_.start();
    next();
}

void SurveyRun::next() {
    Entry& now = *entry();
    now.wanted = std::min(now.wanted, static_cast<int>(now.rows.rows.size()));
    if (now.next >= now.wanted) return end({});
    const int number = now.next++;
    tracer_->trace(number, now.rows.rows[number], true);
}

void SurveyRun::stop() {
    if (running_) end({});
}

void SurveyRun::end(const QString& problem) {
    running_ = false;
    problem_ = problem;
    entry()->next = done();  // one on its way was not counted
    ++serial_;
    tell_.stop();
    tracer_->setModel({});
    Q_EMIT changed();
}

int SurveyRun::done() const {
    return entry() == nullptr ? 0 : entry()->survey.samples() + entry()->passed;
}
int SurveyRun::wanted() const {
    return entry() == nullptr ? 0 : entry()->wanted;
}
qint64 SurveyRun::all() const {
    return entry() == nullptr ? 0 : entry()->rows.all;
}
int SurveyRun::passedOver() const {
    return entry() == nullptr ? 0 : entry()->passed;
}
QString SurveyRun::dataName() const {
    return entry() == nullptr ? QString() : entry()->rows.name;
}

double SurveyRun::secondsLeft() const {
    const int now = done() - begun_at_;
    if (!running_ || now < 3) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(clock_.elapsed()) / 1000.0 / now * (wanted() - done());
}

const RouteSurvey* SurveyRun::survey() const {
    return entry() == nullptr || entry()->survey.samples() == 0 ? nullptr : &entry()->survey;
}

RouteQuery SurveyRun::query(int number) const {
    return entry() == nullptr ? RouteQuery() : entry()->rows.rows.value(number);
}

}  // namespace switchyard::ui
