// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_facts.h"

#include "core/base/config/config.h"
#include "core/base/config/schema.h"
#include "core/base/io/sha256.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::ui {

RunFacts readRunFacts(const QString& run_dir) {
    RunFacts facts;
    try {
        const std::string file = runs::RunPaths(run_dir.toStdString()).resolvedConfig().string();
        const config::LoadResult loaded = config::loadFile(file);
        if (!loaded.ok()) return facts;
        const RunConfig& c = loaded.config;
        facts.known = true;
        facts.ranks = c.parallel.ranks;
        facts.experts = c.model.moe.experts;
        facts.top_k = c.model.moe.gate == GateKind::kSwitch ? 1 : c.model.moe.top_k;
        facts.global_batch = c.train.global_batch;
        facts.has_moe = facts.experts > 0 && (c.model.text.moe_every > 0 || c.model.vision.moe_every > 0 ||
                                              (c.model.fusion.moe && c.model.fusion.layers > 0));
        facts.gate = QString::fromStdString(std::get<std::string>(findKey("model.moe.gate")->get(c)));
        facts.precision = c.train.precision == Precision::kBf16   ? QStringLiteral("bf16")
                          : c.train.precision == Precision::kFp16 ? QStringLiteral("fp16")
                          : c.train.precision == Precision::kFp64 ? QStringLiteral("fp64")
                                                                  : QStringLiteral("fp32");
        const QString hash = QString::fromStdString(io::sha256File(file)).left(8);
        facts.config_hash = hash.left(4) + u' ' + hash.mid(4);
    } catch (const std::exception&) {
        facts.known = false;  // the page shows its records without them
    }
    return facts;
}

}  // namespace switchyard::ui
