#!/usr/bin/env bash
# An operator's session over eight nodes, each on a host of its own: files for some and for all, what shows while they are on their way,
# replacing, revoking, tidying up, and a doctor for nodes that are well and for nodes with something wrong. Prints a line for each
# fact. Exit code 0 if all held.
# Needs root, ip and tc (Debian package iproute2) and Java.
set -euo pipefail

source "$(dirname "$0")/nodes.sh"

role() { if (($1 % 2)); then echo web; else echo db; fi; } # host

run() { start "$1" "$work/d$1" --max-bandwidth unlimited --trait "role=$(role "$1")" "${@:2}"; } # host, flags

copy() { [[ -f $work/d$1/files/$2 ]]; } # host, label

# Whether these receivers, and no others, have a copy.
have_exactly() { # label, host...
    local label=$1 i
    shift
    for i in "$@"; do await_copy "$work/d$i" "$label" 20 || { echo "node-$i has no $label" >&2; return 1; }; done
    sleep 2
    for i in $(receivers); do
        if [[ " $* " != *" $i "* ]] && copy "$i" "$label"; then
            echo "node-$i has $label" >&2
            return 1
        fi
    done
}

targeted() { # target, host...
    local file
    file=$work/file-$((++files)).bin
    random_file "$file" 300000
    on 1 distribute "$file" --target "$1" > /dev/null
    check "a file for '$1' is on these hosts alone: ${*:2}" have_exactly "$(basename "$file")" "${@:2}"
}

tells() { on "$1" "${@:3}" 2> /dev/null | grep -q -- "$2"; } # host, pattern, verb
tells_not() { ! tells "$@"; }
nobody_has() { local i; for i in $(receivers); do if copy "$i" "$1"; then return 1; fi; done; } # label
everybody_has() { local i; for i in $(receivers); do cmp -s "$work/d$i/files/$1" "$2" || return 1; done; } # label, file

hosts=8 files=0
authority 8 1
"$lab" up 8 50mbit
for i in $(seq 8); do run "$i"; done
for i in $(seq 8); do await_ready "$work/d$i"; done
for i in $(seq 8); do await_peers "$i" 4; done

targeted '*' 2 3 4 5 6 7 8
targeted 'node-3*' 3
targeted 'node-2.example,node-7.example' 2 7
targeted 'role=db' 2 4 6 8
targeted '*,-node-4.example,-role=web' 2 6 8
targeted '-node-5.example' 2 3 4 6 7 8

random_file "$work/big.bin" $((48 << 20))
on 1 distribute "$work/big.bin" --target '*' --retention 1h > /dev/null
check "status shows who is downloading while it runs" soon tells 1 '"status":"downloading"' status big.bin --json
check "every node gets it" have_exactly big.bin 2 3 4 5 6 7 8
check "status counts eight complete" soon tells 5 '"complete":8' status big.bin --json
check "list shows it" tells 8 '"label":"big.bin"' list --json

random_file "$work/next.bin" 2000000
on 1 distribute "$work/next.bin" --label big.bin --target '*' > /dev/null
check "a file of the same label replaces it everywhere" soon everybody_has big.bin "$work/next.bin"
on 1 revoke big.bin > /dev/null
check "a revoked file is gone everywhere" soon nobody_has big.bin
check "it is listed as revoked" soon tells 6 '"state":"revoked"' list --json
on 6 purge > /dev/null
check "purge takes it out of the list" tells_not 6 '"state":"revoked"' list --json

echo "no terms" > "$work/d2/seed/lonely.txt"
check "a seed without terms is listed as broken" soon tells 2 lonely.txt broken
ln -s ../.blobs/nothing "$work/d3/files/old"
check "a look before the cleanup names a dangling link" tells 3 files/old cleanup --dry-run
check "the doctor is content with a node that is well" on 6 doctor
found 2 seeds "one without terms"
found 3 leftovers "a dangling link"
on 3 cleanup > /dev/null
check "cleanup removes it" test ! -L "$work/d3/files/old"

"$lab" exec 5 ip link add docker0 type bridge
"$lab" exec 5 ip address add 172.17.0.1/16 dev docker0
"$lab" exec 5 ip link set docker0 up
again 5 --announce-address 172.17.0.1
found 5 address "that of a container"
"$lab" mcdrop 4
again 4 --peer 10.78.0.1:1531
found 4 udp "datagrams of others do not arrive"
stop 8
trap '"$lab" down; umount "$work/d8"; cleanup' EXIT
mount -t tmpfs -o size=64m swarm-lab "$work/d8"
run 8
await_ready "$work/d8"
found 8 disk "too small a file system"
printf 'swarm:\n  enabled: ["-node-3*", "*"]\n' > "$work/closed.yaml"
stop 3
run 3 --config "$work/closed.yaml"
found 3 node "kept out by its configuration file"
stop 7
found 7 node "not running"
"$lab" cut 6
rm -f "$work/d6/peers.json"
stop 6
rm -f "$work/d6/peers.json"
run 6
await_ready "$work/d6"
found 6 peers "nobody is there"
exit "$((failures > 0))"
