#!/usr/bin/env bash
# One file to all hosts while something goes wrong. Prints for each scenario the ratio to a bound that knows nothing of the fault, and
# a line per fact. Exit code 0 if every node completed in time, with the right bytes.
#   faults.sh [--hosts 8] [--size 64MiB] [--rate 200mbit] [SCENARIO...]      all scenarios unless some are named
#   seeder-cut      the seeder is unplugged for 10 s when some receiver has 30 %
#   third-killed    a third of the receivers is killed with 30 % at one of them, and started again on their data after 2 s
#   slow-node       the last host has 1 % of the rate; of ten, unless --hosts is given
#   partition       half of the hosts is on another switch for 10 s, with 30 % at one of them
#   loss            each cable loses 2 % of the packets each way
#   no-multicast    nobody sends or gets multicast; all are told of host 1
#   liars           a fifth of the hosts, of ten unless --hosts is given, serve garbage of what they receive; the others count, and are
#                   compared with a round before, when nobody lied
# In time is five times the bound, the length of the fault and a minute.
# Needs root, ip and tc (Debian package iproute2) and Java; gcc with libc6-dev for the loss and the liars.
set -euo pipefail

usage() { sed -n '2,/^set/{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

all=(seeder-cut third-killed slow-node partition loss no-multicast liars)
count= size=64MiB rate=200mbit
while [[ ${1:-} == --* ]]; do
    (($# > 1)) || usage
    case $1 in
        --hosts) count=$2 ;;
        --size) size=$2 ;;
        --rate) rate=$2 ;;
        *) usage ;;
    esac
    shift 2
