#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Brings resources/translations/*.ts up to the sources: new texts come in as unfinished, those that are gone go.
#   bash docs/update_translations.sh [OUT_DIR]
# Then translate what is unfinished, by hand or in Qt Linguist. OUT_DIR takes the files instead of the tree (the test
# compares them). Needs a build with tests and Qt's lupdate.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out="$(realpath -m "${1:-resources/translations}")"
build="${SWITCHYARD_BUILD:-build}"
lupdate="$(PATH="/usr/lib/qt6/bin:$PATH" command -v lupdate)" || { echo "switchyard: Qt's lupdate is missing: bash installer/setup.sh" >&2; exit 1; }
[ -x "$build/bin/schema_words" ] || cmake --build "$build" --target schema_words >/dev/null
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
"$build/bin/schema_words" >"$scratch/schema.cpp"
mkdir -p "$out"
for ts in resources/translations/switchyard_*.ts; do
  file="$out/$(basename "$ts")"
  [ "$ts" -ef "$file" ] || cp "$ts" "$file"
  # Without places: they would change with every edit of the sources.
  "$lupdate" -silent -I . -locations none -no-obsolete -extensions cpp,h ui app/workbench "$scratch/schema.cpp" -source-language en -ts "$file"
done
unfinished="$(cat "$out"/switchyard_*.ts | grep -c 'type="unfinished"' || true)"
echo "$unfinished texts are not translated"
