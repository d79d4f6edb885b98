#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# parallel.exchange_chunks over networks of several speeds: one update over two ranks with the experts shared out, in a
# network namespace whose loopback device is slowed down. Writes a Markdown table.
#   bash tests/bench/run_chunks.sh [RATE]...        for example 1gbit 10gbit; without any, unlimited 10gbit 2gbit
# Needs a build, iproute2, and user namespaces or root.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rates=("$@")
[ ${#rates[@]} -gt 0 ] || rates=(unlimited 10gbit 2gbit)
network=(unshare -n)
[ "$(id -u)" = 0 ] || network=(unshare -rn)

export SWITCHYARD_DIRECT_EXCHANGE=0  # else these ranks, of one machine, would not use the network
echo "| network | parts | ms, fastest | ms, middle |"
echo "|---|---|---|---|"
for rate in "${rates[@]}"; do
  for chunks in 1 2 4; do
    "${network[@]}" bash -ec '
      ip link set lo up
      [ "$1" = unlimited ] || tc qdisc add dev lo root tbf rate "$1" burst 1mb latency 100ms
      exec "$2" bench step --precision fp32 --ranks 2 --set parallel.expert=2 --set "parallel.exchange_chunks=$3" --json
    ' run "$rate" "$switchyard" "$chunks" | python3 -c '
import json, sys
row = json.load(sys.stdin)["rows"][0]
print("| {} | {} | {:.0f} | {:.0f} |".format(sys.argv[1], sys.argv[2], row["ms"], row["median_ms"]))' "$rate" "$chunks"
  done
done
