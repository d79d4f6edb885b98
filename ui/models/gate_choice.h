// SPDX-License-Identifier: GPL-3.0-or-later
// A gate that recorded logits may be put through: what a person sets, and what of it a worker or a configuration takes.
#pragma once

#include <QJsonObject>
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::ui {

struct GateChoice {
    enum class Bias { kTrained, kNone, kOwn };
    QString gate;  ///< as in model.moe.gate
    int top_k = 2;
    double capacity_factor = 0;  ///< 0 = nothing is dropped
    int min_capacity = 4;
    QString drop;  ///< as in model.moe.drop
    double temperature = 1;
    Bias bias = Bias::kTrained;
    std::vector<float> own_bias;  ///< [E], with kOwn

    friend bool operator==(const GateChoice&, const GateChoice&) = default;
};

GateChoice gateChoice(const RunConfig::Moe& moe);
/// Experts a token that the gate prescribes, 0 = any number.
int fixedTopK(const QString& gate);
/// "gate" of the request {"op": "replay"}.
QJsonObject gateRequest(const GateChoice& choice);

/// "E17 0.5, E3 -0.2": one number an expert, 0 where none is named. std::nullopt when it can not be read so.
std::optional<std::vector<float>> readBias(const QString& text, int experts);

/// A configuration with the keys that `choice` has otherwise than `trained`; temperature and bias have none.
/// std::nullopt when the text can not be changed. @param count number of keys set
std::optional<std::string> configWithGate(std::string text, const GateChoice& trained, const GateChoice& choice,
                                          int* count);

}  // namespace switchyard::ui
