# SPDX-License-Identifier: MIT
# Sourced by the scripts beside it, which run from the project's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
switchyard="${SWITCHYARD_BUILD:-build}/bin/switchyard"
python="${PEER_PYTHON:-python3}"
[ -x "$switchyard" ] || { echo "switchyard: build first (bash installer/check.sh)" >&2; exit 1; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
# The one-line switch to MKL's AVX-512 kernels on AMD that ours has, to be preloaded into a peer.
echo 'int mkl_serv_intel_cpu_true(void) { return 1; }' >"$scratch/switch.c"
cc -shared -fPIC -o "$scratch/switch.so" "$scratch/switch.c"
fast_kernels="$scratch/switch.so"
