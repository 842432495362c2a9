#!/usr/bin/env bash
# Hosts on one machine: N network namespaces on one switch, away from the machine's own network.
#   lab.sh up N            makes hosts 1..N with addresses 10.78.0.1 .. 10.78.0.N on eth0
#   lab.sh exec I CMD...   runs a command on host I
#   lab.sh mcdrop I        host I gets no multicast any more; unicast still flows
#   lab.sh mcok I          undoes it
#   lab.sh cut I | heal I  unplugs host I, plugs it in again
#   lab.sh down            ends the processes on the hosts and removes them; safe to repeat
# Needs root, ip and bridge (iproute2).
set -euo pipefail

prefix=${SWARM_LAB:-swl}
switch=$prefix-sw

hosts() { ip netns list | awk '{print $1}' | grep -E "^$prefix[0-9]+$" || true; }

signal() {
    local host pid
    for host in $(hosts); do
        for pid in $(ip netns pids "$host"); do kill "-$1" "$pid" 2>/dev/null || true; done
    done
}

down() {
    local host
    signal TERM
    for _ in $(seq 50); do
        [[ -z $(for host in $(hosts); do ip netns pids "$host"; done) ]] && break
        sleep 0.1
    done
    signal KILL
    for host in $(hosts); do ip netns del "$host"; done
    ip netns list | awk '{print $1}' | grep -qx "$switch" && ip netns del "$switch" || true
}

up() {
    local count=$1 i
    down
    ip netns add "$switch"
    ip -n "$switch" link add br0 type bridge forward_delay 0 mcast_snooping 0
    ip -n "$switch" link set br0 up
    for ((i = 1; i <= count; i++)); do
        ip netns add "$prefix$i"
        ip link add eth0 netns "$prefix$i" type veth peer name "p$i" netns "$switch"
        ip -n "$switch" link set "p$i" master br0 up
        ip -n "$prefix$i" link set lo up
        ip -n "$prefix$i" addr add "10.78.0.$i/24" brd + dev eth0
        ip -n "$prefix$i" link set eth0 up
        ip -n "$prefix$i" route add 224.0.0.0/4 dev eth0
    done
}

case ${1:-} in
    up) up "$2" ;;
    exec) host=$2; shift 2; exec ip netns exec "$prefix$host" "$@" ;;
    mcdrop) ip netns exec "$switch" bridge link set dev "p$2" mcast_flood off ;;
    mcok) ip netns exec "$switch" bridge link set dev "p$2" mcast_flood on ;;
    cut) ip -n "$switch" link set "p$2" down ;;
    heal) ip -n "$switch" link set "p$2" up ;;
    down) down ;;
    *) sed -n '2,9p' "$0"; exit 2 ;;
esac
