#!/usr/bin/env bash
# Three nodes on three hosts. First they find each other by multicast alone, then, with multicast dropped, by --peer alone;
# each time a file distributed on the first reaches the two others. Then curl fetches the blob, whole and in part, and a
# receiver is killed in mid-transfer and resumes. Ends with one line per fact and exit code 0 if all of them held.
set -euo pipefail

source "$(dirname "$0")/nodes.sh"
size_mib=${1:-64}

same() { cmp -s "$1" "$2"; }
stop_all() { "$lab" down; "$lab" up 3; }

authority 3
head -c "${size_mib}M" /dev/urandom > "$work/firmware.bin"

"$lab" up 3
for i in 1 2 3; do start "$i" "$work/m$i"; await_ready "$work/m$i"; done
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
await_ready "$work/p1"
start 2 "$work/p2" --peer 10.78.0.1:1531
await_ready "$work/p2"
start 3 "$work/p3" --peer 10.78.0.1:1531
await_ready "$work/p3"
"$swarm" distribute "$work/firmware.bin" --target '*' --data "$work/p1" > /dev/null
for i in 2 3; do
    check "multicast dropped: node-$i received it through --peer" await_copy "$work/p$i" firmware.bin 60
done

stop_all
head -c "$((4 * size_mib))M" /dev/urandom > "$work/large.bin"
start 1 "$work/k1"
await_ready "$work/k1"
start 2 "$work/k2"
await_ready "$work/k2"
sha=$(sha_of "$("$swarm" distribute "$work/large.bin" --target '*' --data "$work/k1" --json)")
journal=$work/k2/.blobs/$sha.partial/leaves
leaves() { [[ -f $journal ]] && echo $(($(stat -c %s "$journal") / 8)) || echo 0; }
for _ in $(seq 3000); do (($(leaves) >= 16 * size_mib)) && break; sleep 0.01; done
kill -9 "$(node_pid 2)"
kept=$(leaves)
check "kill -9: the receiver had some leaves and not all ($kept of $((64 * size_mib)))" \
    test "$kept" -gt 0 -a "$kept" -lt "$((64 * size_mib))"
start 2 "$work/k2"
await_ready "$work/k2"
check "kill -9: the receiver completed after its restart" await_copy "$work/k2" large.bin 120
check "kill -9: its copy is right" same "$work/large.bin" "$work/k2/files/large.bin"
resumed=$(sed -n "s/.*resuming blob $sha: \([0-9]*\)\/.*/\1/p" "$work/k2.err")
check "kill -9: all ${resumed:-0} of $kept leaves that were on disk were kept" test "${resumed:-0}" -ge "$kept"

exit "$((failures > 0))"
