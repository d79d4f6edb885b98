// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's folder says about it beside its records, for inspectors.
#pragma once

#include <QString>

namespace switchyard::ui {

struct RunFacts {
    bool known = false;  ///< false: the resolved config could not be read
    qint64 ranks = 0, experts = 0, top_k = 0, global_batch = 0;
    bool has_moe = false;  ///< at least one layer has experts
    QString gate, precision;
    QString config_hash;  ///< "4f1c 9a2e": start of the SHA-256 of config.resolved.yaml
};

/// Reads the folder's config.resolved.yaml; never throws. Thread: any, but not the GUI's (it waits for a file).
RunFacts readRunFacts(const QString& run_dir);

}  // namespace switchyard::ui
