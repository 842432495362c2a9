#!/usr/bin/env bash
# Three nodes on three hosts. First they find each other by multicast alone, then, with multicast dropped, by --peer alone;
# each time a file distributed on the first reaches the two others. Then curl fetches the blob, whole and in part, and a
# receiver is killed in mid-transfer and resumes. Ends with one line per fact and exit code 0 if all of them held.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
swarm=$here/../../swarm-examples/bin/swarm
lab=$here/lab.sh
work=$(mktemp -d)
size_mib=${1:-64}
failures=0

cleanup() { "$lab" down; rm -rf "$work"; }
trap cleanup EXIT

fact() { echo "$1: $2"; [[ $1 == ok ]] || failures=$((failures + 1)); }
check() { local what=$1; shift; if "$@"; then fact ok "$what"; else fact FAILED "$what"; fi; }

start() { # host number, data directory, further flags
    local i=$1 data=$2; shift 2
    "$lab" exec "$i" "$swarm" node --data "$data" --host "node-$i.example" --listen "10.78.0.$i:1531" \
        --cert "$work/node-$i/node.crt" --key "$work/node-$i/node.key" --ca "$work/node-$i/ca.crt" \
        --min-free-pct 1 --cycle 1s "$@" > "$data.out" 2> "$data.err" &
    for _ in $(seq 300); do grep -q '^ready ' "$data.out" && return; sleep 0.1; done
    cat "$data.err" >&2
    return 1
}

# A receiver links a blob under its label when the blob is complete.
await_copy() { # data directory, label, seconds
    for _ in $(seq $(($3 * 10))); do
        [[ -f $1/files/$2 ]] && return
        sleep 0.1
    done
    return 1
}

same() { cmp -s "$1" "$2"; }
sha_of() { sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p' <<< "$1"; }
stop_all() { "$lab" down; "$lab" up 3; }

"$swarm" ca init --dir "$work/ca" --fleet lab > /dev/null
for i in 1 2 3; do
    "$swarm" ca issue --dir "$work/ca" --host "node-$i.example" --ip "10.78.0.$i" --out "$work/node-$i" > /dev/null
done
head -c "${size_mib}M" /dev/urandom > "$work/firmware.bin"

"$lab" up 3
for i in 1 2 3; do start "$i" "$work/m$i"; done
sha=$(sha_of "$("$swarm" distribute "$work/firmware.bin" --target '*' --data "$work/m1" --json)")
for i in 2 3; do
    check "multicast: node-$i received $sha" await_copy "$work/m$i" firmware.bin 60
    check "multicast: the copy of node-$i is right" same "$work/firmware.bin" "$work/m$i/files/firmware.bin"
done

tls=(--silent --show-error --cacert "$work/node-1/ca.crt" --cert "$work/node-1/node.crt" --key "$work/node-1/node.key")
url=https://10.78.0.2:1531/blobs/$sha
"$lab" exec 1 curl "${tls[@]}" -o "$work/whole" "$url"
check "curl: the whole blob" same "$work/whole" "$work/firmware.bin"
"$lab" exec 1 curl "${tls[@]}" -r 1000000-2999999 -o "$work/part" "$url"
tail -c +1000001 "$work/firmware.bin" | head -c 2000000 > "$work/expected" || true
check "curl: a range of it" same "$work/part" "$work/expected"
if "$lab" exec 1 curl --silent --cacert "$work/node-1/ca.crt" -o /dev/null "$url"; then
    fact FAILED "curl: without a certificate the handshake fails"
else
    fact ok "curl: without a certificate the handshake fails"
fi

stop_all
for i in 1 2 3; do "$lab" mcdrop "$i"; done
start 1 "$work/p1"
start 2 "$work/p2" --peer 10.78.0.1:1531
start 3 "$work/p3" --peer 10.78.0.1:1531
"$swarm" distribute "$work/firmware.bin" --target '*' --data "$work/p1" > /dev/null
for i in 2 3; do
    check "multicast dropped: node-$i received it through --peer" await_copy "$work/p$i" firmware.bin 60
done

stop_all
head -c "$((4 * size_mib))M" /dev/urandom > "$work/large.bin"
start 1 "$work/k1"
start 2 "$work/k2"
sha=$(sha_of "$("$swarm" distribute "$work/large.bin" --target '*' --data "$work/k1" --json)")
journal=$work/k2/.blobs/$sha.partial/leaves
leaves() { [[ -f $journal ]] && echo $(($(stat -c %s "$journal") / 8)) || echo 0; }
for _ in $(seq 3000); do (($(leaves) >= 16 * size_mib)) && break; sleep 0.01; done
kill -9 "$("$lab" exec 2 sh -c 'ip netns pids "$(ip netns identify $$)"' | while read -r pid; do
    [[ $(cat "/proc/$pid/comm" 2> /dev/null) == java ]] && echo "$pid"; done | head -n 1)"
kept=$(leaves)
check "kill -9: the receiver had some leaves and not all ($kept of $((64 * size_mib)))" \
    test "$kept" -gt 0 -a "$kept" -lt "$((64 * size_mib))"
start 2 "$work/k2"
check "kill -9: the receiver completed after its restart" await_copy "$work/k2" large.bin 120
check "kill -9: its copy is right" same "$work/large.bin" "$work/k2/files/large.bin"
resumed=$(sed -n "s/.*resuming blob $sha: \([0-9]*\)\/.*/\1/p" "$work/k2.err")
check "kill -9: all ${resumed:-0} of $kept leaves that were on disk were kept" test "${resumed:-0}" -ge "$kept"

exit "$((failures > 0))"
