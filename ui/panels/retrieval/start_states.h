// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the Retrieval page's middle while there are no hits.
#pragma once

#include <QString>

#include "ui/panels/retrieval/start_pane.h"

namespace switchyard::ui {

class DemoImport;
class IndexStore;

/// What is missing for searching, the build that is going on, or what can be searched for.
/// `waiting` = the query that runs when the index is ready, "" = none.
StartContent indexContent(const IndexStore& store, const QString& checkpoint, bool demo_data, const QString& waiting,
                          bool by_picture);
StartContent importContent(const DemoImport& import);
StartContent searchingContent();

}  // namespace switchyard::ui
