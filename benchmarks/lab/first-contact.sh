#!/usr/bin/env bash
# How long a node takes to its first contact that knows one living address among many at which packets are lost: named by --peer; in
# peers.json as the one that was seen last; with all others as long ago; and as the one that was seen longest ago.
#   first-contact.sh [ADDRESSES]   how many are dead, 200 unless given
set -euo pipefail

source "$(dirname "$0")/nodes.sh"
dead=${1:-200}
now=$(date +%s%3N)

# peers_json DEAD_HOURS [LIVING_HOURS]   how long ago they were seen, of an earlier run; without the second the living one is not in it
peers_json() {
    local i
    echo '{"peers":['
    [[ -z ${2:-} ]] || echo "{\"address\":\"10.78.0.1:1531\",\"host\":\"node-1.example\",\"last_seen_ms\":$((now - $2 * 3600000))},"
    for ((i = 1; i <= dead; i++)); do
        echo "{\"address\":\"10.79.$((i / 250)).$((i % 250 + 1)):1531\",\"host\":\"gone-$i.example\",\"last_seen_ms\":$((now - $1 * 3600000))}"
        ((i == dead)) || echo ,
    done
    echo ']}'
}

# contact WHAT PEERS_JSON [FLAGS]   says how long after node 2 served the living one knew it, which writes that down once a second
contact() {
    local what=$1 begun
    # The living one is not to remember this host.
    rm -rf "$work"/d[12]
    mkdir "$work/d2"
    start 1 "$work/d1"
    await_warm "$work/d1"
    echo "$2" > "$work/d2/peers.json"
    shift 2
    start 2 "$work/d2" "$@"
    await_ready "$work/d2"
    begun=$EPOCHREALTIME
    for _ in $(seq 6000); do
        grep -Eq '"peers" *: *[1-9]' "$work/d1/state.json" 2> /dev/null && break
        sleep 0.1
    done
    echo "$dead dead, $what: $(calc %.1f "$EPOCHREALTIME - $begun") s"
    stop 1
    stop 2
}

authority 2
"$lab" up 2
for i in 1 2; do "$lab" mcdrop "$i"; done
# The other host forwards nothing and says nothing of it.
"$lab" exec 2 ip route add 10.79.0.0/16 via 10.78.0.1
contact 'named by --peer' "$(peers_json 0)" --peer 10.78.0.1:1531
contact 'seen last' "$(peers_json 72 0)"
contact 'seen as long ago as the others' "$(peers_json 1 1)"
contact 'seen longest ago' "$(peers_json 0 72)"
