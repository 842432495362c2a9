#!/usr/bin/env bash
# How long one file takes to all hosts, over lines of a given rate. Host 1 seeds it, the others receive. Prints a line for each
# round, with the ratio to a bound that no schedule can beat, then what each receiver had from whom, and a line per fact.
# Exit code 0 if every copy is right and every limit that was given held.
#   --hosts 8         how many hosts, the seeder included
#   --rate 200mbit    of each host's uplink and downlink
#   --size 256MiB     of the file: random bytes, others in each round
#   --delay MS        one way on each host's cable; 0 unless given
#   --loss PCT        each way on each host's cable; 0 unless given
#   --warm 32MiB      of a file that is distributed first; 0 for none
#   --rounds 1        how often
#   --no-multicast    hosts find each other through host 1 alone
#   --most-ratio R    fails if a round took longer than R times the bound
#   --most-copies C   fails if the seeder sent more than C times the file's size
# The makespan is from when the blob's link appeared in the seeder's store, just before its entry is published, to when the last
# receiver linked its copy under its label. The seeder's copies are what its interface sent in that time, less what it sends when
# idle, over the file's size; the links' copies what all interfaces sent, over what the receivers got. CPU is of all nodes, from before
# the command that distributes the file; before each round as much memory as its copies take is written to and given free, as what a
# virtual machine gave back to its host costs whoever writes to it first seconds of CPU a GiB. On lines without loss, an interface
# counts the headers of packets that were cut from one block once.
# Needs root, ip and tc (Debian package iproute2) and Java; gcc with libc6-dev when there is delay or loss.
set -euo pipefail

usage() { sed -n '2,/^set/{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

count=8 rate=200mbit size=256MiB delay=0 loss=0 warm=32MiB rounds=1 multicast=yes most_ratio= most_copies=
while (($#)); do
    if [[ $1 == --no-multicast ]]; then
        multicast=no
        shift
        continue
    fi
    (($# > 1)) || usage
    case $1 in
        --hosts) count=$2 ;;
        --rate) rate=$2 ;;
        --size) size=$2 ;;
        --delay) delay=$2 ;;
        --loss) loss=$2 ;;
        --warm) warm=$2 ;;
        --rounds) rounds=$2 ;;
        --most-ratio) most_ratio=$2 ;;
        --most-copies) most_copies=$2 ;;
        *) usage ;;
    esac
    shift 2
done

source "$(dirname "$0")/nodes.sh"

sent_by() { awk -v host="$1" '$1 == host { print $5 }' <<< "$2"; } # host, stats
sent_by_all() { awk '{ sum += $5 } END { printf "%.0f", sum }' <<< "$1"; }

# Processor time of all nodes, in seconds.
cpu() {
    local pid
    for pid in "${pids[@]}"; do cat "/proc/$pid/stat"; done |
        awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); sum += $12 + $13 } END { printf "%.2f", sum / ticks }'
}

# Bytes a second that the seeder sends when there is nothing to distribute.
idle_rate() {
    local before
    before=$(sent_by 1 "$("$lab" stats)")
    sleep 3
    echo $((($(sent_by 1 "$("$lab" stats)") - before) / 3))
}

sources() { # host
    "$swarm" status "$blob" --json --data "$work/d$1" |
        grep -o "\"host\":\"node-$1\.example\"[^}]*\"sources\":{[^}]*}" | sed 's/.*"sources":{\(.*\)}/\1/' |
        tr -d '"' | tr ',' '\n' | awk -F : -v host="$1" '
            $1 == "10.78.0.1" { seeder += $NF }
            { all += $NF; peers += NF > 1 }
            END { printf "  node-%d: %d chunks, %d of them from the seeder; %d sources\n", host, all, seeder, peers }'
}

warm_up() {
    random_file "$work/warm.bin" "$(bytes_of "$warm")"
    publish "$work/warm.bin"
    await_copies 600 $(receivers)
}

# Has the system take memory that will be needed from the host, so that no node pays for it.
touch_memory() { # bytes
    head -c "$1" /dev/zero > "$work/touched"
    rm "$work/touched"
}

measure() { # round, bound, idle rate, seconds to wait
    local before after cpu_before cpu_after took first last copies ratio
    touch_memory $((total * count))
    before=$("$lab" stats)
    cpu_before=$(cpu)
    publish "$work/round-$1.bin"
    if ! await_copies "$4" $(receivers); then
        fact FAILED "round $1: all $((hosts - 1)) receivers have a copy within $4 s"
        return
    fi
    after=$("$lab" stats)
    cpu_after=$(cpu)
    took=$(seconds_to $(receivers))
    first=$(head -n 1 <<< "$took")
    last=$(tail -n 1 <<< "$took")
    ratio=$(calc %.3f "$last / $2")
    copies=$(calc %.3f "($(sent_by 1 "$after") - $(sent_by 1 "$before") - $3 * $last) / $bytes")
    printf 'round %d: makespan %.2f s, bound %.2f s, ratio %.2f; first receiver at %.0f %% of the bound, last at %.0f %%; ' \
        "$1" "$last" "$2" "$ratio" "$(calc %f "100 * $first / $2")" "$(calc %f "100 * $ratio")"
    printf 'seeder'\''s copies %.2f, links'\'' %.2f; %.2f CPU-s/GiB\n' "$copies" \
        "$(calc %f "($(sent_by_all "$after") - $(sent_by_all "$before")) / ($((hosts - 1)) * $bytes)")" \
        "$(calc %f "($cpu_after - $cpu_before) / ($((hosts - 1)) * $bytes / 1073741824)")"
    for i in $(receivers); do sources "$i"; done
    check "round $1: all $((hosts - 1)) copies are right" same_copies "$work/round-$1.bin" $(receivers)
    [[ -z $most_ratio ]] || check "round $1: the ratio $ratio is at most $most_ratio" at_most "$ratio" "$most_ratio"
    [[ -z $most_copies ]] || check "round $1: the seeder's $copies copies are at most $most_copies" at_most "$copies" "$most_copies"
}

# Makes room for the next round.
forget() {
    "$swarm" revoke "$blob" --data "$work/d1" > /dev/null
    for _ in $(seq 100); do compgen -G "$work/d[0-9]*/files/$label" > /dev/null || break; sleep 0.1; done
    rm -f "$work/$label"
}

bits=$(bits_of "$rate")
total=$(bytes_of "$size")
bound=$(bound "$total" $((count - 1)) "$bits" "$bits" $((count * bits)))
authority "$count"
fleet "$count" "$multicast" "$rate" "$delay" "$loss"
[[ $(bytes_of "$warm") == 0 ]] || warm_up
sleep 2
idle=$(idle_rate)
echo "$count hosts on lines of $(calc %g "$bits / 1000000") Mbit/s each way"
for ((round = 1; round <= rounds; round++)); do
    random_file "$work/round-$round.bin" "$total"
    measure "$round" "$bound" "$idle" "$(calc %d "60 + 20 * $bound")"
    ((round == rounds)) || forget
done

exit "$((failures > 0))"
