// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/load_history.h"

#include <QRegularExpression>
#include <algorithm>
#include <tuple>

namespace switchyard::ui {
namespace {

std::tuple<int, int, QString> placeInModel(const QString& layer) {
    static const QRegularExpression digits(QStringLiteral("(\\d+)"));
    static const QStringList parts = {QStringLiteral("text"), QStringLiteral("vision"), QStringLiteral("fusion")};
    qsizetype part = parts.indexOf(layer.section(u'.', 0, 0));
    if (part < 0) part = parts.size();
    return {static_cast<int>(part), digits.match(layer).captured(1).toInt(), layer};
}

}  // namespace

void LoadHistory::add(const runs::ExpertLoad& load) {
    LayerLoads& layer = layers_[load.layer];
    if (layer.ring.add(load)) layer.dead.add(load.step, load.counts);
}

void LoadHistory::settle() {
    for (auto& [name, layer] : layers_) layer.dead.settle();
}

QStringList LoadHistory::layers() const {
    QStringList names;
    for (const auto& [name, layer] : layers_)
        if (layer.ring.size() > 0) names << QString::fromStdString(name);
    std::sort(names.begin(), names.end(),
              [](const QString& a, const QString& b) { return placeInModel(a) < placeInModel(b); });
    return names;
}

const LayerLoads* LoadHistory::layer(const QString& name) const {
    const auto found = layers_.find(name.toStdString());
    return found == layers_.end() || found->second.ring.size() == 0 ? nullptr : &found->second;
}

QString layerLabel(const QString& layer, bool short_form) {
    QString label = layer;
    label.replace(QLatin1String(".blocks."), QLatin1String("."));
    if (short_form && label.endsWith(QLatin1String(".moe"))) label.chop(4);
    return label;
}

}  // namespace switchyard::ui
