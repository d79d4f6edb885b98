#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Rebuilds resources/demo, the checkpoint that makes Retrieval work at first start: trains configs/demo.yaml on the
# pictures of the Debian packages and exports the weights in bf16.
#   bash resources/make_demo.sh [RUN_DIR]      RUN_DIR: a finished run of configs/demo.yaml to export instead
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
switchyard="${SWITCHYARD_BUILD:-build}/bin/switchyard"
[ -x "$switchyard" ] || { echo "switchyard: build first (bash installer/quickstart.sh)" >&2; exit 1; }
run="${1:-}"
if [ -z "$run" ]; then
  run="$(mktemp -d)/demo"
  "$switchyard" data import emoji tuxpaint
  "$switchyard" train --config configs/demo.yaml --run-dir "$run"
fi
"$switchyard" ckpt export "$run" --out resources/demo --dtype bf16
du -sh resources/demo
