# What the commands of the pages are where the pages are tried: sourced by the shell that runs their blocks.
# PAGE_ROOT is a scratch directory in place of /, PAGE_JAVA runs the command's class, PAGE_LISTEN is where a node listens that is
# not told otherwise.

# A node runs until the page ends, on loopback, and the block goes on when it serves. The doctor is asked again for a while:
# a node that was just started has yet to meet its peers.
swarm() {
    case $1 in
        node) shift; start_node "$@" ;;
        doctor) within 40 $PAGE_JAVA "$@" ;;
        *) $PAGE_JAVA "$@" ;;
    esac
}

within() { # tries, command
    local tries=$1 told
    shift
    until told=$("$@"); do
        ((--tries > 0)) || { echo "$told" >&2; return 1; }
        sleep 0.2
    done
    echo "$told"
}

start_node() {
    local flags=(--cycle 300ms --min-free-pct 1 --no-warm-up) log data=
    [[ " $* " == *" --interface "* ]] || flags+=(--interface none)
    [[ " $* " == *" --listen "* ]] || flags+=(--listen "$PAGE_LISTEN")
    [[ " $* " =~ \ --data\ ([^ ]+)\  ]] && data=${BASH_REMATCH[1]}
    log=$(mktemp "$PAGE_ROOT/node-XXXXXX")
    $PAGE_JAVA node "$@" "${flags[@]}" > "$log" 2>&1 < /dev/null &
    echo "$! $data" >> "$PAGE_ROOT/nodes"
    for _ in $(seq 400); do
        if grep -q '^ready ' "$log"; then return 0; fi
        kill -0 $! 2> /dev/null || break
        sleep 0.05
    done
    cat "$log" >&2
    return 1
}

node_on() { awk -v data="$1" '$2 == data { pid = $1 } END { print pid }' "$PAGE_ROOT/nodes"; } # data directory

stop_node() { # data directory
    [[ -n $(node_on "$1") ]] || return 0
    local pid
    pid=$(node_on "$1")
    kill "$pid"
    while [[ -d /proc/$pid && $(cut -d ' ' -f 3 "/proc/$pid/stat") != Z ]]; do sleep 0.05; done
}

# Two nodes that know each other: hub-01, a coordinator, and web-01, with its data and credentials where the pages have them.
fleet_of_two() {
    swarm ca init --dir ca --fleet blue
    swarm ca issue --dir ca --host hub-01 --role coordinator --out hub-01
    swarm ca issue --dir ca --host web-01 --out web-01
    cp web-01/* /etc/swarm/
    swarm node --data hub --host hub-01 --listen 10.0.0.5:1531 --coordinate \
        --cert hub-01/node.crt --key hub-01/node.key --ca hub-01/ca.crt
    swarm node --data /var/lib/swarm --host web-01 --listen 10.0.1.2:1531 --coordinator 10.0.0.5:1531 \
        --cert /etc/swarm/node.crt --key /etc/swarm/node.key --ca /etc/swarm/ca.crt
}

sudo() { "$@"; }

# There are no users and no firewall to change.
useradd() { [[ $* == *" swarm" ]]; }
chown() { [[ $1 == swarm:* ]]; }
ufw() { [[ "$*" =~ ^allow\ [0-9]+/(tcp|udp)$ ]]; }

# Runs what the unit says for the node's machine, which is web-01.
systemctl() {
    local unit=/etc/systemd/system/swarm.service command
    command=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$unit" | sed 's/^ExecStart=//; s/\\$//' | tr '\n' ' ')
    command=$(sed "s, [/]\(etc\|var\)/, $PAGE_ROOT/\1/,g; s/%H/web-01/" <<< "$command")
    case $* in
        "enable --now swarm") swarm ${command#*/bin/swarm } ;;
        "reload swarm") kill -HUP "$(node_on /var/lib/swarm)" ;;
        "restart swarm") stop_node /var/lib/swarm; swarm ${command#*/bin/swarm } ;;
        *) echo "systemctl $*: not on this machine" >&2; return 1 ;;
    esac
}
