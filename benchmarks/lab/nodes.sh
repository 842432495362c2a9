# Starts and watches nodes on the lab's hosts; to be sourced by a script that has set -euo pipefail.
# Sets swarm, lab and work, and cleans up at exit. Needs root, ip and tc (Debian package iproute2) and Java.

need() { # tool, Debian package
    command -v "$1" > /dev/null && return
    echo "$(basename "$0"): $1 is missing, it comes with the Debian package $2" >&2
    exit 1
}
need ip iproute2
need tc iproute2
need "${JAVA_HOME:+$JAVA_HOME/bin/}java" openjdk-17-jdk-headless
((EUID == 0)) || { echo "$(basename "$0"): network namespaces are root's, run it as root" >&2; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
swarm=$here/../../swarm-examples/bin/swarm
lab=$here/lab.sh
work=$(mktemp -d)
cycle=1s
failures=0

cleanup() { "$lab" down; rm -rf "$work"; }
trap cleanup EXIT

fact() { echo "$1: $2"; [[ $1 == ok ]] || failures=$((failures + 1)); }
check() { local what=$1; shift; if "$@"; then fact ok "$what"; else fact FAILED "$what"; fi; }

# authority N [OPERATOR]   credentials for hosts 1..N, with the operator's role for one of them
authority() {
    local i
    "$swarm" ca init --dir "$work/ca" --fleet lab > /dev/null
    for ((i = 1; i <= $1; i++)); do
        local role=()
        [[ $i == "${2:-}" ]] && role=(--role operator)
        "$swarm" ca issue --dir "$work/ca" --host "node-$i.example" --ip "10.78.0.$i" "${role[@]}" \
            --out "$work/node-$i" > /dev/null
    done
}

# home HOST   the home of who runs a host's node: in one and the same, each would try again and again whether it may serve its person
home() { echo "$work/home-$1"; }

# start HOST DATA [FLAGS]   runs a node; await_ready DATA waits until it serves. What is in launcher starts it
launcher=()
start() {
    local i=$1 data=$2; shift 2
    mkdir -p "$(home "$i")"
    # What an earlier run said would be taken for this one's.
    rm -f "$data.out" "$data.err"
    "$lab" exec "$i" env "HOME=$(home "$i")" "${launcher[@]}" "$swarm" node --data "$data" --host "node-$i.example" --listen "10.78.0.$i:1531" \
        --cert "$work/node-$i/node.crt" --key "$work/node-$i/node.key" --ca "$work/node-$i/ca.crt" \
        --min-free-pct 1 --cycle "$cycle" "$@" > "$data.out" 2> "$data.err" &
}

await_ready() {
    local data=$1
    for _ in $(seq 600); do grep -q '^ready ' "$data.out" 2> /dev/null && return; sleep 0.1; done
    cat "$data.err" >&2
    return 1
}

# await_warm DATA   waits until a node is through with its warm-up, so that it is not measured
await_warm() {
    for _ in $(seq 900); do grep -q 'warmed up' "$1.err" && return; sleep 0.1; done
    echo "${1##*/} is not warm after 90 s" >&2
    return 1
}

# await_copy DATA LABEL SECONDS   a receiver links a blob under its label when the blob is complete
await_copy() {
    for _ in $(seq $(($3 * 10))); do
        [[ -f $1/files/$2 ]] && return
        sleep 0.1
    done
    return 1
}

sha_of() { sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p' <<< "$1"; }

# node_pid HOST   the process of the node on a host
node_pid() {
    "$lab" exec "$1" sh -c 'ip netns pids "$(ip netns identify $$)"' | while read -r pid; do
        if [[ $(cat "/proc/$pid/comm" 2> /dev/null) == java ]]; then echo "$pid"; fi
    done | head -n 1
}

# bytes_of 256MiB, bits_of 200mbit   plain numbers
bytes_of() { [[ $1 =~ ^[0-9]+$ ]] && echo "$1" || numfmt --from=iec-i "${1%B}"; }
bits_of() { local rate=${1%bit}; numfmt --from=si "${rate^^}"; }

stop() { # host
    local pid
    pid=$(node_pid "$1")
    kill "$pid"
    while [[ -d /proc/$pid ]]; do sleep 0.05; done
}

# again HOST [FLAGS]   stops a node and starts it with the script's own run
again() {
    stop "$1"
    run "$@"
    await_ready "$work/d$1"
}

on() { "$lab" exec "$1" "$swarm" "${@:2}" --data "$work/d$1"; } # host, verb
soon() { # command; whether it succeeds within 15 s
    for _ in $(seq 30); do
        if "$@"; then return; fi
        sleep 0.5
    done
    return 1
}

# finds HOST CHECK [PATTERN]   whether the doctor's exit code is 1 and it tells of this with a finding, which has the pattern, and a remedy
finds() {
    local told
    told=$(on "$1" doctor --json "${asked[@]}" 2> /dev/null) && return 1
    grep -qE "\"name\":\"$2\",\"ok\":false,\"finding\":\"[^\"]*${3:-}[^\"]*\",\"remedy\":\"[^\"]+\"" <<< "$told"
}
asked=()
found() { check "the doctor names $2 on node-$1: $3" soon finds "$1" "$2" "${4:-}"; } # host, check, what is wrong, pattern

calc() { awk "BEGIN { printf \"$1\", $2 }"; } # format, expression
at_most() { awk "BEGIN { exit !($1 <= $2) }"; }

# The steps below share these: the number of hosts, the flags and processes of their nodes by host, and what was published last.
hosts=0
flags=()
pids=()
blob=
label=
bytes=0
published=

receivers() { seq 2 "$hosts"; }

# fleet HOSTS yes|no [RATE [DELAY_MS [LOSS_PCT]]]   hosts with a node each on fresh data in $work/dI that have found
# the four neighbours that a node looks for; with multicast or not
fleet() {
    local multicast=$2 i
    hosts=$1
    shift 2
    "$lab" up "$hosts" "$@"
    flags=(--max-bandwidth unlimited)
    if [[ $multicast == no ]]; then
        flags+=(--peer 10.78.0.1:1531)
        for i in $(seq "$hosts"); do "$lab" mcdrop "$i"; done
    fi
    rm -rf "$work"/d[0-9]*
    for i in $(seq "$hosts"); do start "$i" "$work/d$i" "${flags[@]}"; done
    for i in $(seq "$hosts"); do await_ready "$work/d$i"; done
    for i in $(seq "$hosts"); do await_warm "$work/d$i"; done
    for i in $(seq "$hosts"); do await_peers "$i" $((hosts > 4 ? 4 : hosts - 1)); done
    pids=()
    for i in $(seq "$hosts"); do pids[i]=$(node_pid "$i"); done
}

# await_peers HOST COUNT   a node writes down once a cycle how many it knows
await_peers() {
    for _ in $(seq 300); do
        (($(sed -n 's/.*"peers" *: *\([0-9]*\).*/\1/p' "$work/d$1/state.json" 2> /dev/null || echo 0) + 0 >= $2)) && return
        sleep 0.1
    done
    echo "node-$1 does not know $2 others after 30 s" >&2
    return 1
}

random_file() { head -c "$2" /dev/urandom > "$1"; } # path, bytes

# publish FILE   distributes a file from host 1. The moment that counts is when the blob's link appeared in the seeder's store:
# it precedes the entry in the manifest and the return of the command.
publish() {
    label=$(basename "$1")
    bytes=$(stat -c %s "$1")
    blob=$(sha256sum "$1" | cut -d ' ' -f 1)
    "$swarm" distribute "$1" --target '*' --data "$work/d1" > /dev/null
    published=$(stat -c %.9Z "$work/d1/.blobs/$blob")
}

# await_copies SECONDS HOST...   false, with the end of their logs, if some of them have no copy of what was published by then
await_copies() {
    local end=$((SECONDS + $1)) i late
    shift
    while :; do
        late=()
        for i in "$@"; do [[ -f $work/d$i/files/$label ]] || late+=("$i"); done
        ((${#late[@]})) || return 0
        ((SECONDS < end)) || break
        sleep 0.05
    done
    for i in "${late[@]}"; do
        echo "node-$i has $(progress "$i") % of $label; the end of its log:" >&2
        tail -n 5 "$work/d$i.err" >&2
    done
    return 1
}

# progress HOST   how many percent of what was published a node has on its disk
progress() {
    local journal=$work/d$1/.blobs/$blob.partial/leaves leaves=$(((bytes + 65535) / 65536))
    if [[ -f $work/d$1/files/$label ]]; then
        echo 100
    else
        echo $(($(stat -c %s "$journal" 2> /dev/null || echo 0) / 8 * 100 / leaves))
    fi
}

# seconds_to HOST...   when each of them had linked its copy, first to last, in seconds after publication
seconds_to() {
    local i
    for i in "$@"; do stat -c %.9Z "$work/d$i/files/$label"; done | awk -v from="$published" '{ printf "%.3f\n", $1 - from }' | sort -n
}

same_copies() { # file, hosts
    local file=$1 i wrong=0
    shift
    for i in "$@"; do
        [[ $(sha256sum < "$work/d$i/files/$label") == $(sha256sum < "$file") ]] && continue
        echo "the copy of node-$i differs from $file" >&2
        wrong=1
    done
    return "$wrong"
}

# bound BYTES RECEIVERS SEED_UP LEAST_DOWN ALL_UP   seconds that no schedule can beat, the three rates in bits a second: the seeder
# sends every byte once, the slowest takes every byte once, and all together send every copy (Kumar and Ross 2006).
# Of 200 Mbit/s that a line carries, 191.4 are TCP's payload.
bound() {
    awk -v bytes="$1" -v n="$2" -v seed="$3" -v least="$4" -v all="$5" 'BEGIN {
        bits = bytes * 8 / (191.4 / 200)
        most = bits / seed
        if (bits / least > most) most = bits / least
        if (n * bits / all > most) most = n * bits / all
        printf "%.3f", most
    }'
}
