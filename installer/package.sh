#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds and makes the Debian packages (switchyard, switchyard-nccl) and the portable archive.
#   bash installer/package.sh [--out FOLDER] [--only deb|archive]
# They come into build/packages unless --out names another folder. Safe to run twice: what is there is made anew.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

out="$BUILD/packages" deb=yes archive=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out="${2:?--out needs a folder}"; shift ;;
    --only)
      case "${2:-}" in
        deb) archive=no ;;
        archive) deb=no ;;
        *) fail "--only takes deb or archive" ;;
      esac
      shift ;;
    *) fail "unknown option $1. Options: --out FOLDER, --only deb|archive" ;;
  esac
  shift
done
started=$SECONDS

bash "$ROOT/installer/setup.sh"
install_packages "${PACKAGING[@]}"

say "Build"
build_programs

mkdir -p "$out"
out="$(cd "$out" && pwd)"
version="$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$BUILD/CMakeCache.txt")"

if [ "$deb" = yes ]; then
  say "Debian packages (LibTorch's compression takes minutes)"
  rm -f "$out"/switchyard_*.deb "$out"/switchyard-nccl_*.deb
  (cd "$BUILD" && cpack -G DEB -B "$out" >"$BUILD/package.log" 2>&1) \
    || { tail -n 30 "$BUILD/package.log" >&2; fail "cpack failed; the whole log is $BUILD/package.log"; }
  rm -rf "$out/_CPack_Packages"
fi

if [ "$archive" = yes ]; then
  say "Portable archive"
  name="switchyard-$version-linux-$(uname -m)"
  tree="$(mktemp -d)"
  trap 'rm -rf "$tree"' EXIT
  for component in program portable; do
    cmake --install "$BUILD" --component "$component" --prefix "$tree/$name" --strip >"$BUILD/archive.log" 2>&1 \
      || { tail -n 30 "$BUILD/archive.log" >&2; fail "the tree could not be made; the whole log is $BUILD/archive.log"; }
  done
  rm -rf "$tree/$name/share/lintian"
  tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner -cf - "$name" | zstd -q -12 -T"$JOBS" -f -o "$out/$name.tar.zst"
fi

say "Done in $((SECONDS - started)) s"
for file in "$out"/switchyard*.deb "$out"/switchyard*.tar.zst; do
  [ ! -e "$file" ] || note "$(du -m "$file" | cut -f1) MB  $file"
done
