#!/usr/bin/env bash
# Hosts on one machine: N network namespaces on one switch, away from the machine's own network.
#   lab.sh up N [RATE] [DELAY_MS] [LOSS_PCT]
#                          makes hosts 1..N with addresses 10.78.0.1 .. 10.78.0.N on eth0. RATE, as 200mbit, shapes each host's
#                          uplink and downlink, - leaves them; DELAY_MS one way, LOSS_PCT each way, both for each host's cable
#   lab.sh exec I CMD...   runs a command on host I
#   lab.sh rate I UP [DOWN]  shapes host I anew; DOWN is UP unless given, - is unshaped
#   lab.sh mcdrop I        host I neither sends nor gets multicast any more; unicast and broadcast still flow
#   lab.sh mcok I          undoes it
#   lab.sh drop I J        hosts I and J hear nothing of each other any more
#   lab.sh undrop          undoes every drop
#   lab.sh cut I | heal I  unplugs host I, plugs it in again
#   lab.sh part I GROUP    plugs host I into another switch; 0 is the one that all start on
#   lab.sh stats           a line for each host: I rx BYTES tx BYTES
#   lab.sh down            ends the processes on the hosts and removes them; safe to repeat
# SWARM_LAB is the prefix of the namespaces' names: labs with different ones do not touch each other.
# Needs root, ip and tc (Debian package iproute2); gcc with libc6-dev when there is delay or loss.
set -euo pipefail

prefix=${SWARM_LAB:-swl}
switch=$prefix-sw
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cable=$here/../target/cable

need() { # tool, Debian package
    command -v "$1" > /dev/null && return
    echo "lab.sh: $1 is missing, it comes with the Debian package $2" >&2
    exit 1
}

hosts() { ip netns list | awk '{print $1}' | grep -E "^$prefix[0-9]+$" | sort -V || true; }
namespaces() { hosts; ip netns list | awk '{print $1}' | grep -x "$switch" || true; }

signal() {
    local namespace pid
    for namespace in $(namespaces); do
        for pid in $(ip netns pids "$namespace"); do kill "-$1" "$pid" 2>/dev/null || true; done
    done
}

down() {
    local namespace
    signal TERM
    for _ in $(seq 50); do
        [[ -z $(for namespace in $(namespaces); do ip netns pids "$namespace"; done) ]] && break
        sleep 0.1
    done
    signal KILL
    for namespace in $(namespaces); do ip netns del "$namespace"; done
}

add_switch() { # name
    ip -n "$switch" link add "$1" type bridge forward_delay 0 mcast_snooping 0
    ip -n "$switch" link set "$1" up
}

plain_cables() { # hosts
    local i
    for ((i = 1; i <= $1; i++)); do
        ip link add eth0 netns "$prefix$i" type veth peer name "p$i" netns "$switch"
    done
}

# The cables end with the lab, as their process runs in the switch's namespace.
slow_cables() { # hosts, delay in milliseconds, loss in percent
    local log
    if [[ ! $cable -nt $here/cable.c ]]; then
        need gcc 'gcc, and the headers with libc6-dev'
        mkdir -p "$(dirname "$cable")"
        gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$cable" "$here/cable.c"
    fi
    log=$(mktemp)
    setsid "$cable" "$1" "$prefix" "$switch" "$(awk "BEGIN { printf \"%d\", $2 * 1000 }")" \
        "$(awk "BEGIN { printf \"%d\", $3 * 10000 }")" < /dev/null > "$log" 2>&1 &
    local pid=$!
    for _ in $(seq 200); do
        grep -q '^ready' "$log" || ! kill -0 "$pid" 2> /dev/null && break
        sleep 0.05
    done
    if ! grep -q '^ready' "$log"; then cat "$log" >&2; rm "$log"; exit 1; fi
    rm "$log"
}

shape() { # namespace, device, rate
    tc -n "$1" qdisc del dev "$2" root 2> /dev/null || true
    [[ $3 == - ]] || tc -n "$1" qdisc add dev "$2" root tbf rate "$3" burst 128k latency 50ms
}

rate() { # host, up, down
    shape "$prefix$1" eth0 "$2"
    shape "$switch" "p$1" "$3"
}

up() { # hosts, rate, delay, loss
    local i
    down
    ip netns add "$switch"
    add_switch br0
    for ((i = 1; i <= $1; i++)); do ip netns add "$prefix$i"; done
    if [[ $3 == 0 && $4 == 0 ]]; then plain_cables "$1"; else slow_cables "$1" "$3" "$4"; fi
    for ((i = 1; i <= $1; i++)); do
        ip -n "$prefix$i" link set eth0 address "$(printf '02:00:00:00:00:%02x' "$i")"
        ip -n "$switch" link set "p$i" master br0 up
        ip -n "$prefix$i" link set lo up
        ip -n "$prefix$i" addr add "10.78.0.$i/24" brd + dev eth0
        ip -n "$prefix$i" link set eth0 up
        ip -n "$prefix$i" route add 224.0.0.0/4 dev eth0
        [[ $2 == - ]] || rate "$i" "$2" "$2"
    done
}

part() { # host, group
    ip -n "$switch" link show "br$2" > /dev/null 2>&1 || add_switch "br$2"
    ip -n "$switch" link set "p$1" master "br$2"
}

# Programs for the classic packet filter: drop (2) or go on with the next filter (-1).
group_addresses='5,48 0 0 0,21 2 0 255,69 0 1 1,6 0 0 2,6 0 0 4294967295' # bit 0 of byte 0 is set, and it is not the broadcast's
from_host() { echo "4,40 0 0 10,21 0 1 $1,6 0 0 2,6 0 0 4294967295"; }     # bytes 10 and 11 end the sender's address

filter() { # host, ingress or egress as the switch sees it, preference, handle, program
    tc -n "$switch" qdisc add dev "p$1" clsact 2> /dev/null || true
    tc -n "$switch" filter replace dev "p$1" "$2" pref "$3" handle "$4" bpf bytecode "$5" direct-action
}

unfilter() { tc -n "$switch" filter del dev "$1" "$2" pref "$3" 2> /dev/null || true; }

mcdrop() { local way; for way in ingress egress; do filter "$1" "$way" 1 1 "$group_addresses"; done; }
mcok() { local way; for way in ingress egress; do unfilter "p$1" "$way" 1; done; }
drop() {
    filter "$1" egress 2 "$2" "$(from_host "$2")"
    filter "$2" egress 2 "$1" "$(from_host "$1")"
}
undrop() { local host; for host in $(hosts); do unfilter "p${host#"$prefix"}" egress 2; done; }

stats() {
    local host
    for host in $(hosts); do
        ip netns exec "$host" awk -v host="${host#"$prefix"}" \
            '$1 == "eth0:" { print host, "rx", $2, "tx", $10 }' /proc/net/dev
    done
}

need ip iproute2
need tc iproute2

case ${1:-} in
    up) up "$2" "${3:--}" "${4:-0}" "${5:-0}" ;;
    exec) host=$2; shift 2; exec ip netns exec "$prefix$host" "$@" ;;
    rate) rate "$2" "$3" "${4:-$3}" ;;
    mcdrop) mcdrop "$2" ;;
    mcok) mcok "$2" ;;
    drop) drop "$2" "$3" ;;
    undrop) undrop ;;
    cut) ip -n "$switch" link set "p$2" down ;;
    heal) ip -n "$switch" link set "p$2" up ;;
    part) part "$2" "$3" ;;
    stats) stats ;;
    down) down ;;
    *) sed -n '2,/^set/{/^#/p}' "$0"; exit 2 ;;
esac
