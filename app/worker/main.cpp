// SPDX-License-Identifier: MIT
#include "core/base/util/error.h"
#include "core/parallel/collectives.h"
int main() { return 0; }
