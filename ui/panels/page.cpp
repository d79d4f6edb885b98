// SPDX-License-Identifier: GPL-3.0-or-later
// Automoc looks at a header beside a source of the same name; Page has no code of its own.
#include "ui/panels/page.h"
