#!/usr/bin/env bash
# One person's lockbox on three hosts, with a home on each: identity, pairing, files of 1 B up to a size on all of them, under odd names
# too, nothing in plaintext, a rename that sends no file, a deletion, an edit on two machines that cannot reach each other, a machine
# that is taken out. Prints a line for each fact and the rate. Exit code 0 if all held.
# Usage: lockbox.sh [FILES [LARGEST [EACH]]], 1000 and 64MiB by default; with EACH all but the largest are of that size. Needs root, ip and tc (Debian package iproute2) and Java.
set -euo pipefail

source "$(dirname "$0")/nodes.sh"
files=${1:-1000}
largest=$(bytes_of "${2:-64MiB}")
each=${3:+$(bytes_of "$3")}
marker='a text to look for on every disk'

box() { echo "$(home "$1")/lockbox"; }
run() { start "$1" "$work/d$1" --user "ann=$(home "$1")" "${@:2}"; }
keys() { on 1 lockbox members --json 2> /dev/null | grep -o '"key":true' | wc -l; }
sealed() { find "$(box "$1")" -name '*.age' -not -path '*/.lockbox/*' -printf x 2> /dev/null | wc -c; }
plain() { find "$(box "$1")" -type f -not -name '*.age' -not -path '*/.lockbox/*' -printf x 2> /dev/null | wc -c; }
status_has() { on "$1" lockbox status --json 2> /dev/null | grep -q "$2"; }

await() { # seconds, command
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}
have_keys() { (($(keys) == $1)); }
all_have() { # number, host...
    local number=$1 i
    shift
    for i in "$@"; do (($(sealed "$i") == number && $(plain "$i") == 0)) || return 1; done
    for i in "$@"; do diff -rq -x .lockbox "$(box 1)" "$(box "$i")" > /dev/null || return 1; done
}
opens() { # host, name, file
    rm -f "$work/opened"
    on "$1" lockbox decrypt "$2" -o "$work/opened" > /dev/null && cmp -s "$work/opened" "$3"
}
sent() { "$lab" stats | awk '{ sum += $5 } END { print sum }'; }
sent_less_than() { (($(sent) - $2 < $1)); } # bytes, since
noted() { compgen -G "$(box 1)/xxx*.failed" > /dev/null; }
nowhere() { ! grep -rqF "$marker" "$work"/d[0-9]* "$work"/home-*; }

authority 3
"$lab" up 3
echo 'correct horse' > "$work/passphrase"
for i in 1 2 3; do run "$i" --peer 10.78.0.1:1531; done
for i in 1 2 3; do await_ready "$work/d$i"; done
for i in 1 2 3; do await_peers "$i" 2; done

on 1 puddle init --passphrase-file "$work/passphrase" > /dev/null
for i in 2 3; do
    code=$(on 1 puddle pair --json | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')
    on "$i" puddle join --from 10.78.0.1:1531 --code "$code" > /dev/null
    on "$i" puddle unlock --passphrase-file "$work/passphrase" > /dev/null
done
check 'three machines have keys' await 60 have_keys 3

mkdir -p "$work/plain/d e/f"
for ((i = 0; i < files; i++)); do
    directory=$work/plain
    ((i % 3)) || directory=$work/plain/d\ e/f
    size=$((1 + (RANDOM * 32768 + RANDOM) % 8192))
    ((i % 100 == 7)) && size=$((1 + (RANDOM * 32768 + RANDOM) % (4 << 20)))
    size=${each:-$size}
    { head -c "$size" /dev/urandom; echo "$marker $i"; } > "$directory/file-$i"
done
head -c "$largest" /dev/urandom > "$work/plain/largest"
printf x > "$work/plain/one-byte"
files=$((files + 2))
from=$(date +%s.%N)
cp -r "$work/plain/." "$(box 1)"
check "$files files are the same on three machines" await 600 all_have "$files" 1 2 3
echo "rate: $(calc %.0f "$files / ($(date +%s.%N) - $from)") files/s, with the two seconds that a file is left alone"
check 'no disk of a node or home has the text' nowhere
check 'the largest opens on another machine' opens 2 largest "$work/plain/largest"
check 'one in a directory opens on the third' opens 3 'd e/f/file-0' "$work/plain/d e/f/file-0"

long=$(printf 'x%.0s' $(seq 251))
for name in $'line\nfeed' $'e\u0301' $'\u00e9' -dash ' ' '*' no.age a.failed "$long" -d/-e/-x; do
    mkdir -p "$(box 2)/$(dirname -- "$name")"
    echo "$marker in $name" > "$(box 2)/$name"
    files=$((files + 1))
done
check 'files of odd names are the same on three machines' await 120 all_have "$files" 1 2 3
echo "$marker in no.age" > "$work/odd"
check 'a file named as if it were encrypted opens' opens 3 no.age "$work/odd"
echo 'too long' > "$(box 1)/${long}xxxx"
check 'a name that leaves no room for .age gets a note' await 30 noted
rm "$(box 1)/${long}xxxx"
check 'which goes with it' await 60 all_have "$files" 1 2 3

sleep 5
before=$(sent)
mkdir "$(box 1)/moved"
mv "$(box 1)/largest.age" "$(box 1)/moved/largest.age"
check 'a renamed file is everywhere under its name' await 60 all_have "$files" 1 2 3
check "a rename of $largest bytes sends less than 1 MiB, everything else of three nodes included" sent_less_than $((1 << 20)) "$before"
check 'and it opens' opens 3 moved/largest "$work/plain/largest"
rm "$(box 3)/one-byte.age"
files=$((files - 1))
check 'a deleted file is gone everywhere' await 60 all_have "$files" 1 2 3

stop 2
echo one > "$(box 1)/note"
echo other > "$(box 2)/note"
await 30 test ! -e "$(box 1)/note"
run 2 --peer 10.78.0.1:1531
await_ready "$work/d2"
await_peers 2 1
on 2 puddle unlock --passphrase-file "$work/passphrase" > /dev/null
files=$((files + 2))
check 'two edits of one name are both kept' await 120 all_have "$files" 1 2 3

on 3 lockbox key -o "$work/kept.key" > /dev/null
on 1 lockbox evict node-3.example > /dev/null
from=$(date +%s.%N)
check 'what the evicted machine could read is encrypted anew' await 600 status_has 1 '"recipients":2.*"renewing":0'
echo "rate: $(calc %.0f "$files / ($(date +%s.%N) - $from)") files/s encrypted anew"
check 'the two that are left agree' await 120 all_have "$files" 1 2
if command -v age > /dev/null; then
    opened=0
    while read -r file; do
        if age -d -i "$work/kept.key" "$file" > /dev/null 2>&1; then opened=$((opened + 1)); fi
    done < <(find "$(box 1)" -name '*.age' -not -path '*/.lockbox/*')
    check "the key that it kept opens none of $files files" test "$opened" -eq 0
fi

exit "$((failures > 0))"
