#!/usr/bin/env bash
# How long a revocation takes on eight nodes, on eight hosts, with no coordinator: by the author and by an operator, with multicast
# and without. Then a node that was away meanwhile, and one that may not revoke. Prints a line for each round and one per fact;
# exit code 0 if all held and no node was later than two seconds.
#   revocation.sh [ROUNDS]      rounds of each kind, one unless given
set -euo pipefail
source "$(dirname "$0")/nodes.sh"
rounds=${1:-1}
hosts=(1 2 3 4 5 6 7 8)
operator=2

now_ms() { echo $(($(date +%s%N) / 1000000)); }
publish() { # host, name; the id
    head -c 200K /dev/urandom > "$work/$2"
    sha_of "$("$swarm" distribute "$work/$2" --target '*' --data "$work/d$1" --json)"
}
held_by_all() { # id, seconds
    local i
    for i in "${hosts[@]}"; do
        for _ in $(seq $(($2 * 10))); do [[ -e $work/d$i/.blobs/$1 ]] && continue 2; sleep 0.1; done
        return 1
    done
}
listed_as_revoked() { # host, id
    for _ in $(seq 50); do
        "$swarm" list --data "$work/d$1" --json | grep -q "\"$2\"[^}]*\"state\":\"revoked\"" && return
        sleep 0.1
    done
    return 1
}

# Revokes on a host and watches every node's store: milliseconds until the first, the middle and the last has let go.
revoke_round() { # way, who, host, id
    local way=$1 who=$2 host=$3 id=$4 gone=() left=("${hosts[@]}") i still start
    start=$(now_ms)
    "$swarm" revoke "$id" --data "$work/d$host" > /dev/null &
    local verb=$!
    while ((${#left[@]} && $(now_ms) - start < 10000)); do
        still=()
        for i in "${left[@]}"; do
            if [[ -e $work/d$i/.blobs/$id ]]; then still+=("$i"); else gone+=($(($(now_ms) - start))); fi
        done
        left=("${still[@]}")
        sleep 0.01
    done
    wait "$verb"
    if ((${#left[@]})); then
        fact FAILED "$way, by $who: nodes ${left[*]} still hold the blob after 10 s"
        return
    fi
    # The command itself takes a second to start; what counts is from the first node that knew.
    printf '%-18s %-9s first %5d ms, middle %5d ms, last %5d ms after the command began; %4d ms from first to last\n' \
        "$way" "$who" "${gone[0]}" "${gone[3]}" "${gone[7]}" $((gone[7] - gone[0]))
    check "$way, by $who: all within 2 s of the first" test $((gone[7] - gone[0])) -le 2000
    for i in 1 5 8; do check "$way, by $who: node-$i lists it as revoked" listed_as_revoked "$i" "$id"; done
}

authority 8 "$operator"
for way in multicast without-multicast; do
    "$lab" up 8
    peers=()
    if [[ $way == without-multicast ]]; then
        for i in "${hosts[@]}"; do "$lab" mcdrop "$i"; done
        peers=(--peer 10.78.0.1:1531)
    fi
    for i in "${hosts[@]}"; do rm -rf "$work/d$i"; start "$i" "$work/d$i" "${peers[@]}"; done
    for i in "${hosts[@]}"; do await_ready "$work/d$i"; done
    for ((round = 1; round <= rounds; round++)); do
        for who in author operator; do
            id=$(publish 3 "$way-$who-$round.bin")
            if ! held_by_all "$id" 60; then fact FAILED "$way: all eight received $id"; continue; fi
            if [[ $who == author ]]; then revoke_round "$way" author 3 "$id"; else revoke_round "$way" operator "$operator" "$id"; fi
        done
    done
done

id=$(publish 3 refused.bin)
check "all eight received $id" held_by_all "$id" 60
if message=$("$swarm" revoke "$id" --data "$work/d5" 2>&1); then
    fact FAILED "a node that is neither author nor operator cannot revoke"
else
    check "a node that is neither author nor operator cannot revoke: $message" test "$(wc -l <<< "$message")" = 1
fi
sleep 3
check "nothing was revoked by it" held_by_all "$id" 1

kill -TERM "$(node_pid 8)"
sleep 2
"$swarm" revoke "$id" --data "$work/d3" > /dev/null
start 8 "$work/d8" "${peers[@]}"
await_ready "$work/d8"
check "a node that was away lists it as revoked" listed_as_revoked 8 "$id"
check "a node that was away let go of it" test ! -e "$work/d8/.blobs/$id"

exit "$((failures > 0))"
