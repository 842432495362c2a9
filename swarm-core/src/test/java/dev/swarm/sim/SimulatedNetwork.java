package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lines with a rate up and down, a latency, losses and cuts. */
public final class SimulatedNetwork {

    private static final int DATAGRAM_HEADER_BYTES = 28;

    /** When a lost segment is sent again for the first time; doubles each time (RFC 6298; the least that Linux waits). */
    private static final long RESEND_NANOS = 200_000_000L;

    private final VirtualTime time;
    private long latencyNanos;
    private final ByAddress<Link> links = new ByAddress<>();
    private boolean hasSites;
    private final Map<Integer, List<Link>> segments = new HashMap<>();
    private double datagramLoss;
    private double messageLoss;
    private long latencySpread;
    private long multicastBytes;
    private double datagramCopies;
    private long jitterNanos;
    private final Set<OneWay> blocked = new HashSet<>();

    private record OneWay(PeerAddress from, PeerAddress to) {}

    /** One node's connection to the network. */
    private static final class Link {
        private final PeerAddress address;
        private final SimulatedLink line;
        private int segment;
        private int group;
        private @Nullable SimulatedSite site;
        private boolean down;
        private long sentBytes;
        private long receivedBytes;
        private long sentMessages;

        Link(PeerAddress address, SimulatedLink line) {
            this.address = address;
            this.line = line;
        }
    }

    /** No lines yet, and the least that anything takes from one to another. */
    public SimulatedNetwork(VirtualTime time, long latencyNanos) {
        this.time = time;
        this.latencyNanos = latencyNanos;
    }

    /** What the links alone take there and back. */
    long roundTripNanos() {
        return 2 * latencyNanos;
    }

    /** The same between two nodes, wherever they are. */
    long roundTripNanos(PeerAddress from, PeerAddress to) {
        if (!hasSites) {
            return roundTripNanos();
        }
        Link target = links.get(to);
        return roundTripNanos() + (target == null ? 0 : SimulatedSite.detourNanos(link(from).site, target.site));
    }

    /** Puts a node behind a line that it shares with the others of its site; datagrams reach only these. */
    void moveToSite(PeerAddress address, SimulatedSite site) {
        link(address).site = site;
        hasSites = true;
    }

    /** The most that came in over the line of any site. */
    long mostWanBytes() {
        long most = 0;
        for (Link link : links.values()) {
            most = Math.max(most, link.site == null ? 0 : link.site.bytesIn());
        }
        return most;
    }

    /** Gives a node its line. */
    public void attach(PeerAddress address, long bytesPerSecond) {
        links.put(address, new Link(address, new SimulatedLink(time, bytesPerSecond / 1e9)));
        segments.clear();
    }

    /** What to do, soon after that, whenever nothing large waits to be sent on a node's line any more. */
    void onIdle(PeerAddress address, Runnable action) {
        link(address).line.onIdle(action);
    }

    boolean isIdle(PeerAddress address) {
        return link(address).line.isIdle();
    }

