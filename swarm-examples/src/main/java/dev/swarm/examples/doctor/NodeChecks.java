package dev.swarm.examples.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be told from a running node's report. Pure. */
public final class NodeChecks {

    /** A clock further off than this makes what the node publishes lose against others', or be refused. */
    private static final long MAX_SKEW_MILLIS = 5_000;

    /** Datagrams after which silence means something. */
    private static final long FEW_DATAGRAMS = 3;

    private static final String OPEN_PORTS = "open TCP and UDP 1531 in the firewalls between the nodes";

    private static final String ONLY_ASKED = "only the node can tell, and this user may not ask it";

    private NodeChecks() {}

    /**
     * Examines a report.
     *
     * @param version the command's own
     */
    public static List<Check> of(Map<String, @Nullable Object> report, String version) {
        List<Check> checks = new ArrayList<>();
        checks.add(version(report, version));
        checks.add(tcp(report));
        checks.add(inbound(report));
        checks.addAll(ofItself(report));
        return checks;
    }

    /** The same where the node may not be asked: each is skipped but what the state that the node wrote last tells. */
    public static List<Check> unasked(Map<String, @Nullable Object> state) {
        List<Check> checks = new ArrayList<>();
        for (String name : List.of("version", "tcp", "inbound", "multicast", "udp", "address")) {
            checks.add(Check.skipped(name, ONLY_ASKED));
        }
        checks.add(state.get("peers") instanceof Long ? peers(state) : Check.skipped("peers", ONLY_ASKED));
        checks.add(Check.skipped("name", ONLY_ASKED));
        checks.add(Check.skipped("clock", ONLY_ASKED));
        checks.add(Check.skipped("deny-list", ONLY_ASKED));
        return checks;
    }

