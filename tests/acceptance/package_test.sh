#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The packages in a fresh Debian root: made, looked over, installed with Debian's repositories alone, used by an ordinary
# user, removed again; and the archive in a root without Qt. Needs root, 6 GB of disk and the packages of
# installer/package.sh; exit code 77 where these are missing.
#   bash tests/acceptance/package_test.sh [FOLDER WITH THE PACKAGES]
set -euo pipefail

source="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
packages="${1:-${SWITCHYARD_BUILD:-$source/build}/packages}"
skip() { echo "skipped: $*"; exit 77; }
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || skip "needs root"
for tool in debootstrap lintian desktop-file-validate appstreamcli zstd unshare; do
  command -v "$tool" >/dev/null || skip "$tool is not installed (bash installer/package.sh installs it)"
done
deb="$(ls "$packages"/switchyard_*_amd64.deb 2>/dev/null | tail -n 1)" || skip "no package in $packages (bash installer/package.sh)"
plugin="$(ls "$packages"/switchyard-nccl_*_amd64.deb 2>/dev/null | tail -n 1)" || plugin=
archive="$(ls "$packages"/switchyard-*.tar.zst 2>/dev/null | tail -n 1)" || archive=

work="$(mktemp -d "${TMPDIR:-/tmp}/switchyard-package.XXXXXX")"
root="$work/root" bare="$work/bare"
mounted=()
clean() {
  local folder
  for folder in "${mounted[@]}"; do umount -l "$folder" 2>/dev/null || true; done
  rm -rf --one-file-system "$work"
}
trap clean EXIT

say "The files"
ls -l "$deb" ${plugin:+"$plugin"} ${archive:+"$archive"}
[ "$(stat -c %s "$deb")" -lt $((250 * 1000 * 1000)) ] || fail "the package is 250 MB or more"
for file in "$deb" ${plugin:+"$plugin"}; do
  lintian --no-cfg --allow-root --tag-display-limit 0 --fail-on error "$file" || fail "lintian has errors in $file"
