package dev.swarm.examples.doctor;

import dev.swarm.NodeHealth;
import dev.swarm.SwarmNode;
import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerView;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a running node tells of itself to be examined: a JSON object on the control socket. */
public final class NodeReport {

    /** A node on the same machine answers in milliseconds; one that is overloaded may take a while. */
    private static final long ANSWER_SECONDS = 5;

    private NodeReport() {}

    /**
     * How a node was set up, as far as the node itself does not tell.
     *
     * @param certificate the file of its certificate
     * @param key the file of its key
     * @param authority the file of the authority's certificate
     * @param config its configuration file, or null
     * @param multicast whether it is to speak and listen by multicast
     * @param cycle how often it takes stock
     * @param minFreePercent what stays free of a file system
     */
    public record Settings(
            Path certificate,
            Path key,
            Path authority,
            @Nullable Path config,
            boolean multicast,
            Duration cycle,
            double minFreePercent) {}

    /** The report of a node as it is now. Blocks while the node is asked over the network by itself, and its peers by it. */
    public static Map<String, @Nullable Object> of(SwarmNode node, Settings settings) {
        Map<String, @Nullable Object> report = ofItself(node, settings);
        report.put("version", SwarmNode.version());
        report.put("peer_versions", PeerVersions.ask(node, node.peers()));
        report.put("pid", ProcessHandle.current().pid());
        report.put("listen", node.address().toString());
        report.put("reach_problem", reachProblem(node, node.health()));
        report.put("reached_by", PeersReach.ask(node, node.peers()));
        report.put("certificate", absolute(settings.certificate()));
        report.put("key", absolute(settings.key()));
        report.put("authority", absolute(settings.authority()));
        Path config = settings.config();
        report.put("config", config == null ? null : absolute(config));
        report.put("cycle_ms", settings.cycle().toMillis());
        return report;
    }

    /** What the node can tell without asking anybody over the network. Blocks briefly. */
    public static Map<String, @Nullable Object> ofItself(SwarmNode node, Settings settings) {
        NodeHealth health = node.health();
        List<PeerView> proven =
                node.peers().stream().filter(peer -> peer.trust() > 0).toList();
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("peers", (long) proven.size());
        report.put(
                "no_room",
                node.status().transfers().stream()
                        .filter(TransferView::skippedForDisk)
                        .map(TransferView::reason)
                        .findFirst()
                        .orElse(null));
        List<TransferView> stalled =
                node.status().transfers().stream().filter(TransferView::stalled).toList();
        report.put("stalled", (long) stalled.size());
        if (!stalled.isEmpty()) {
            report.put("stalled_blob", stalled.get(0).blob().hex());
            report.put("stalled_reason", stalled.get(0).reason());
        }
        report.put("min_free_pct", settings.minFreePercent());
        report.put(
                "announced",
                health.announced().stream().map(NodeReport::announced).toList());
        report.put("multicast", settings.multicast());
        report.put("multicast_problem", health.multicastProblem());
        report.put(
                "segments",
                health.segments().stream()
                        .map(segment -> segment(segment, proven))
                        .toList());
        report.put(
                "clock_ahead_ms",
                health.clockAheadMillis().isPresent()
                        ? health.clockAheadMillis().getAsLong()
                        : null);
        report.put("namesakes", health.namesakes());
        report.put("dated_ahead", (long) health.datedAhead().entries());
        report.put("dated_ahead_ms", health.datedAhead().millis());
        report.put("deny_list", health.denyList());
        report.put("deny_list_problem", health.denyListProblem());
        report.put("store_problem", health.storeProblem());
        return report;
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }

    private static Map<String, @Nullable Object> announced(NodeHealth.Announced each) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("address", each.address().toString());
        members.put("interface", each.interfaceName());
        members.put("virtual", each.virtual());
        return members;
    }

    private static Map<String, @Nullable Object> segment(NodeHealth.Segment each, List<PeerView> peers) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("interface", each.interfaceName());
        members.put("sent", each.sent());
        members.put("heard_own", each.heardOwn());
        members.put("heard_others", each.heardOthers());
        members.put("peers_there", peersOn(each.interfaceName(), peers));
        members.put("problem", each.problem());
        return members;
    }

    /** How many peers have an address of the network that an interface is in. */
    private static long peersOn(String interfaceName, List<PeerView> peers) {
        List<InterfaceAddress> networks = new ArrayList<>();
        try {
            NetworkInterface carrier = NetworkInterface.getByName(interfaceName);
            if (carrier != null) {
                networks.addAll(carrier.getInterfaceAddresses());
            }
        } catch (SocketException e) {
            // It went away; then nobody is there.
        }
        return peers.stream()
                .filter(peer -> networks.stream()
                        .anyMatch(network -> isIn(
                                network.getAddress(),
                                network.getNetworkPrefixLength(),
                                peer.address().ip())))
                .count();
    }

    /** Whether an address has the first bits in common with another. */
    static boolean isIn(InetAddress network, int prefixBits, InetAddress address) {
        byte[] one = network.getAddress();
        byte[] other = address.getAddress();
        if (one.length != other.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        int rest = prefixBits % Byte.SIZE;
        int mask = 0xff00 >> rest & 0xff;
        return Arrays.equals(one, 0, whole, other, 0, whole)
                && (rest == 0 || (one[whole] & mask) == (other[whole] & mask));
    }

    private static @Nullable String reachProblem(SwarmNode node, NodeHealth health) {
        PeerAddress address = node.address();
        if (address.ip().isAnyLocalAddress() && !health.announced().isEmpty()) {
            address = health.announced().get(0).address();
        }
        try {
            node.trait(address, "swarm")
                    .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .join();
            return null;
        } catch (CompletionException e) {
            return address + " does not answer: " + e.getCause();
        }
    }
}