    /** Datagrams reach only nodes of one segment; all are on the same at first. */
    void moveToSegment(PeerAddress address, int segment) {
        link(address).segment = segment;
        segments.clear();
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

    /** This share of datagrams comes twice. */
    void copyDatagrams(double share) {
        datagramCopies = share;
    }

    /** Everything takes a random while longer, so that what was sent later may come sooner. */
    void delayAtRandom(long mostNanos) {
        jitterNanos = mostNanos;
    }

    /** Nothing that one node sends reaches another, or does again. */
    void block(PeerAddress from, PeerAddress to, boolean isBlocked) {
        if (isBlocked) {
            blocked.add(new OneWay(from, to));
        } else {
            blocked.remove(new OneWay(from, to));
        }
    }

    /** Nodes reach each other only within one group. */
    void moveToGroup(PeerAddress address, int group) {
        link(address).group = group;
    }

    void cut(PeerAddress address, boolean isCut) {
        link(address).down = isCut;
    }

    /** What a node has sent so far. */
    public long sentBytes(PeerAddress address) {
        return link(address).sentBytes;
    }

    long receivedBytes(PeerAddress address) {
        return link(address).receivedBytes;
    }

    /** Messages sent, each as often as it was. */
    long sentMessages(PeerAddress address) {
        return link(address).sentMessages;
    }

    /** Everything is so many times nearer. */
    void bringTogether(int times) {
        latencyNanos /= times;
    }

    /** Carries bytes; {@code lost} runs instead of {@code delivered} if there is no way now or when they arrive. */
    public void send(PeerAddress from, PeerAddress to, long bytes, Runnable delivered, Runnable lost) {
        send(from, to, bytes, new Delivery() {
            @Override
            public void delivered() {
                delivered.run();
            }

            @Override
            public void lost() {
                lost.run();
            }
        });
    }

    /** What comes of bytes that are sent: exactly one of the two, unless they are not wanted any more when their turn comes. */
    interface Delivery {

        /** Whether they are still to be sent. */
        default boolean isWanted() {
            return true;
        }

        void delivered();

        void lost();
    }

    /** Bytes on their way from one node to another. */
    private final class Message extends SimulatedLink.Parcel {
        private final Link source;
        private final Link target;
        private final Delivery delivery;

        Message(Link source, Link target, long bytes, long late, boolean inTurn, Delivery delivery) {
            super(target.line, bytes, late, inTurn);
            this.source = source;
            this.target = target;
            this.delivery = delivery;
        }

        @Override
        boolean isWanted() {
            return delivery.isWanted();
        }

        @Override
        void arrived() {
            target.receivedBytes += bytes();
            if (isOpen(source, target)) {
                delivery.delivered();
            } else {
                delivery.lost();
            }
        }
    }

    /** Carries bytes; there is no way if a line is cut when they are sent or when they arrive. */
    void send(PeerAddress from, PeerAddress to, long bytes, Delivery delivery) {
        Link source = link(from);
        Link target = links.get(to);
        if (target == null || !isOpen(source, target)) {
            time.after(latencyNanos, delivery::lost);
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
        long late = resent + latency(from, to) + jitter();
        SimulatedLink.Parcel parcel = new Message(source, target, bytes, late, resent == 0, delivery);
        if (source.site == null || target.site == null || source.site == target.site) {
            source.line.send(parcel);
        } else {
            source.site.send(source.line, target.site, parcel);
        }
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

    /** Carries a datagram to everyone in the sender's group on its segment, unless it is lost on the way to some. */
    void multicast(PeerAddress from, int bytes, Consumer<PeerAddress> deliver) {
        multicastBytes += bytes + DATAGRAM_HEADER_BYTES;
        Link source = link(from);
        boolean together = datagramCopies == 0 && jitterNanos == 0;
        List<Link> reached = new ArrayList<>();
        for (Link target : segmentOf(source)) {
            boolean lost = time.random().nextDouble() < datagramLoss;
            if (target != source && !lost && isOpen(source, target) && target.site == source.site) {
                if (together) {
                    reached.add(target);
                } else {
                    time.after(latencyNanos + jitter(), () -> deliver.accept(target.address));
                    if (datagramCopies > 0 && time.random().nextDouble() < datagramCopies) {
                        time.after(latencyNanos + jitter(), () -> deliver.accept(target.address));
                    }
                }
            }
        }
        if (!reached.isEmpty()) {
            time.after(latencyNanos, () -> reached.forEach(target -> deliver.accept(target.address)));
        }
    }

    private List<Link> segmentOf(Link one) {
        return segments.computeIfAbsent(one.segment, number -> {
            List<Link> together = new ArrayList<>();
            for (Link link : links.values()) {
                if (link.segment == number) {
                    together.add(link);
                }
            }
            together.sort(Comparator.comparing(link -> link.address));
            return together;
        });
    }

    private long jitter() {
        return jitterNanos == 0 ? 0 : time.random().nextLong(jitterNanos);
    }

    private boolean isOpen(Link a, Link b) {
        return !a.down
                && !b.down
                && a.group == b.group
                && (blocked.isEmpty() || !blocked.contains(new OneWay(a.address, b.address)));
    }

    private Link link(PeerAddress address) {
        return Objects.requireNonNull(links.get(address), "link");
    }
}