    /** Examines what a node can tell without asking anybody over the network. */
    public static List<Check> ofItself(Map<String, @Nullable Object> report) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(multicast(report));
        checks.addAll(addresses(report));
        checks.add(peers(report));
        checks.add(name(report));
        checks.add(clock(report));
        checks.add(denyList(report));
        checks.add(transfers(report));
        checks.add(store(report));
        if (report.get("no_room") instanceof String why) {
            checks.add(
                    Check.failed("disk", "a file is not received: " + why, "free space; it is tried again each cycle"));
        }
        return checks;
    }

    private static Check version(Map<String, @Nullable Object> report, String version) {
        String running = String.valueOf(report.get("version"));
        if (!running.equals(version)) {
            return Check.failed(
                    "version",
                    "the node is " + running + ", the command " + version,
                    "restart the node, so that it runs what is installed");
        }
        Map<?, ?> peers = report.get("peer_versions") instanceof Map<?, ?> told ? told : Map.of();
        List<String> others = peers.entrySet().stream()
                .filter(peer -> !running.equals(peer.getValue()))
                .map(peer -> peer.getKey() + " is " + peer.getValue())
                .sorted()
                .toList();
        return others.isEmpty()
                ? Check.passed("version", "node, command and " + peers.size() + " peers that were asked are " + version)
                : Check.failed(
                        "version",
                        "the node is " + running + ", and of " + peers.size() + " peers " + others.size() + " are not: "
                                + String.join(", ", others.subList(0, Math.min(3, others.size()))),
                        "go on with the upgrade until all nodes are of one version");
    }

    private static Check tcp(Map<String, @Nullable Object> report) {
        return report.get("reach_problem") instanceof String problem
                ? Check.failed("tcp", problem, OPEN_PORTS)
                : Check.passed("tcp", report.get("listen") + " answers over TLS");
    }

    private static Check transfers(Map<String, @Nullable Object> report) {
        long stalled = number(report.get("stalled"));
        Object blob = report.get("stalled_blob");
        return stalled == 0
                ? Check.passed("transfers", "none is without progress")
                : Check.failed(
                        "transfers",
                        "nothing comes of " + stalled + (stalled == 1 ? " blob: " : " blobs, the first is ") + blob
                                + ": " + report.get("stalled_reason"),
                        "'swarm seeds show " + blob + "' tells who has it; start one that does, and " + OPEN_PORTS);
    }

    private static List<Check> multicast(Map<String, @Nullable Object> report) {
        if (!Boolean.TRUE.equals(report.get("multicast"))) {
            return List.of(Check.passed("multicast", "it is off; peers are found through known addresses only"));
        }
        List<Check> checks = new ArrayList<>();
        if (report.get("multicast_problem") instanceof String problem) {
            checks.add(Check.failed(
                    "multicast", problem, "name an interface that is up with --interface, or write --interface none"));
        }
        for (Map<?, ?> segment : members(report.get("segments"))) {
            checks.add(sending(segment));
            checks.add(udp(segment));
        }
        return checks.isEmpty() ? List.of(Check.passed("multicast", "no network is joined yet")) : checks;
    }

    private static Check sending(Map<?, ?> segment) {
        Object where = segment.get("interface");
        if (segment.get("problem") instanceof String problem) {
            return Check.failed(
                    "multicast",
                    "announcer or listener on " + where + " exited: " + problem,
                    "raise the descriptor limit if it is that, let the network carry multicast, or write --interface none");
        }
        long sent = number(segment.get("sent"));
        if (sent >= FEW_DATAGRAMS && number(segment.get("heard_own")) == 0) {
            return Check.failed(
                    "multicast",
                    sent + " datagrams went out on " + where + " and not one came back to this machine",
                    "open UDP 1531 in this machine's firewall, outgoing and incoming");
        }
        return Check.passed("multicast", "announcer and listener run on " + where + ", " + sent + " datagrams sent");
    }

    private static Check udp(Map<?, ?> segment) {
        Object where = segment.get("interface");
        long heard = number(segment.get("heard_others"));
        long there = number(segment.get("peers_there"));
        if (heard == 0 && there > 0 && number(segment.get("sent")) >= FEW_DATAGRAMS) {
            return Check.failed(
                    "udp",
                    there + " peers are in the network of " + where + " and no datagram of theirs was heard",
                    "open UDP 1531 beside TCP 1531, let the network carry multicast (IGMP snooping), or write --interface none");
        }
        return Check.passed("udp", heard + " datagrams of other nodes heard on " + where);
    }

    private static List<Check> addresses(Map<String, @Nullable Object> report) {
        List<Check> checks = new ArrayList<>();
        for (Map<?, ?> announced : members(report.get("announced"))) {
            Object address = announced.get("address");
            Object carrier = announced.get("interface");
            if (Boolean.TRUE.equals(announced.get("virtual"))) {
                checks.add(Check.failed(
                        "address",
                        "others are told " + address + " of " + carrier + ", an interface of a container or tunnel",
                        "set announce_address, or --announce-address, to the address that other machines reach"));
            } else if (carrier == null) {
                checks.add(Check.failed(
                        "address",
                        "others are told " + address + ", which no interface of this machine has",
                        "listen on, or announce, an address of this machine that others reach"));
            } else {
                checks.add(Check.passed("address", "others are told " + address + " of " + carrier));
            }
        }
        return checks;
    }

    private static Check peers(Map<String, @Nullable Object> report) {
        long peers = number(report.get("peers"));
        return peers > 0
                ? Check.passed("peers", peers + " peers proved themselves")
                : Check.failed(
                        "peers",
                        "no peer has proved itself",
                        OPEN_PORTS + "; in another subnet name one with --peer or a coordinator with --coordinator");
    }

    /** A firewall that lets this machine connect to itself and out, and nobody in. */
    private static Check inbound(Map<String, @Nullable Object> report) {
        Map<?, ?> asked = report.get("reached_by") instanceof Map<?, ?> told ? told : Map.of();
        long reached = asked.values().stream().filter(Boolean.TRUE::equals).count();
        String peers = String.join(
                ", ", asked.keySet().stream().map(String::valueOf).sorted().toList());
        return !asked.isEmpty() && reached == 0
                ? Check.failed(
                        "inbound",
                        "this node reaches " + peers + ", and was not reached when they connected back",
                        "open TCP 1531 for incoming connections in this machine's firewall and on the way here")
                : Check.passed(
                        "inbound",
                        asked.isEmpty() ? "there is no peer to connect back" : reached + " peers connected back");
    }

    private static Check clock(Map<String, @Nullable Object> report) {
        boolean compared = report.get("clock_ahead_ms") instanceof Long;
        long ahead = number(report.get("clock_ahead_ms"));
        String off = !compared
                ? "there is no peer to compare it with"
                : "this machine's clock is " + Math.abs(ahead) + " ms " + (ahead < 0 ? "behind" : "ahead of")
                        + " the peers'";
        if (Math.abs(ahead) > MAX_SKEW_MILLIS) {
            return Check.failed("clock", off, "set it, and keep it set by NTP");
        }
        long dated = number(report.get("dated_ahead"));
        return dated == 0
                ? Check.passed("clock", off)
                : Check.failed(
                        "clock",
                        off + "; what this node says of " + dated + (dated == 1 ? " file" : " files")
                                + " is dated up to " + number(report.get("dated_ahead_ms")) / 1_000
                                + " s in the future, and nobody takes it",
                        "leave the node running beside another: once the clocks have agreed for a minute it is dated anew; if this"
                                + " machine's clock is behind, set it");
    }

    private static Check name(Map<String, @Nullable Object> report) {
        List<?> others = report.get("namesakes") instanceof List<?> told ? told : List.of();
        return others.isEmpty()
                ? Check.passed("name", "nobody else goes by this node's name")
                : Check.failed(
                        "name",
                        "another machine goes by this node's name: " + others.get(0)
                                + "; peers take both for one, and what one of them publishes may reach nobody",
                        "give one of them a certificate with a name of its own ('swarm ca issue'), or stop it");
    }

    private static Check denyList(Map<String, @Nullable Object> report) {
        long number = number(report.get("deny_list"));
        String inForce = number == 0 ? "no deny list is in force" : "deny list " + number + " is in force";
        return report.get("deny_list_problem") instanceof String problem
                ? Check.failed(
                        "deny-list", inForce + "; " + problem, "put the latest list of 'swarm ca revoke' into the file")
                : Check.passed("deny-list", inForce);
    }

    private static Check store(Map<String, @Nullable Object> report) {
        return report.get("store_problem") instanceof String problem
                ? Check.failed("store", problem + ", and nothing is received", "check the disk and restart the node")
                : Check.passed("store", "what comes reaches the disk");
    }

    private static List<Map<?, ?>> members(@Nullable Object list) {
        List<Map<?, ?>> members = new ArrayList<>();
        if (list instanceof List<?> elements) {
            for (Object element : elements) {
                if (element instanceof Map<?, ?> map) {
                    members.add(map);
                }
            }
        }
        return members;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
