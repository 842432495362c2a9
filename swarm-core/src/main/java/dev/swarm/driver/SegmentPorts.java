package dev.swarm.driver;

import dev.swarm.NodeHealth;
import dev.swarm.SwarmException;
import dev.swarm.driver.SegmentRule.Segment;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MulticastConfig;
import dev.swarm.transport.Transport.DatagramListener;
import dev.swarm.transport.Transport.MulticastPort;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A multicast port on each segment that the node is to speak on, following the interfaces as they come, go and change their
 * addresses. Safe for many threads but for {@link #look}, which one thread at a time may call.
 */
final class SegmentPorts implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SegmentPorts.class);

    private final SegmentRule rule;
    private final InterfaceLister lister;
    private final int tcpPort;
    private final Opener opener;
    private final Function<String, DatagramListener> listeners;
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Map<String, SegmentTally> tallies = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Map<String, Joined> ports = Map.of();
    private volatile InetAddress outward = InetAddress.getLoopbackAddress();
    private volatile Set<InetAddress> machine = Set.of();
    private volatile boolean closed;
    private Location location = new Location(Map.of(), Set.of());
    private volatile @Nullable String complaint;
    private volatile List<NodeHealth.Announced> announced = List.of();

    /**
     * Nothing is joined before the first look.
     *
     * @param tcpPort the port that the node listens on
     * @param listeners what hears a segment, by the segment's name
     */
    SegmentPorts(
            SegmentRule rule,
            InterfaceLister lister,
            int tcpPort,
            Opener opener,
            Function<String, DatagramListener> listeners) {
        this.rule = rule;
        this.lister = lister;
        this.tcpPort = tcpPort;
        this.opener = opener;
        this.listeners = listeners;
    }

    /** Opens multicast ports, as a transport does. */
    @FunctionalInterface
    interface Opener {

        /** As {@link dev.swarm.transport.Transport#openMulticast}. */
        MulticastPort open(MulticastConfig config, DatagramListener listener);
    }

    /**
     * Where the node is.
     *
     * @param segments the segments that are joined, each with the address that is told there
     * @param own every address that leads to the node
     */
    record Location(Map<String, PeerAddress> segments, Set<PeerAddress> own) {}

    private record Joined(Segment segment, MulticastPort port) {}

    /** Sends one datagram to a segment; does nothing if that is not joined. */
    void send(String segment, ByteBuffer datagram) {
        Joined joined = ports.get(segment);
        if (joined != null) {
            tally(segment).sent();
            joined.port().send(datagram);
        }
    }

    /** What is counted of a segment, whether it is joined or not. */
    SegmentTally tally(String segment) {
        return tallies.computeIfAbsent(segment, name -> new SegmentTally());
    }

    /** Why multicast is not where it is meant to be as of the last look, or null. */
    @Nullable
    String problem() {
        return complaint;
    }

    /** The addresses that others are told, as of the last look. */
    List<NodeHealth.Announced> announced() {
        return announced;
    }

    /** Each segment that is joined, or is to be. */
    List<NodeHealth.Segment> health() {
        List<NodeHealth.Segment> health = new ArrayList<>();
        ports.forEach((name, joined) -> health.add(health(name, joined.port().problem())));
        failures.forEach((name, why) -> health.add(health(name, why)));
        return health;
    }

    private NodeHealth.Segment health(String name, @Nullable String problem) {
        SegmentTally tally = tally(name);
        return new NodeHealth.Segment(name, tally.sentCount(), tally.ownCount(), tally.othersCount(), problem);
    }

    /** The address of the line that most traffic takes, as of the last look; loopback if there is none. */
    InetAddress outward() {
        return outward;
    }

    /** Whether one of this machine's interfaces had an address as of the last look. From any thread. */
    boolean isOfThisMachine(PeerAddress address) {
        return machine.contains(address.ip());
    }

    /** Looks on a worker, unless a look is under way, and reports there. */
    void lookOn(Executor workers, Consumer<Location> report) {
        if (looking.compareAndSet(false, true)) {
            workers.execute(() -> {
                try {
                    report.accept(look());
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    /** Looks at the interfaces, leaves what is gone or changed, and joins what is new. May block for a moment. */
    Location look() {
        List<LocalInterface> interfaces;
        try {
            interfaces = lister.list();
        } catch (IOException e) {
            complain("cannot look at the network interfaces: " + e.getMessage() + "; multicast stays where it is");
            return location;
        }
        outward = rule.outward(interfaces);
        machine =
                interfaces.stream().flatMap(each -> each.addresses().stream()).collect(Collectors.toUnmodifiableSet());
        Map<String, Segment> wanted = new LinkedHashMap<>();
        rule.choose(interfaces).forEach(segment -> wanted.put(segment.name(), segment));
        complain(rule.complaint(wanted.keySet()));
        Map<String, Joined> kept = new LinkedHashMap<>();
        ports.forEach((name, joined) -> {
            Segment now = wanted.get(name);
            if (joined.segment().equals(now)) {
                kept.put(name, joined);
            } else {
                joined.port().close(reason(joined.segment(), now, interfaces));
            }
        });
        wanted.forEach((name, segment) -> {
            Joined joined = kept.containsKey(name) ? null : join(segment);
            if (joined != null) {
                kept.put(name, joined);
            }
        });
        failures.keySet().retainAll(wanted.keySet());
        ports = Map.copyOf(kept);
        announced = announced(kept.values(), interfaces);
        if (closed) {
            close();
        }
        location = new Location(addresses(kept), own(interfaces));
        return location;
    }

    @Override
    public void close() {
        closed = true;
        Map<String, Joined> open = ports;
        ports = Map.of();
        open.values().forEach(joined -> joined.port().close("the node closes"));
    }

    private @Nullable Joined join(Segment segment) {
        if (closed) {
            return null;
        }
        MulticastConfig config =
                new MulticastConfig(rule.options().group(), rule.options().port(), segment.name(), segment.source());
        try {
            Joined joined = new Joined(segment, opener.open(config, listeners.apply(segment.name())));
            failures.remove(segment.name());
            return joined;
        } catch (SwarmException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(failures.put(segment.name(), why)) && !closed) {
                log.warn("multicast announcer exited: {}; it is tried again every cycle", why);
                log.warn("multicast listener exited: {}; it is tried again every cycle", why);
            }
            return null;
        }
    }

    private void complain(@Nullable String about) {
        if (about != null && !about.equals(complaint)) {
            log.warn("{}", about);
        }
        complaint = about;
    }

    private static String reason(Segment then, @Nullable Segment now, List<LocalInterface> interfaces) {
        String name = then.name();
        if (now == null) {
            return interfaces.stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .map(each -> each.up() ? name + " has no fitting address any more" : name + " is down")
                    .orElse(name + " is gone");
        }
        return then.source().equals(now.source()) && then.announced().equals(now.announced())
                ? name + " was removed and made anew"
                : "the address of " + name + " changed from " + text(then) + " to " + text(now);
    }

    private List<NodeHealth.Announced> announced(Collection<Joined> joined, List<LocalInterface> interfaces) {
        Set<InetAddress> told = new LinkedHashSet<>();
        joined.forEach(each -> told.add(each.segment().announced()));
        if (told.isEmpty()) {
            told.add(rule.told(outward));
        }
        return told.stream().map(address -> announced(address, interfaces)).toList();
    }

    private NodeHealth.Announced announced(InetAddress address, List<LocalInterface> interfaces) {
        LocalInterface carrier = interfaces.stream()
                .filter(each -> each.addresses().contains(address))
                .findFirst()
                .orElse(null);
        return new NodeHealth.Announced(
                new PeerAddress(address, tcpPort),
                carrier == null ? null : carrier.name(),
                carrier != null && carrier.isVirtual());
    }

    private static String text(Segment segment) {
        return segment.announced().getHostAddress();
    }

    private Map<String, PeerAddress> addresses(Map<String, Joined> joined) {
        Map<String, PeerAddress> addresses = new LinkedHashMap<>();
        joined.forEach((name, each) ->
                addresses.put(name, new PeerAddress(each.segment().announced(), tcpPort)));
        return addresses;
    }

    private Set<PeerAddress> own(List<LocalInterface> interfaces) {
        Set<PeerAddress> own = new HashSet<>();
        rule.own(interfaces).forEach(address -> own.add(new PeerAddress(address, tcpPort)));
        return own;
    }
}
