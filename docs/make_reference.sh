#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes docs/reference/: every configuration key (from the schema) and every command (from its --help).
#   bash docs/make_reference.sh [OUT_DIR]             default: docs/reference (the test compares another with it)
# Needs a build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out="$(realpath -m "${1:-docs/reference}")"
build="${SWITCHYARD_BUILD:-build}"
program="$build/bin/switchyard"
[ -x "$program" ] || { echo "switchyard: build first: bash installer/check.sh" >&2; exit 1; }
mkdir -p "$out"

"$program" config docs >"$out/config.md"

# Names of the commands below "$@", in the order of its help.
below() { "$program" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'; }

# One section, then those of its own commands.
section() {
  local name="switchyard${*:+ $*}" below_it command
  printf '\n%s %s\n\n```text\n' "$(printf '#%.0s' $(seq $(($# + 1))))" "$name"
  "$program" "$@" --help
  printf '```\n'
  mapfile -t below_it < <(below "$@")
  for command in "${below_it[@]}"; do section "$@" "$command"; done
}

{
  echo '# Commands'
  echo
  echo 'What `--help` says of each, written by `docs/make_reference.sh`.'
  section | sed '1,2d;s/^# switchyard$/## switchyard/'
} >"$out/cli.md"