done
tree="$work/tree"
dpkg-deb -x "$deb" "$tree"
desktop-file-validate "$tree"/usr/share/applications/*.desktop
appstreamcli validate --no-net --pedantic "$tree"/usr/share/metainfo/*.metainfo.xml
[ -z "$(desktop-file-validate "$tree"/usr/share/applications/*.desktop)" ] || fail "desktop-file-validate has hints"

say "A fresh root"
release="$(. /etc/os-release; echo "$VERSION_CODENAME")"
mirror="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | head -n 1 || true)"
debootstrap --variant=minbase --include=ca-certificates "$release" "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 \
  || { tail -n 5 "$work/debootstrap.log"; fail "debootstrap"; }
cp -a "$root" "$bare"

# This machine's own way to its repositories.
settle() {
  cp -L /etc/resolv.conf "$1/etc/resolv.conf"
  rm -rf "$1/etc/apt"
  cp -a /etc/apt "$1/etc/apt"
  rm -f "$1"/etc/apt/apt.conf.d/{20packagekit,50appstream,docker-*}
  # Debian's repositories alone, whatever else this machine uses.
  local list
  for list in "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*; do
    [ -e "$list" ] || continue
    grep -qE '^(URIs: *|deb .*)[a-z]+://[^ ]*debian' "$list" || rm "$list"
  done
  mkdir -p "$1/usr/share/keyrings" "$1/etc/ssl/certs"
  cp -a /usr/share/keyrings/. "$1/usr/share/keyrings/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  mount -t proc proc "$1/proc"
  mounted+=("$1/proc")
  chroot "$1" useradd --create-home person
}
# inside ROOT COMMAND: as root, in the root; as_person likewise as an ordinary user.
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root chroot "$@"; }
as_person() {
  local at="$1"; shift
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/home/person USER=person OMP_NUM_THREADS=2 chroot --userspec=person:person "$at" bash -c "cd && $*"
}
settle "$root"
settle "$bare"
inside "$root" apt-get update -qq
inside "$root" apt-get install -y -qq --no-install-recommends xvfb xauth x11-utils libfile-mimeinfo-perl desktop-file-utils shared-mime-info man-db bash-completion zsh fish >"$work/apt.log" 2>&1 \
  || { tail -n 5 "$work/apt.log"; fail "the test's own packages"; }
# All that is in the root but for apt's and dpkg's own records, what caches hold, and the ordinary user's folder.
everything() {
  inside "$root" find / -xdev \( -path /proc -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log -o -path /tmp -o -path /home \) -prune -o -print | sort
}
everything >"$work/before"
inside "$root" dpkg-query -W -f '${Package}\n' | sort >"$work/packages-before"

say "Install"
cp "$deb" "$root/tmp/switchyard.deb"
inside "$root" apt-get install -y -qq --no-install-recommends /tmp/switchyard.deb >"$work/apt.log" 2>&1 \
  || { tail -n 20 "$work/apt.log"; fail "apt-get install"; }
as_person "$root" switchyard --version
as_person "$root" "switchyard doctor; ldd /usr/bin/switchyard-worker | grep -E 'torch|c10|gomp|cud|cupti|not found'"
libraries="$(as_person "$root" "ldd /usr/bin/switchyard-worker /usr/bin/switchyard-workbench")"
case "$libraries" in *"not found"*) fail "a library is missing" ;; esac

say "An ordinary user trains configs/smoke.yaml"
as_person "$root" switchyard train --config /usr/share/switchyard/configs/smoke.yaml --run-dir /home/person/runs/smoke
shown="$(as_person "$root" "switchyard runs show /home/person/runs/smoke --json")"
case "$shown" in *'"state": "finished"'*) ;; *) fail "the run did not finish" ;; esac

say "What comes along: presets, hardware profiles, the demo model, German"
as_person "$root" "switchyard simulate --config /usr/share/switchyard/configs/large.yaml --ranks 64 --hardware h100-sxm"
demo=/usr/share/switchyard/resources/demo
as_person "$root" "switchyard ckpt average $demo $demo --out demo-read"
[ -s "$root/usr/share/doc/switchyard/copyright" ] || fail "no copyright file"

say "Manual pages and completions"
for page in "1 switchyard" "5 switchyard-config" "1 switchyard-worker" "1 switchyard-workbench"; do
  # shellcheck disable=SC2086
  warnings="$(as_person "$root" "man --warnings ${page} 2>&1 >/dev/null")" || fail "man ${page}"
  [ -z "$warnings" ] || fail "man ${page}: $warnings"
done
for shell in "bash -c 'source /usr/share/bash-completion/bash_completion; __load_completion switchyard; complete -p switchyard'" \
  "zsh -c 'autoload -Uz compinit && compinit -D && print \$_comps[switchyard]'" "fish -c 'complete -C \"switchyard ckpt pr\"'"; do
  found="$(as_person "$root" "$shell" 2>/dev/null)" || fail "completion: $shell"
  case "$found" in *_switchyard* | *prune*) echo "$found" ;; *) fail "no completion from its system folder: $shell: $found" ;; esac
done

say "The type of a run's file, and the desktop entry's program under Xvfb"
grep -qs 'application/x-switchyard-run' "$root/usr/share/mime/globs2" || fail "the MIME type is not known"
grep -q 'application/x-switchyard-run=org.switchyard.workbench.desktop' "$root/usr/share/applications/mimeinfo.cache" || fail "nothing opens the MIME type"
type="$(as_person "$root" mimetype -b /home/person/runs/smoke/run.db)" || fail "mimetype"
[ "$type" = application/x-switchyard-run ] || fail "a run's file is taken for $type"
command="$(sed -n 's/^Exec=//p' "$root"/usr/share/applications/org.switchyard.workbench.desktop)"
# shows ROOT PROGRAM: a window with our name comes up, and stays.
cat >"$work/shows" <<'IN'
"$@" >/tmp/window.log 2>&1 &
program=$!
for _ in $(seq 120); do
  sleep 0.5
  kill -0 $program 2>/dev/null || { cat /tmp/window.log; echo "the window's program ended"; exit 1; }
  if xwininfo -root -tree | grep -q '"Switchyard": ("switchyard-workbench"'; then
    sleep 5
    kill -0 $program || { cat /tmp/window.log; exit 1; }
    xwininfo -root -tree | grep '"Switchyard": ("switchyard-workbench"'
    kill $program
    exit 0
  fi
done
cat /tmp/window.log
echo "no window"
kill $program
exit 1
IN
install -m 755 "$work/shows" "$root/usr/local/bin/shows"
as_person "$root" "xvfb-run -a -s '-screen 0 1280x800x24' bash /usr/local/bin/shows ${command/\%f//home/person/runs/smoke/run.db}" || fail "the desktop entry starts no window"
as_person "$root" "LANG=de_DE.UTF-8 LANGUAGE=de xvfb-run -a -s '-screen 0 1280x800x24' bash /usr/local/bin/shows switchyard-workbench --language de" || fail "no German window"
rm "$root/usr/local/bin/shows"

if [ -n "$plugin" ]; then
  say "The plug-in for GPUs"
  cp "$plugin" "$root/tmp/plugin.deb"
  inside "$root" apt-get install -y -qq --no-install-recommends /tmp/plugin.deb >"$work/apt.log" 2>&1 || { tail "$work/apt.log"; fail "switchyard-nccl"; }
  told="$(as_person "$root" "switchyard doctor")"
  grep 'NCCL plug-in' <<<"$told"
  grep -q 'NCCL plug-in.*/usr/lib/switchyard/libswitchyard_nccl.so' <<<"$told" || fail "doctor does not find the plug-in"
  # Without LibTorch's CUDA libraries a run is refused, and the words say what is missing.
  if as_person "$root" "switchyard train --config /usr/share/switchyard/configs/smoke.yaml --set parallel.device=cuda --run-dir /home/person/runs/gpu" 2>"$work/refused"; then
    fail "a run on GPUs started where there is none"
  fi
  cat "$work/refused"
  grep -q 'docs/installing.md\|GPU' "$work/refused" || fail "the refusal does not say what to do"
