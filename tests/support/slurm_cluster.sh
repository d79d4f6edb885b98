#!/bin/sh
# SPDX-License-Identifier: MIT
# A Slurm cluster of one machine in a folder: Debian's munged, slurmctld and slurmd as ordinary processes of this user.
#   slurm_cluster.sh FOLDER CPUS
# Prints "ready", then stays until its standard input ends, and takes the daemons and their jobs with it. Clients use
# SLURM_CONF=FOLDER/slurm.conf.
set -eu
PATH=$PATH:/usr/sbin:/sbin
folder=$1 cpus=$2
host=$(hostname -s)
cd "$folder"
mkdir -p state spool
chmod 700 .
[ -e munge.key ] || { dd if=/dev/urandom of=munge.key bs=1 count=128 2>/dev/null; chmod 400 munge.key; }

# Two ports that are free now.
ports=$(python3 - <<'PY'
import socket
open_ones = [socket.socket() for _ in range(2)]
for one in open_ones: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in open_ones))
PY
)
cat > slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports% *}
SlurmdPort=${ports#* }
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=2
MinJobAge=300
InactiveLimit=0
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=work Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
: > cgroup.conf

daemons=
end() {
  trap - EXIT TERM INT HUP
  SLURM_CONF=$folder/slurm.conf timeout 3 scancel --me 2>/dev/null || true
  [ -z "$daemons" ] || kill $daemons 2>/dev/null || true
  sleep 0.2
  [ -z "$daemons" ] || kill -9 $daemons 2>/dev/null || true
  # Its steps' daemons are started by slurmd and outlive it.
  for process in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "SLURM_CONF=$folder/slurm.conf" \
      && [ "${process#/proc/}" != $$ ]; then kill -9 "${process#/proc/}" 2>/dev/null || true; fi
  done
}
trap end EXIT
trap 'exit 1' TERM INT HUP
export SLURM_CONF="$folder/slurm.conf"
munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munged.log" --seed-file="$folder/munged.seed" --num-threads=2 >munged.out 2>&1 </dev/null &
daemons="$!"
until [ -S munge.socket ]; do sleep 0.02; kill -0 $daemons; done
slurmctld -D -i -f slurm.conf >slurmctld.out 2>&1 </dev/null &
daemons="$daemons $!"
slurmd -D -N "$host" -f "$folder/slurm.conf" >slurmd.out 2>&1 </dev/null &
daemons="$daemons $!"
tries=0
until sinfo -h -o %T 2>/dev/null | grep -q idle; do
  tries=$((tries + 1))
  [ $tries -lt 150 ] || { cat slurmctld.out slurmd.out slurmctld.log slurmd.log >&2; exit 1; }
  sleep 0.1
done
echo ready
cat >/dev/null
