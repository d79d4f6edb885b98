// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/gate_choice.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QStringList>
#include <nlohmann/json.hpp>

#include "core/base/config/document.h"
#include "core/base/config/schema.h"
#include "core/base/runs/routes_json.h"

namespace switchyard::ui {
namespace {

bool setKey(std::string& text, const char* path, const QString& value) {
    const KeySpec* key = findKey(path);
    const auto splice = config::setValueSplice(text, path, config::writeScalars(*key, {value.toStdString()}));
    if (!splice) return false;
    text = config::apply(text, *splice);
    return true;
}

}  // namespace

GateChoice gateChoice(const RunConfig::Moe& moe) {
    const nlohmann::json told = runs::gateJson(moe);
    GateChoice choice;
    choice.gate = QString::fromStdString(told.at("gate").get<std::string>());
    choice.top_k = static_cast<int>(moe.top_k);
    if (const int fixed = fixedTopK(choice.gate); fixed > 0) choice.top_k = fixed;
    choice.capacity_factor = moe.eval_capacity_factor;
    choice.min_capacity = static_cast<int>(moe.min_capacity);
    choice.drop = QString::fromStdString(told.at("drop").get<std::string>());
    return choice;
}

int fixedTopK(const QString& gate) {
    return gate == QLatin1String("switch") ? 1 : gate == QLatin1String("top2") ? 2 : 0;
}

QJsonObject gateRequest(const GateChoice& choice) {
    QJsonObject gate{{QStringLiteral("gate"), choice.gate},
                     {QStringLiteral("capacity_factor"), choice.capacity_factor},
                     {QStringLiteral("min_capacity"), choice.min_capacity},
                     {QStringLiteral("drop"), choice.drop},
                     {QStringLiteral("temperature"), choice.temperature}};
    if (fixedTopK(choice.gate) == 0) gate.insert(QStringLiteral("top_k"), choice.top_k);
    switch (choice.bias) {
        case GateChoice::Bias::kTrained:
            gate.insert(QStringLiteral("bias"), QStringLiteral("trained"));
            break;
        case GateChoice::Bias::kNone:
            gate.insert(QStringLiteral("bias"), QStringLiteral("none"));
            break;
        case GateChoice::Bias::kOwn:
            QJsonArray numbers;
            for (const float number : choice.own_bias) numbers.append(static_cast<double>(number));
            gate.insert(QStringLiteral("bias"), numbers);
    }
    return gate;
}

std::optional<std::vector<float>> readBias(const QString& text, int experts) {
    static const QRegularExpression pair(
        QStringLiteral("^\\s*[Ee]?(\\d+)[\\s:=]+([-+−]?[0-9.]+(?:[eE][-+]?\\d+)?)\\s*$"));
    std::vector<float> bias(static_cast<std::size_t>(experts), 0.0F);
    const QStringList parts = text.split(u',', Qt::SkipEmptyParts);
    for (const QString& part : parts) {
        if (part.trimmed().isEmpty()) continue;
        const QRegularExpressionMatch match = pair.match(part);
        bool expert_good = false, number_good = false;
        const int expert = match.captured(1).toInt(&expert_good);
        const float number = match.captured(2).replace(u'−', u'-').toFloat(&number_good);
        if (!expert_good || !number_good || expert >= experts) return std::nullopt;
        bias[static_cast<std::size_t>(expert)] = number;
    }
    return bias;
}

std::optional<std::string> configWithGate(std::string text, const GateChoice& trained, const GateChoice& choice,
                                          int* count) {
    *count = 0;
    const auto set = [&](bool differs, const char* path, const QString& value) {
        if (!differs) return true;
        ++*count;
        return setKey(text, path, value);
    };
    const QString factor = QString::number(choice.capacity_factor);
    const bool other_factor = choice.capacity_factor != trained.capacity_factor;
    const bool good = set(choice.gate != trained.gate, "model.moe.gate", choice.gate) &&
                      set(choice.top_k != trained.top_k, "model.moe.top_k", QString::number(choice.top_k)) &&
                      set(other_factor, "model.moe.capacity_factor", factor) &&
                      set(other_factor, "model.moe.eval_capacity_factor", factor) &&
                      set(choice.min_capacity != trained.min_capacity, "model.moe.min_capacity",
                          QString::number(choice.min_capacity)) &&
                      set(choice.drop != trained.drop, "model.moe.drop", choice.drop);
    if (!good) return std::nullopt;
    return text;
}

}  // namespace switchyard::ui
