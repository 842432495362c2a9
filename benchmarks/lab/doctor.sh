#!/usr/bin/env bash
# Plants what commonly goes wrong, one fault on each of eight nodes, and asks the doctor there: it has to name each, with a remedy
# and exit code 1, and to be content before. Prints a line for each fact. Exit code 0 if all held.
# operator.sh plants more of them in passing: an address of a container, multicast that does not arrive, no peers, no node.
# Needs root, ip and tc (Debian package iproute2), nft (nftables), faketime, openssl and a JDK, for jar.
set -euo pipefail

source "$(dirname "$0")/nodes.sh"
need nft nftables
need faketime faketime
need openssl openssl
need "${JAVA_HOME:+$JAVA_HOME/bin/}jar" openjdk-17-jdk-headless

run() { start "$1" "$work/d$1" "${@:2}"; } # host, flags

content() { on "$1" doctor > "$work/doctor-$1.txt" || { cat "$work/doctor-$1.txt" >&2; return 1; }; } # host

firewall() { # host, rules of a chain: input or output, then what
    "$lab" exec "$1" nft add table inet lab
    "$lab" exec "$1" nft "add chain inet lab $2 { type filter hook $2 priority 0; }"
    "$lab" exec "$1" nft add rule inet lab "${@:2}"
}

# certificate_without_usage DIRECTORY   one of the fleet's authority that may be a client alone
certificate_without_usage() {
    mkdir -p "$1"
    cp "$work/ca/ca.crt" "$1/"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=node-7.example \
        -keyout "$1/node.key" -out "$1/node.csr" 2> /dev/null
    openssl x509 -req -in "$1/node.csr" -CA "$work/ca/ca.crt" -CAkey "$work/ca/ca.key" -days 9 -out "$1/node.crt" \
        -extfile <(printf 'subjectAltName=DNS:node-7.example\nextendedKeyUsage=clientAuth\n') 2> /dev/null
}

# another_version DIRECTORY   a copy of the command whose library says that it is of version 9.9.9
another_version() {
    local module=$here/../../swarm-examples
    mkdir -p "$1/bin" "$1/target" "$1/dev/swarm/driver"
    cp "$module/bin/swarm" "$1/bin/"
    cp -r "$module/target/swarm-examples.jar" "$module/target/lib" "$1/target/"
    echo 9.9.9 > "$1/dev/swarm/driver/version.txt"
    (cd "$1" && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" uf target/lib/swarm-core-*.jar dev/swarm/driver/version.txt)
}

authority 8
"$lab" up 8
for i in $(seq 8); do run "$i" --deny-list "$work/deny-$i.json"; done
for i in $(seq 8); do await_ready "$work/d$i"; done
for i in $(seq 8); do await_peers "$i" 4; done
for i in $(seq 8); do check "the doctor is content with node-$i" soon content "$i"; done

echo 'not a deny list' > "$work/deny-1.json"
found 1 deny-list "a file that is none" deny-1.json
mkdir "$work/d1/state.json.tmp"
found 1 state-files "they cannot be written" 'old though the node runs'
rmdir "$work/d1/state.json.tmp"

launcher=(faketime -f +20s)
again 2
launcher=()
found 2 clock "it is 20 s ahead" '(19|20)[0-9]{3} ms ahead'
launcher=(faketime -f -20s)
again 2
launcher=()
found 2 clock "it is 20 s behind" '(19|20)[0-9]{3} ms behind'

firewall 3 output ip daddr 224.0.0.42 drop
found 3 multicast "the firewall keeps its announcements in" 'eth0'
"$lab" exec 3 nft flush ruleset
firewall 3 input udp dport 1531 drop
again 3
found 3 multicast "the firewall keeps datagrams out" 'not one came back'
"$lab" exec 3 nft flush ruleset

firewall 4 input tcp dport 1531 drop
found 4 tcp "the firewall keeps connections out" '10.78.0.4:1531 does not answer'
"$lab" exec 4 nft flush ruleset

firewall 4 input iifname != lo tcp dport 1531 drop
again 4
found 4 inbound "the firewall lets it reach itself and others, and nobody in" 'was not reached'
"$lab" exec 4 nft flush ruleset

launcher=(sh -c 'ulimit -n 256; exec "$@"' sh)
again 5
launcher=()
found 5 descriptors "it may open 256 files" 'limit 256'

printf 'swarm:\n  enabled: ["*"]\n' > "$work/config.yaml"
again 6 --config "$work/config.yaml"
printf 'swarm:\n  enabled: yes please\n' > "$work/config.yaml"
found 6 config "a line that means nothing" 'config.yaml:2'
head -c 100 /dev/urandom > "$work/d6/seed/alone.bin"
found 6 seeds "one without terms" alone.bin

certificate_without_usage "$work/lacking"
asked=(--cert "$work/lacking/node.crt" --key "$work/lacking/node.key" --ca "$work/lacking/ca.crt")
found 7 certificate "serverAuth is missing" serverAuth
faketime -f -800d "$swarm" ca issue --dir "$work/ca" --host node-7.example --out "$work/expired" > /dev/null
asked=(--cert "$work/expired/node.crt" --key "$work/expired/node.key" --ca "$work/expired/ca.crt")
found 7 certificate "it has expired" 'expired at'
asked=()

stop 8
trap '"$lab" down; umount "$work/d8"; cleanup' EXIT
mount -t tmpfs -o size=1g swarm-lab "$work/d8"
run 8
await_ready "$work/d8"
cat /dev/zero > "$work/d8/full" 2> /dev/null || true
found 8 disk "its file system is full" '0.0 % of the file system'

another_version "$work/other"
mine=$swarm
swarm=$work/other/bin/swarm
again 7
swarm=$mine
found 7 version "it is not what is installed" 'the node is 9.9.9, the command'
found 6 version "a peer runs another" 'node-7.example is 9.9.9'
exit "$((failures > 0))"
