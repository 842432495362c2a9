# Starts and watches nodes on the lab's hosts; to be sourced by a script that has set -euo pipefail.
# Sets swarm, lab and work, and cleans up at exit.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
swarm=$here/../../swarm-examples/bin/swarm
lab=$here/lab.sh
work=$(mktemp -d)
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

# start HOST DATA [FLAGS]   runs a node; await_ready DATA waits until it serves
start() {
    local i=$1 data=$2; shift 2
    "$lab" exec "$i" "$swarm" node --data "$data" --host "node-$i.example" --listen "10.78.0.$i:1531" \
        --cert "$work/node-$i/node.crt" --key "$work/node-$i/node.key" --ca "$work/node-$i/ca.crt" \
        --min-free-pct 1 --cycle 1s "$@" > "$data.out" 2> "$data.err" &
}

await_ready() {
    local data=$1
    for _ in $(seq 600); do grep -q '^ready ' "$data.out" 2> /dev/null && return; sleep 0.1; done
    cat "$data.err" >&2
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
        [[ $(cat "/proc/$pid/comm" 2> /dev/null) == java ]] && echo "$pid"
    done | head -n 1
}
