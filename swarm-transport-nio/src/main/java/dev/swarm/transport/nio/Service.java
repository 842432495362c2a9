package dev.swarm.transport.nio;

import dev.swarm.transport.TransportConfig;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one server share. Safe for many threads. */
final class Service {

    /**
     * Handshakes computed at once: each takes 4 ms of a core from this end, and the other workers read content and run
     * handlers meanwhile.
     */
    private static final int MAX_HANDSHAKE_TASKS =
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final Logger log = LoggerFactory.getLogger(Service.class);

    private final Object lock = new Object();
    private final TransportConfig config;
    private final Slots slots;
    private final DateField date;
    private final FaultLog faults;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();
    /** By the order in which they were accepted; the loops begin with them in another. */
    private final SortedMap<Long, ServerConnection> strangers = new TreeMap<>();
    /** Members for whom there was no place: they stay to be told so. */
    private final SortedMap<Long, ServerConnection> placeless = new TreeMap<>();

    private final RouteUse routes = new RouteUse();
    private final ByteBudget bodies;
    private final Executor handshakes;

    private volatile Security security;
    private volatile boolean closing;

    Service(TransportConfig config, Security security) {
        this.config = config;
        this.security = security;
        this.bodies = new ByteBudget(config.limits().maxBufferedBytes());
        this.handshakes = new FewAtOnce(config.workers(), MAX_HANDSHAKE_TASKS);
        this.slots = new Slots(config.limits());
        this.date = new DateField(config.wallClock());
        this.faults = new FaultLog(log, config.ticker());
    }

    TransportConfig config() {
        return config;
    }

    Slots slots() {
        return slots;
    }

    DateField date() {
        return date;
    }

    FaultLog faults() {
        return faults;
    }

    Security security() {
        return security;
    }

    /** Counts requests on routes that bound them. */
    RouteUse routes() {
        return routes;
    }

    /** Memory for request bodies. */
    ByteBudget bodies() {
        return bodies;
    }

    /** Runs what handshakes compute, for few of them at once, so that strangers do not hold up answers. */
    Executor handshakes() {
        return handshakes;
    }

    /** Whether responses say that their connection closes. */
    boolean isClosing() {
        return closing;
    }

    /** Uses other credentials from here on, and has every connection end after its current response. */
    void rotate(Security next) {
        security = next;
        drainAll();
    }

    /** Has every connection end after its current response. */
    void close() {
        closing = true;
        drainAll();
    }

    /** Cuts the connections of peers that are not admitted any more. */
    void recheck() {
        all().forEach(ServerConnection::recheck);
    }

    /** Lists a connection that has not proved who it is; the oldest of its kind gives way if there are too many. */
    void admitStranger(ServerConnection connection) {
        ServerConnection oldest;
        synchronized (lock) {
            connections.add(connection);
            oldest = addWithin(strangers, connection);
        }
        giveWay(oldest);
    }

    /** Notes that a connection has proved who it is; without a place it waits among its like to be told. */
    void graduate(ServerConnection connection, boolean hasPlace) {
        ServerConnection oldest = null;
        synchronized (lock) {
            strangers.remove(connection.arrival());
            if (!hasPlace) {
                oldest = addWithin(placeless, connection);
            }
        }
        giveWay(oldest);
    }

    /** Forgets a connection that is closed. */
    void forget(ServerConnection connection) {
        synchronized (lock) {
            strangers.remove(connection.arrival());
            placeless.remove(connection.arrival());
            connections.remove(connection);
            lock.notifyAll();
        }
    }

    private @Nullable ServerConnection addWithin(SortedMap<Long, ServerConnection> kind, ServerConnection connection) {
        kind.put(connection.arrival(), connection);
        return kind.size() > config.limits().maxHandshakes() ? kind.remove(kind.firstKey()) : null;
    }

    /** Waits until no connection is left, at most that long. */
    void awaitEmpty(long nanos) throws InterruptedException {
        long end = config.ticker().nanoTime() + nanos;
        synchronized (lock) {
            long left = nanos;
            while (!connections.isEmpty() && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
                left = end - config.ticker().nanoTime();
            }
        }
    }

    private static void giveWay(@Nullable ServerConnection oldest) {
        if (oldest != null) {
            oldest.evict();
        }
    }

    private void drainAll() {
        all().forEach(ServerConnection::drain);
    }

    private Set<ServerConnection> all() {
        synchronized (lock) {
            return new LinkedHashSet<>(connections);
        }
    }
}
