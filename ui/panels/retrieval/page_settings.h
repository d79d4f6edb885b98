// SPDX-License-Identifier: GPL-3.0-or-later
// Where the Retrieval page keeps its choices, and what it starts with.
#pragma once

#include <QString>

#include "core/base/util/paths.h"
#include "ui/panels/retrieval/demo_import.h"

namespace switchyard::ui {

inline const QString kDataKey = QStringLiteral("data"), kCountKey = QStringLiteral("count"),
                     kRerankKey = QStringLiteral("rerank"), kFoldKey = QStringLiteral("fold"),
                     kMethodKey = QStringLiteral("search");

inline QString retrievalSettings() {
    return QString::fromStdString((configHome() / "retrieval.ini").string());
}
inline QString demoPictures() {
    return DemoImport::defaultFolder() + QStringLiteral("/train.jsonl");
}

}  // namespace switchyard::ui
