#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what building and running Switchyard needs: Debian packages, and LibTorch from PyPI into the XDG cache.
#   bash installer/setup.sh [--tests] [--gpu]
# --tests also installs what the tests compare with; --gpu the CUDA libraries, which a machine with an NVIDIA GPU gets
# without asking.
# Safe to run twice: what is there is left alone.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tests=false gpu=false
[ ! -e /dev/nvidia0 ] || gpu=true
for word in "$@"; do
  case "$word" in
    --tests) tests=true ;;
    --gpu) gpu=true ;;
    *) fail "unknown argument $word (see the first lines of installer/setup.sh)" ;;
  esac
done

say "Packages"
if $tests; then
  install_packages "${PACKAGES[@]}" "${PICTURES[@]}" "${TEST_PACKAGES[@]}"
else
  install_packages "${PACKAGES[@]}" "${PICTURES[@]}"
fi
say "LibTorch $TORCH_VERSION (in $CACHE)"
install_libtorch
if $gpu; then install_cuda_libraries; fi
if $tests; then install_peers; fi
