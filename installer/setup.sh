#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what building and running Switchyard needs: Debian packages, and LibTorch from PyPI into the XDG cache.
#   bash installer/setup.sh [--tests]        --tests also installs what the tests compare with
# Safe to run twice: what is there is left alone.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

say "Packages"
if [ "${1:-}" = --tests ]; then
  install_packages "${PACKAGES[@]}" "${PICTURES[@]}" "${TEST_PACKAGES[@]}"
else
  install_packages "${PACKAGES[@]}" "${PICTURES[@]}"
fi
say "LibTorch $TORCH_VERSION (in $CACHE)"
install_libtorch
if [ "${1:-}" = --tests ]; then install_peers; fi
