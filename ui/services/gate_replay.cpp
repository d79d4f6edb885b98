// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/gate_replay.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/runs/routes_json.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {
namespace {

constexpr int kPauseMs = 120;

struct Made {
    QJsonObject request;
    Replayed replayed;
    Failure failure;
    bool good = false;
};

runs::RouteSummary summaryOf(const nlohmann::json& told) {
    runs::RouteSummary summary;
    summary.entropy = told.at("entropy").get<double>();
    summary.max_violation = told.at("max_violation").get<double>();
    summary.dropped = told.at("dropped_share").get<double>();
    summary.dead = told.at("dead").get<std::int64_t>();
    summary.load = told.at("load").get<std::vector<std::int64_t>>();
    return summary;
}

Made withRoutes(const ReplaySource& source, QJsonObject request) {
    Made made;
    try {
        const RoutedLayer* layer = source.sample == nullptr ? nullptr : source.sample->layer(source.layer);
        if (layer == nullptr)
            throw Error(ExitCode::kUsage, "the sample does not pass this layer", source.layer.toStdString());
        const nlohmann::json routes = {{"layers", nlohmann::json::array({runs::toJson(layerRoutes(*layer))})}};
        request.insert(QStringLiteral("routes"),
                       QJsonDocument::fromJson(QByteArray::fromStdString(routes.dump())).object());
        made.request = request;
        made.good = true;
    } catch (const Error& error) {
        made.failure = Failure::of(error);
    }
    return made;
}

Made readAnswer(const QJsonObject& told) {
    Made made;
    try {
        const QByteArray bytes = QJsonDocument(told).toJson(QJsonDocument::Compact);
        const nlohmann::json layer = nlohmann::json::parse(bytes.begin(), bytes.end());
        made.replayed.routes = std::make_shared<const runs::LayerRoutes>(runs::layerRoutes(layer));
        made.replayed.before = summaryOf(layer.at("recorded"));
        made.replayed.after = summaryOf(layer.at("summary"));
        made.replayed.changed = layer.at("changed").get<int>();
        made.replayed.changed_tokens = layer.at("changed_tokens").get<int>();
        made.replayed.changed_drops = layer.at("changed_drops").get<int>();
        made.good = true;
    } catch (const Error& error) {
        made.failure = Failure::of(error);
    } catch (const nlohmann::json::exception& error) {
        made.failure = {static_cast<int>(ExitCode::kBadData), GateReplay::tr("The worker's replay can not be read"),
                        QString::fromLocal8Bit(error.what()), GateReplay::tr("Change a value to ask again")};
    }
    return made;
}

}  // namespace

GateReplay::GateReplay(InferenceClient& inference, QObject* parent) : QObject(parent), inference_(inference) {
    pause_.setSingleShot(true);
    pause_.setInterval(kPauseMs);
    connect(&pause_, &QTimer::timeout, this, &GateReplay::start);
}

void GateReplay::setBusy(bool busy) {
    if (std::exchange(busy_, busy) != busy) Q_EMIT busyChanged(busy);
}

void GateReplay::cancel() {
    ++serial_;
    pause_.stop();
    if (request_ != 0) inference_.cancel(std::exchange(request_, 0));
    setBusy(false);
}

void GateReplay::ask(const ReplaySource& source, const QJsonObject& gate) {
    if (request_ != 0) inference_.cancel(std::exchange(request_, 0));
    ++serial_;
    source_ = source;
    gate_ = gate;
    setBusy(true);
    pause_.start();
}

void GateReplay::start() {
    QJsonObject request{{QStringLiteral("op"), QStringLiteral("replay")},
                        {QStringLiteral("layer"), source_.layer},
                        {QStringLiteral("gate"), gate_}};
    if (!source_.run.isEmpty()) {
        request.insert(QStringLiteral("run"), source_.run);
        request.insert(QStringLiteral("step"), source_.step);
        request.insert(QStringLiteral("sample"), source_.number);
        return send(request);
    }
    request.insert(QStringLiteral("checkpoint"), source_.model);
    inBackground(
        this, [request, source = source_] { return withRoutes(source, request); },
        [this, serial = serial_](const Made& made) {
            if (serial != serial_) return;
            if (made.good) return send(made.request);
            setBusy(false);
            Q_EMIT failed(made.failure);
        });
}

void GateReplay::send(const QJsonObject& request) {
    request_ = inference_.request(
        this, request,
        [this](const QJsonObject& answer) {
            request_ = 0;
            read(answer);
        },
        [this](const Failure& failure) {
            request_ = 0;
            setBusy(false);
            Q_EMIT failed(failure);
        });
}

void GateReplay::read(const QJsonObject& answer) {
    const QJsonObject layer = answer.value(QStringLiteral("layers")).toArray().first().toObject();
    inBackground(
        this, [layer] { return readAnswer(layer); },
        [this, serial = serial_](const Made& made) {
            if (serial != serial_) return;
            setBusy(false);
            if (made.good)
                Q_EMIT replayed(made.replayed);
            else
                Q_EMIT failed(made.failure);
        });
}

}  // namespace switchyard::ui
