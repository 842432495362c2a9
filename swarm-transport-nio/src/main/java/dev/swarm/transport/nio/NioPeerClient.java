package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Call;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends requests over pooled connections, spread over the event loops. Safe for many threads. */
final class NioPeerClient implements PeerClient, LanePool.Links {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");

    /** Opens connections. */
    @FunctionalInterface
    interface Connector {

        /** Begins to connect, on {@code loop}. */
        Wire connect(Loop loop, PeerAddress peer) throws IOException;
    }

    /** Connections for content to all busy peers together, as far as each has one: more only share the same line. */
    private static final int CONTENT_CONNECTIONS = 8;

    /** Peers whose round trip is remembered; with more, all are measured anew. */
    private static final int MAX_ROUND_TRIPS = 4_096;

    private record Key(PeerAddress peer, Lane lane) {}

    private final TransportConfig config;
    private final List<Loop> loops;
    private final Connector connector;
    private final ConcurrentMap<Key, LanePool> pools = new ConcurrentHashMap<>();
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<PeerAddress, Long> roundTrips = new ConcurrentHashMap<>();
    private final AtomicInteger busyWithContent = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final RateLimit downloads = new RateLimit(RateLimit.UNLIMITED);
    private final RateLimit unlimited = new RateLimit(RateLimit.UNLIMITED);
    private volatile Security security;
    private volatile boolean closed;

    NioPeerClient(TransportConfig config, List<? extends Loop> loops, Security security, Connector connector) {
        this.config = config;
        this.loops = List.copyOf(loops);
        this.security = security;
        this.connector = connector;
    }

    @Override
    public Call send(PeerAddress peer, Lane lane, Request request, ResponseSink sink) {
        Objects.requireNonNull(sink, "sink");
        checkSendable(request);
        Key key = new Key(peer, lane);
        while (true) {
            LanePool pool = pools.computeIfAbsent(key, k -> new LanePool(k.peer(), k.lane(), this));
            ClientCall call = new ClientCall(request, sink, pool);
            if (closed) {
                pool.close();
            }
            if (pool.submit(call)) {
                return call;
            }
            if (closed) {
                call.fail(new TransportException(TransportException.Kind.CANCELLED, "transport is closed", null));
                return call;
            }
            pools.remove(key, pool);
        }
    }

    @Override
    public long roundTripNanos(PeerAddress peer) {
        return roundTrips.getOrDefault(peer, 0L);
    }

    /** Takes note of how long a socket took to connect: a round trip, before either end computes anything. */
    void opened(PeerAddress peer, long nanos) {
        if (roundTrips.size() < MAX_ROUND_TRIPS || roundTrips.containsKey(peer)) {
            roundTrips.merge(peer, Math.max(1, nanos), Math::min);
        } else {
            roundTrips.clear();
        }
    }

    TransportConfig config() {
        return config;
    }

    Security security() {
        return security;
    }

    Connector connector() {
        return connector;
    }

    /** What a new connection for {@code lane} may read, and when. */
    ReadPace pace(Lane lane) {
        return new ReadPace(lane == Lane.BULK ? downloads : unlimited);
    }

    /** Bounds what content brings in, from here on. */
    void limitDownloads(long bytesPerSecond) {
        downloads.set(bytesPerSecond);
        connections.forEach(ClientConnection::pumpSoon);
    }

    /** Uses other credentials for new connections; those that are open end after what they have. */
    void rotate(Security next) {
        security = next;
        pools.values().forEach(pool -> pool.detachAll().forEach(ClientConnection::drain));
    }

    /** Cuts the connections to peers that are not admitted any more. */
    void recheck() {
        connections.forEach(ClientConnection::recheck);
    }

    /** Gives up every call. */
    void close() {
        closed = true;
        pools.values().forEach(LanePool::close);
        connections.forEach(ClientConnection::shutDown);
    }

    /** Forgets a connection that is closed, and its pool if that has nothing left. */
    void release(ClientConnection connection, LanePool pool) {
        connections.remove(connection);
        if (pool.closeIfUnused()) {
            pools.values().remove(pool);
        }
    }

    @Override
    public int share(Lane lane) {
        int busy = lane == Lane.BULK ? Math.max(1, busyWithContent.get()) : 1;
        return Math.max(1, CONTENT_CONNECTIONS / busy);
    }

    @Override
    public void worked(Lane lane, boolean busy) {
        if (lane == Lane.BULK) {
            busyWithContent.addAndGet(busy ? 1 : -1);
        }
    }

    @Override
    public ClientConnection connect(LanePool pool) {
        Loop loop = loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
        ClientConnection connection = new ClientConnection(this, pool, loop);
        connections.add(connection);
        loop.execute(connection::open);
        return connection;
    }

    private static void checkSendable(Request request) {
        if (!METHODS.contains(request.method())) {
            throw new IllegalArgumentException("request method has to be one of " + METHODS);
        }
        try {
            RequestTarget.parse(request.target());
        } catch (HttpFault e) {
            throw new IllegalArgumentException(e.text() + ": " + Printable.of(request.target()), e);
        }
    }
}
