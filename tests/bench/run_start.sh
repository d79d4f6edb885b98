#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From starting the ranks to their first sum over all, ours and torchrun's, in turns on this machine. Writes a Markdown
# table.
#   bash tests/bench/run_start.sh [RANKS] [REPEATS]           2 and 7 by default
# Needs a build, a C compiler and a Python with torch: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
ranks="${1:-2}" repeats="${2:-7}"
# The peer's modules are compiled once, by the start that is not timed, wherever they are installed.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$scratch/bytecode"

cat >"$scratch/turns.py" <<'TURNS'
import json, socket, subprocess, sys, time

switchyard, python, ranks, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def ours():
    command = [switchyard, "bench", "start", "--ranks", ranks, "--repeats", "1", "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["rows"][0]["ms"]


def torchrun():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = str(held.getsockname()[1])
    begin = time.monotonic() * 1e3
    command = [python, "-m", "torch.distributed.run", "--nproc-per-node", ranks, "--master-addr", "127.0.0.1",
               "--master-port", port, "tests/bench/peers/start_ranks.py"]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         timeout=60).stdout
    return float(out.split()[-1]) - begin


names = {"Switchyard": ours, "PyTorch's torchrun": torchrun}
times = {name: [] for name in names}
for start in names.values():
    start()  # files come from the page cache from then on
for _ in range(repeats):
    for name, start in names.items():
        times[name].append(start())
print("| start to the first all-reduce | ranks | ms, fastest | ms, middle |\n|---|---|---|---|")
for name, taken in times.items():
    taken.sort()
    print(f"| {name} | {ranks} | {taken[0]:.0f} | {taken[len(taken) // 2]:.0f} |")
TURNS
python3 "$scratch/turns.py" "$switchyard" "$python" "$ranks" "$repeats"
