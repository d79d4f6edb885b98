#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes what reads files that others wrote.
#   bash tests/fuzz/run.sh build              builds the fuzzers and their seeds (Clang 14)
#   bash tests/fuzz/run.sh NAME               config, safetensors, manifest, jsonl, json_arrays, tar, tokenizer or
#                                             control_frame, for 60 s
#   SWITCHYARD_FUZZ_SECONDS=600 bash tests/fuzz/run.sh NAME
#   SWITCHYARD_FUZZ_RUNS=5000000 bash tests/fuzz/run.sh NAME     so many inputs instead
#   SWITCHYARD_FUZZ_MAX_LEN=512 bash tests/fuzz/run.sh NAME      of at most so many bytes (8192)
# Everything lies in $SWITCHYARD_BUILD/fuzz (default build/fuzz); an input that fails is kept in findings/ there.
# Exit code 77: there is no Clang; 99: a finding (libFuzzer itself would say 77).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
build="$(realpath -m "${SWITCHYARD_BUILD:-$here/../../build}/fuzz")"
name="${1:?usage: tests/fuzz/run.sh build|NAME}"

if [ "$name" = build ]; then
  compiler="$(command -v clang++-14 || command -v clang++)" || { echo "no Clang: bash installer/setup.sh --tests"; exit 77; }
  cmake -S "$here" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None >/dev/null
  cmake --build "$build"
  rm -rf "$build/seeds"
  "$build/make_seeds" "$build/seeds"
  exit 0
fi

[ -x "$build/${name}_fuzz" ] || { echo "$build/${name}_fuzz is not built: bash tests/fuzz/run.sh build"; exit 77; }
mkdir -p "$build/corpus/$name" "$build/findings"
limit=("-max_total_time=${SWITCHYARD_FUZZ_SECONDS:-60}")
[ -z "${SWITCHYARD_FUZZ_RUNS:-}" ] || limit=("-runs=$SWITCHYARD_FUZZ_RUNS")
words=()
[ ! -f "$build/seeds/$name.dict" ] || words=("-dict=$build/seeds/$name.dict")
export ASAN_OPTIONS="allocator_may_return_null=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
# One input may take 256 MiB at once (and 2 s of the processor, see fuzz_tools.h). Other libraries' remarks about damaged files are not shown.
exec "$build/${name}_fuzz" "${limit[@]}" "${words[@]}" -max_len="${SWITCHYARD_FUZZ_MAX_LEN:-8192}" -timeout=300 -rss_limit_mb=2048 -malloc_limit_mb=256 \
  -close_fd_mask=3 -entropic=0 -error_exitcode=99 -timeout_exitcode=99 -print_final_stats=1 -artifact_prefix="$build/findings/$name-" "$build/corpus/$name" "$build/seeds/$name"