fi

say "Removal"
inside "$root" apt-get purge -y -qq switchyard >"$work/apt.log" 2>&1 || { tail "$work/apt.log"; fail "purge"; }
inside "$root" apt-get purge -y -qq --auto-remove >>"$work/apt.log" 2>&1
inside "$root" dpkg-query -W -f '${Package}\n' | sort >"$work/packages-after"
everything >"$work/after"
left="$(comm -13 "$work/before" "$work/after")"
[ -z "$left" ] || fail "left behind: $left"
[ -z "$(comm -13 "$work/packages-before" "$work/packages-after")" ] || fail "packages left: $(comm -13 "$work/packages-before" "$work/packages-after" | tr '\n' ' ')"

if [ -n "$archive" ]; then
  say "The archive in a root without Qt"
  there="$(inside "$bare" dpkg-query -W -f '${Package}\n')"
  case "$there" in *libqt6*) fail "Qt is installed in the bare root" ;; esac
  mkdir -p "$bare/home/person/any folder"
  tar --zstd -xf "$archive" -C "$bare/home/person/any folder"
  chroot "$bare" chown -R person:person /home/person
  here="'/home/person/any folder'/*/bin"
  as_person "$bare" "$here/switchyard --version"
  as_person "$bare" "$here/switchyard train --config '/home/person/any folder'/*/share/switchyard/configs/smoke.yaml --run-dir /home/person/smoke"
  as_person "$bare" "QT_QPA_PLATFORM=offscreen timeout 10 $here/switchyard-workbench /home/person" && fail "the window ended by itself" || [ $? = 124 ] || fail "the window does not start"
  # Xvfb itself is this machine's; the window's libraries are the archive's.
  if command -v Xvfb >/dev/null && command -v xwininfo >/dev/null; then
    display=:$((RANDOM % 300 + 200))
    Xvfb "$display" -screen 0 1280x800x24 -listen tcp -ac >"$work/xvfb.log" 2>&1 &
    server=$!
    sleep 2
    as_person "$bare" "DISPLAY=127.0.0.1$display $here/switchyard-workbench /home/person/smoke/run.db & echo \$! >/tmp/window.pid; wait" >"$work/window.log" 2>&1 &
    seen=no
    for _ in $(seq 60); do
      sleep 1
      if DISPLAY="127.0.0.1$display" xwininfo -root -tree 2>/dev/null | grep '"Switchyard": ("switchyard-workbench"'; then seen=yes; break; fi
    done
    kill "$(cat "$bare/tmp/window.pid")" "$server" 2>/dev/null || true
    cat "$work/window.log"
    [ "$seen" = yes ] || fail "the archive shows no window"
  fi
fi

say "Passed"