done
for scenario in "$@"; do [[ " ${all[*]} " == *" $scenario "* ]] || usage; done
(($#)) || set -- "${all[@]}"

source "$(dirname "$0")/nodes.sh"

# With a line of its own for those of the hosts that are named, when others are to be left out.
spread() { # bound, host...
    local took
    took=$(seconds_to "${@:2}")
    printf '%s: %d receivers, first after %.2f s, last after %.2f s; bound %.2f s, ratio %.2f\n' "$scenario" $(($# - 1)) \
        "$(head -n 1 <<< "$took")" "$(tail -n 1 <<< "$took")" "$1" "$(calc %f "$(tail -n 1 <<< "$took") / $1")"
}

finish() { # bound, seconds that the fault took
    local limit last
    limit=$(calc %.0f "60 + $2 + 5 * $1")
    if ! await_copies "$limit" $(receivers); then
        fact FAILED "$scenario: all $((hosts - 1)) receivers complete within $limit s"
        return
    fi
    spread "$1" $(receivers)
    last=$(seconds_to $(receivers) | tail -n 1)
    check "$scenario: all $((hosts - 1)) receivers complete within $limit s" at_most "$last" "$limit"
    check "$scenario: all $((hosts - 1)) copies are right" same_copies "$work/file.bin" $(receivers)
}

# await_middle HOST...   until one of them has 30 % of what was published; the fact is that none of them had everything
await_middle() {
    local i has found=
    for _ in $(seq 3000); do
        for i in "$@"; do
            has=$(progress "$i")
            ((has < 30)) || found=$i
            ((has < 30)) || break 2
        done
        sleep 0.02
    done
    if [[ -z $found ]]; then
        fact FAILED "$scenario: some receiver has 30 % after a minute"
    else
        check "$scenario: it strikes in mid-transfer, with $has % at node-$found" test "$has" -lt 100
    fi
}

equal_bound() { bound "$total" $((hosts - 1)) "$bits" "$bits" $((hosts * bits)); }

seeder_cut() {
    fleet "$many" yes "$rate"
    publish "$work/file.bin"
    await_middle $(receivers)
    "$lab" cut 1
    sleep 10
    "$lab" heal 1
    finish "$(equal_bound)" 10
}

third_killed() {
    local victims i kept=() resumed
    fleet "$many" yes "$rate"
    victims=($(receivers | tail -n $(((hosts + 1) / 3))))
    publish "$work/file.bin"
    await_middle "${victims[@]}"
    for i in "${victims[@]}"; do kill -9 "${pids[i]}"; done
    for i in "${victims[@]}"; do
        wait "${pids[i]}" 2> /dev/null || true
        kept[i]=$(progress "$i")
    done
    sleep 2
    for i in "${victims[@]}"; do start "$i" "$work/d$i" "${flags[@]}"; done
    for i in "${victims[@]}"; do await_ready "$work/d$i"; done
    finish "$(equal_bound)" 2
    for i in "${victims[@]}"; do
        resumed=$(sed -n "s/.*resuming blob $blob: \([0-9]*\/[0-9]*\).*/\1/p" "$work/d$i.err")
        ((kept[i] == 0 || kept[i] == 100)) ||
            check "third-killed: node-$i had ${kept[i]} % and resumed with ${resumed:-no} leaves" test -n "$resumed"
    done
}

slow_node() {
    local slow=$((bits / 100))
    fleet "${count:-10}" yes "$rate"
    "$lab" rate "$hosts" "${slow}bit"
    publish "$work/file.bin"
    finish "$(bound "$total" $((hosts - 1)) "$bits" "$slow" $(((hosts - 1) * bits + slow)))" 0
    echo "slow-node: without the slow one"
    spread "$(bound "$total" $((hosts - 2)) "$bits" "$bits" $(((hosts - 1) * bits)))" $(seq 2 $((hosts - 1)))
}

partition() {
    local away i
    fleet "$many" yes "$rate"
    away=($(seq $((hosts / 2 + 1)) "$hosts"))
    publish "$work/file.bin"
    await_middle "${away[@]}"
    for i in "${away[@]}"; do "$lab" part "$i" 1; done
    sleep 10
    for i in "${away[@]}"; do "$lab" part "$i" 0; done
    finish "$(equal_bound)" 10
}

loss() {
    fleet "$many" yes "$rate" 0 2
    publish "$work/file.bin"
    finish "$(equal_bound)" 0
}

no_multicast() {
    fleet "$many" no "$rate"
    publish "$work/file.bin"
    finish "$(equal_bound)" 0
}

# Files that nobody lied about go first: one that warms the nodes, and one to compare with.
liars() {
    local library=$work/liar.so honest liars i clean took lies
    need gcc gcc
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$library" "$here/liar.c" -ldl
    fleet "${count:-10}" yes "$rate"
    liars=($(receivers | tail -n $((hosts / 5))))
    honest=($(seq 2 $((hosts - hosts / 5))))
    for i in warm clean; do
        random_file "$work/$i.bin" "$total"
        publish "$work/$i.bin"
        await_copies 600 $(receivers)
    done
    clean=$(seconds_to "${honest[@]}" | tail -n 1)
    for i in "${liars[@]}"; do stop "$i"; done
    launcher=(env "LD_PRELOAD=$library")
    for i in "${liars[@]}"; do start "$i" "$work/d$i" "${flags[@]}"; done
    launcher=()
    for i in "${liars[@]}"; do
        await_ready "$work/d$i"
        await_warm "$work/d$i"
        await_peers "$i" $((hosts > 4 ? 4 : hosts - 1))
    done
    publish "$work/file.bin"
    if ! await_copies "$(calc %.0f "60 + 5 * $(equal_bound)")" "${honest[@]}"; then
        fact FAILED "liars: all ${#honest[@]} who do not lie complete"
        return
    fi
    spread "$(equal_bound)" "${honest[@]}"
    took=$(seconds_to "${honest[@]}" | tail -n 1)
    lies=$(for i in "${honest[@]}"; do cat "$work/d$i.err"; done |
        awk -v of="of blob $blob from" 'index($0, of) && /does not match its hash/ { lies++ } END { print lies + 0 }')
    check "liars: all ${#honest[@]} copies are right" same_copies "$work/file.bin" "${honest[@]}"
    check "liars: ${#liars[@]} of them gave $lies false leaves" test "$lies" -gt 0
    check "liars: $took s are at most 1.25 times the $clean s without" at_most "$took" "1.25 * $clean"
}

bits=$(bits_of "$rate")
total=$(bytes_of "$size")
many=${count:-8}
authority "${count:-10}"
random_file "$work/file.bin" "$total"
for scenario in "$@"; do "${scenario//-/_}"; done

exit "$((failures > 0))"
