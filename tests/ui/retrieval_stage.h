// SPDX-License-Identifier: GPL-3.0-or-later
// The Retrieval page with what the main window puts around it.
#pragma once

#include "ui/page_stage.h"
#include "ui/panels/retrieval_page.h"

namespace switchyard::test {

using Stage = PageStage<ui::RetrievalPage>;

}  // namespace switchyard::test
