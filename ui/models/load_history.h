// SPDX-License-Identifier: GPL-3.0-or-later
// Load of all experts of all layers over a run, in bounded memory.
#pragma once

#include <QString>
#include <QStringList>
#include <map>

#include "core/base/health/dead_watch.h"
#include "ui/models/exchange_history.h"
#include "ui/models/load_ring.h"

namespace switchyard::ui {

using health::DeadSpell;
using health::DeadWatch;

struct LayerLoads {
    LoadRing ring;
    DeadWatch dead;
    ExchangeHistory exchange;  ///< empty where no ranks share out the experts
};

/// Thread: any, one object in one thread.
class LoadHistory {
public:
    void clear() { layers_.clear(); }
    void add(const runs::ExpertLoad& load);
    void add(const runs::ExpertExchange& exchange) { layers_[exchange.layer].exchange.add(exchange); }
    /// moe/LAYER/least_share of a step, which says how soon an expert of it is dead; before the step's loads.
    void leastShare(const std::string& layer, std::int64_t step, double share) {
        layers_[layer].dead.leastShare(step, share);
    }
    /// After a batch: what has come is complete as far as is known.
    void settle();
    bool empty() const { return layers().isEmpty(); }
    /// In the model's order: text, vision, fusion, each by block.
    QStringList layers() const;
    /// nullptr when there is none of that name.
    const LayerLoads* layer(const QString& name) const;

private:
    std::map<std::string, LayerLoads> layers_;
};

/// "fusion.blocks.0.moe" as "fusion.0.moe" (long) or "fusion.0" (short).
QString layerLabel(const QString& layer, bool short_form);
/// "E12".
inline QString expertName(int expert) {
    return QStringLiteral("E%1").arg(expert);
}

}  // namespace switchyard::ui
