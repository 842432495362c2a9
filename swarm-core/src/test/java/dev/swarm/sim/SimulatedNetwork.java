package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Lines with a rate up and down, a latency, losses and cuts. */
final class SimulatedNetwork {

    private static final int DATAGRAM_HEADER_BYTES = 28;

    /** When a lost segment is sent again for the first time; doubles each time (RFC 6298; the least that Linux waits). */
    private static final long RESEND_NANOS = 200_000_000L;

    private final VirtualTime time;
    private final long latencyNanos;
    private final Map<PeerAddress, Link> links = new HashMap<>();
    private double datagramLoss;
    private double messageLoss;
    private long latencySpread;
    private long multicastBytes;

    /** One node's connection to the network. */
    private static final class Link {
        private final SimulatedLink line;
        private int group;
        private boolean down;
        private long sentBytes;
        private long receivedBytes;
        private long sentMessages;

        Link(SimulatedLink line) {
            this.line = line;
        }
    }

    SimulatedNetwork(VirtualTime time, long latencyNanos) {
        this.time = time;
        this.latencyNanos = latencyNanos;
    }

    /** What the links alone take there and back. */
    long roundTripNanos() {
        return 2 * latencyNanos;
    }

    void attach(PeerAddress address, long bytesPerSecond) {
        links.put(address, new Link(new SimulatedLink(time, bytesPerSecond / 1e9)));
    }

    void loseDatagrams(double share) {
        datagramLoss = share;
    }

    /** This share of messages is lost, each time it is sent; the sender's TCP sends it again. */
    void loseMessages(double share) {
        messageLoss = share;
    }

    /** Each pair of nodes is so far apart beyond the common latency, at most. */
    void spreadLatency(long nanos) {
        latencySpread = nanos;
    }

    /** Nodes reach each other only within one group. */
    void moveToGroup(PeerAddress address, int group) {
        link(address).group = group;
    }

    void cut(PeerAddress address, boolean isCut) {
        link(address).down = isCut;
    }

    long sentBytes(PeerAddress address) {
        return link(address).sentBytes;
    }

    long receivedBytes(PeerAddress address) {
        return link(address).receivedBytes;
    }

    /** Messages sent, each as often as it was. */
    long sentMessages(PeerAddress address) {
        return link(address).sentMessages;
    }

    /** Carries bytes; {@code lost} runs instead of {@code delivered} if there is no way now or when they arrive. */
    void send(PeerAddress from, PeerAddress to, long bytes, Runnable delivered, Runnable lost) {
        Link source = link(from);
        Link target = links.get(to);
        if (target == null || !isOpen(source, target)) {
            time.after(latencyNanos, lost);
            return;
        }
        long resent = 0;
        long wait = RESEND_NANOS;
        count(source, bytes);
        while (messageLoss > 0 && time.random().nextDouble() < messageLoss) {
            resent += wait;
            wait *= 2;
            count(source, bytes);
        }
        source.line.send(new SimulatedLink.Parcel(target.line, bytes, resent + latency(from, to), resent == 0, () -> {
            target.receivedBytes += bytes;
            (isOpen(source, target) ? delivered : lost).run();
        }));
    }

    private static void count(Link source, long bytes) {
        source.sentMessages++;
        source.sentBytes += bytes;
    }

    private long latency(PeerAddress from, PeerAddress to) {
        if (latencySpread == 0) {
            return latencyNanos;
        }
        long mixed = (from.hashCode() + (long) to.hashCode()) * 0x9e3779b97f4a7c15L;
        return latencyNanos + (long) ((mixed >>> 11) * 0x1.0p-53 * latencySpread);
    }

    /** What datagrams took on the segment so far, their IPv4 and UDP headers included. */
    long multicastBytes() {
        return multicastBytes;
    }

    /** Carries a datagram to everyone in the sender's group, unless it is lost on the way to some. */
    void multicast(PeerAddress from, int bytes, Consumer<PeerAddress> deliver) {
        multicastBytes += bytes + DATAGRAM_HEADER_BYTES;
        links.keySet().stream().sorted().forEach(to -> {
            boolean lost = time.random().nextDouble() < datagramLoss;
            if (!to.equals(from) && !lost && isOpen(link(from), link(to))) {
                time.after(latencyNanos, () -> deliver.accept(to));
            }
        });
    }

    private static boolean isOpen(Link a, Link b) {
        return !a.down && !b.down && a.group == b.group;
    }

    private Link link(PeerAddress address) {
        return Objects.requireNonNull(links.get(address), "link");
    }
}
