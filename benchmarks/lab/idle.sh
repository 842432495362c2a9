#!/usr/bin/env bash
# What a node costs that has nothing to do. Four nodes find each other by multicast; then one is watched. Prints a line of figures and a
# line per fact. Exit code 0 if every fact held.
#   --seconds 60      how long
# Threads of the node's own are those that it names, looked at five times a second; those that come for the work of a cycle are
# there for half a second after it, so that the median is what it has when it has nothing to do. The live heap is what is left after a full collection, which asking for it
# causes. The start is from the command to the line that says that the node serves; a warm-up follows it.
# Needs root, ip and tc (Debian package iproute2) and a JDK, for jcmd.
set -euo pipefail

usage() { sed -n '2,/^set/{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

seconds=60
while (($#)); do
    [[ $1 == --seconds && $# -gt 1 ]] || usage
    seconds=$2
    shift 2
done

source "$(dirname "$0")/nodes.sh"
need "${JAVA_HOME:+$JAVA_HOME/bin/}jcmd" openjdk-17-jdk-headless

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

own_threads() { { cat /proc/"$1"/task/*/comm 2> /dev/null || true; } | grep '^swarm-' | sort | tr '\n' ' '; }
# A line of names for each look.
looks() { local i; for ((i = 0; i < 5 * $2; i++)); do own_threads "$1"; echo; sleep 0.2; done; }
by_number() { awk '{ print NF, $0 }' "$1" | sort -n -s -k 1,1; }

cycle=5s
authority 5
fleet 4 yes
pid=${pids[1]}
sleep 60
before=$(ticks "$pid")
looks "$pid" "$seconds" > "$work/looks"
share=$(calc %.2f "100 * ($(ticks "$pid") - $before) / $(getconf CLK_TCK) / $seconds")
names=$(by_number "$work/looks" | awk '{ line[NR] = $0 } END { print line[int((NR + 1) / 2)] }')
threads=${names%% *} names=${names#* }
most=$(by_number "$work/looks" | tail -n 1)
resident=$(awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$pid/status")
live=$("${JAVA_HOME:+$JAVA_HOME/bin/}jcmd" "$pid" GC.class_histogram | awk '/^Total/ { printf "%.1f", $3 / 1048576 }')
"$lab" down
"$lab" up 5
began=$(date +%s.%N)
start 5 "$work/d5" --no-warm-up
await_ready "$work/d5"
started=$(calc %.2f "$(date +%s.%N) - $began")
printf 'idle: %d threads (%s), at most %d, %.2f %% of a core over %d s, %.1f MiB of live heap, %d MiB resident; ready after %.2f s\n' \
    "$threads" "${names% }" "${most%% *}" "$share" "$seconds" "$live" "$resident" "$started"
check "at most 4 threads of its own, most of the time" at_most "$threads" 4
check "at most 1 % of a core" at_most "$share" 1
check "at most 16 MiB of live heap" at_most "$live" 16
check "at most 128 MiB resident" at_most "$resident" 128
exit "$((failures > 0))"
