#!/bin/sh
# SPDX-License-Identifier: MIT
# Two hosts that ssh reaches: network namespaces joined by a virtual cable, a real sshd in each (10.77.2.1 and 10.77.2.2,
# port 2222). Started in a network namespace of its own (unshare -n), which is the first host's.
#   unshare -n sh ssh_hosts.sh FOLDER
# Prints "ready PID", PID a process in the first host's network, then stays until its standard input ends. FOLDER gets
# id (the key), known_hosts, and sshd's words.
set -eu
PATH=$PATH:/usr/sbin:/sbin
folder=$1
cd "$folder"
chmod 700 .
daemons=
end() {
  trap - EXIT TERM INT HUP
  [ -z "$daemons" ] || kill $daemons 2>/dev/null || true
}
trap end EXIT
trap 'exit 1' TERM INT HUP
unshare -n sleep 900 &
other=$!
daemons=$other
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
there="nsenter --net=/proc/$other/ns/net"
ip link add cable0 type veth peer name cable1
ip link set cable1 netns $other
ip link set lo up
ip address add 10.77.2.1/24 dev cable0
ip link set cable0 up
$there ip link set lo up
$there ip address add 10.77.2.2/24 dev cable1
$there ip link set cable1 up
ssh-keygen -q -t ed25519 -N '' -f id
ssh-keygen -q -t ed25519 -N '' -f host_key
cp id.pub authorized
{ printf '[10.77.2.1]:2222 '; cut -d' ' -f1,2 host_key.pub; printf '[10.77.2.2]:2222 '; cut -d' ' -f1,2 host_key.pub; } > known_hosts
cat > sshd_config <<CONF
Port 2222
HostKey $folder/host_key
AuthorizedKeysFile $folder/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 50
MaxSessions 50
CONF
mkdir -p /run/sshd 2>/dev/null || true
sshd=$(command -v sshd)
$sshd -D -e -f "$folder/sshd_config" 2>sshd-1.txt </dev/null &
daemons="$daemons $!"
$there $sshd -D -e -f "$folder/sshd_config" 2>sshd-2.txt </dev/null &
daemons="$daemons $!"
for host in 10.77.2.1 10.77.2.2; do
  tries=0
  until ssh -i id -o IdentitiesOnly=yes -o UserKnownHostsFile=known_hosts -o BatchMode=yes -p 2222 $host true 2>ssh.txt; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || { cat ssh.txt sshd-*.txt >&2; exit 1; }
    sleep 0.1
  done
done
echo "ready $$"
cat >/dev/null
