package dev.swarm.lockbox;

import dev.swarm.Ticker;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryFate;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.user.UserIdentities;
import dev.swarm.user.UserName;
import dev.swarm.user.UserPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node of a fleet in one thread: requests are answered at once, turns are taken when the fleet runs. */
final class TestNode implements SubsystemContext {

    /** Some nodes and their time. */
    static final class Fleet {
        final Map<PeerAddress, TestNode> nodes = new HashMap<>();
        final Set<PeerId> away = new HashSet<>();
        long nanos;
        long bytesSent;
        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int requests;
        long bytesUntilCut = Long.MAX_VALUE;
        UnaryOperator<byte[]> onTheWay = UnaryOperator.identity();
        int turnsInBetween;
        boolean running;

        /** Takes turns until nobody has any that is due within {@code seconds}. */
        void run(int seconds) {
            running = true;
            long end = nanos + Duration.ofSeconds(seconds).toNanos();
            while (nanos <= end) {
                boolean idle = nodes.values().stream().noneMatch(TestNode::takeTurn);
                if (idle) {
                    nanos += Duration.ofMillis(100).toNanos();
                }
            }
            running = false;
        }
    }

    private static final X509Certificate CERTIFICATE = new TestFleet("lockbox").authority();

    private record Later(long at, Runnable task) {}

    final Path home;
    final Lockbox plugin = new Lockbox(new SecureRandom(), home -> ChangeSignal.SILENT);
    private final Fleet fleet;
    private final PeerId self;
    private final PeerAddress address;
    private final Path data;
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final List<Later> later = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private final Map<Class<?>, Object> services = new HashMap<>();
    private Supplier<String> trait = () -> "";
    UserPolicy policy = UserPolicy.NOBODY;
    boolean full;

    TestNode(Fleet fleet, String host, Path directory) {
        this.fleet = fleet;
        this.self = new PeerId(host);
        this.address = PeerAddress.parse("127.0.0.1:" + (2000 + fleet.nodes.size()));
        this.home = directory.resolve(host + "-home");
        this.data = directory.resolve(host + "-data");
        fleet.nodes.put(address, this);
    }

    void start(UserName user, UserIdentities identities) {
        allow(user);
        services.put(UserIdentities.class, identities);
        plugin.start(this);
        every5Seconds();
    }

    void allow(UserName user) {
        policy = UserPolicy.of(Map.of(user, home));
    }

    void allowNobody() {
        policy = UserPolicy.NOBODY;
    }

    String trait() {
        return trait.get();
    }

    private void every5Seconds() {
        plugin.onCycle();
        executeAfter(Duration.ofSeconds(5), this::every5Seconds);
    }

    private boolean takeTurn() {
        for (Later each : List.copyOf(later)) {
            if (each.at() <= fleet.nanos) {
                later.remove(each);
                turns.add(each.task());
            }
        }
        Runnable next = turns.poll();
        if (next == null) {
            return false;
        }
        next.run();
        return true;
    }

    /** Sends a request as if it came from this node. */
    @Override
    public CompletableFuture<Answer> ask(PeerAddress peer, Request request, int maxBytes) {
        fleet.requests++;
        TestNode other = fleet.nodes.get(peer);
        if (other == null || fleet.away.contains(other.self) || fleet.away.contains(self)) {
            return CompletableFuture.failedFuture(new IOException("no route to host"));
        }
        try {
            byte[] body = fleet.onTheWay.apply(bodyOf(request));
            int arriving = (int) Math.min(body.length, fleet.bytesUntilCut);
            fleet.bytesUntilCut -= fleet.bytesUntilCut == Long.MAX_VALUE ? 0 : arriving;
            fleet.bytesSent += arriving;
            fleet.sent.write(body, 0, arriving);
            Answer answer = other.answer(self, request, body, arriving);
            if (arriving < body.length) {
                fleet.away.add(other.self);
                return CompletableFuture.failedFuture(new IOException("connection reset"));
            }
            return CompletableFuture.completedFuture(answer);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Answer answer(PeerId from, Request request, byte[] body, int arriving) {
        String path = request.target().replaceFirst("\\?.*", "");
        Route route = routes.stream()
                .filter(each -> each.pattern().equals(path))
                .findFirst()
                .orElse(null);
        if (route == null) {
            return new Answer(404, Headers.empty(), certificate(self), ByteBuffer.allocate(0));
        }
        TestExchange exchange = new TestExchange(from, request, body, arriving);
        route.handler().handle(exchange);
        return new Answer(exchange.status, Headers.empty(), certificate(self), exchange.answer);
    }

    private static byte[] bodyOf(Request request) throws IOException {
        ContentSource content = request.content();
        if (content == null) {
            byte[] body = new byte[request.body().remaining()];
            request.body().get(body);
            return body;
        }
        try (content) {
            ByteBuffer target = ByteBuffer.allocate((int) content.length());
            while (target.hasRemaining()) {
                // In odd pieces, as a connection takes them.
                ByteBuffer piece = target.slice(target.position(), Math.min(target.remaining(), 10_007));
                content.read(piece);
                target.position(target.position() + piece.position());
            }
            return target.array();
        }
    }

    private static PeerCertificate certificate(PeerId host) {
        return new PeerCertificate(host, Set.of(), CERTIFICATE);
    }

    @Override
    public PeerId self() {
        return self;
    }

    @Override
    public Path dataDirectory() {
        return data;
    }

    @Override
    public BlobCache blobs() {
        throw new AssertionError("not asked for");
    }

    @Override
    public DiskGate disk() {
        throw new AssertionError("not asked for");
    }

    @Override
    public Ticker ticker() {
        return () -> fleet.nanos;
    }

    @Override
    public InstantSource wallClock() {
        return () -> Instant.ofEpochSecond(1_700_000_000, fleet.nanos);
    }

    @Override
    public PeerClient client() {
        throw new AssertionError("not asked for");
    }

    @Override
    public List<PeerAddress> peers() {
        return List.copyOf(fleet.nodes.keySet());
    }

    @Override
    public List<PeerAddress> addressesOf(PeerId peer) {
        return fleet.nodes.values().stream()
                .filter(node -> node.self.equals(peer) && !fleet.away.contains(peer))
                .map(node -> node.address)
                .toList();
    }

    @Override
    public MemberStatements statements() {
        throw new AssertionError("not asked for");
    }

    @Override
    public UserPolicy users() {
        return subsystem -> policy.allowed(subsystem);
    }

    @Override
    public <T> void offer(Class<T> type, T service) {
        services.put(type, service);
    }

    @Override
    public <T> @Nullable T service(Class<T> type) {
        return type.cast(services.get(type));
    }

    @Override
    public void execute(Runnable task) {
        turns.add(task);
        while (!fleet.running && takeTurn()) {
            fleet.turnsInBetween++;
        }
    }

    @Override
    public void executeAfter(Duration delay, Runnable task) {
        later.add(new Later(fleet.nanos + delay.toNanos(), task));
    }

    @Override
    public void serve(Route route) {
        routes.add(route);
    }

    @Override
    public void storesIn(Function<@Nullable String, @Nullable Path> place) {}

    @Override
    public CompletableFuture<Boolean> hasRoom(PeerAddress peer, @Nullable String user) {
        return CompletableFuture.completedFuture(!fleet.nodes.get(peer).full);
    }

    @Override
    public DiskGate.@Nullable Reservation admit(Exchange push, Path directory, long bytes) {
        return new DiskGate.Reservation() {
            @Override
            public void written(long more) {}

            @Override
            public void check() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void offerTrait(String name, Supplier<String> json) {
        trait = json;
    }

    @Override
    public List<BlobView> entries() {
        return List.of();
    }

    @Override
    public @Nullable BlobView blob(BlobId blob) {
        return null;
    }

    @Override
    public EntryFate ownFate(BlobId blob) {
        return EntryFate.UNKNOWN;
    }

    @Override
    public Map<Label, BlobId> ownersOf(Collection<Label> labels) {
        return Map.of();
    }

    @Override
    public void keep(String name, String text) {
        throw new AssertionError("not asked for");
    }

    @Override
    public @Nullable String kept(String name) {
        return null;
    }

    @Override
    public ManifestEntry publish(BlobId blob, String label, TargetSpec target, Retention retention) {
        throw new AssertionError("not asked for");
    }

    @Override
    public List<CompletableFuture<ManifestEntry>> publishAll(List<NewEntry> entries) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void revoke(BlobId blob) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void request(BlobId blob) {
        throw new AssertionError("not asked for");
    }

    private static final class TestExchange implements Exchange {

        private final PeerId from;
        private final Request request;
        private final byte[] body;
        private final int arriving;
        int status;
        ByteBuffer answer = ByteBuffer.allocate(0);

        TestExchange(PeerId from, Request request, byte[] body, int arriving) {
            this.arriving = arriving;
            this.from = from;
            this.request = request;
            this.body = body;
        }

        @Override
        public PeerCertificate peer() {
            return certificate(from);
        }

        @Override
        public PeerAddress remote() {
            return PeerAddress.parse("127.0.0.1:1");
        }

        @Override
        public String method() {
            return request.method();
        }

        @Override
        public String pathParameter(String name) {
            throw new AssertionError("not asked for");
        }

        @Override
        public Map<String, String> query() {
            Map<String, String> query = new HashMap<>();
            String text = request.target().replaceFirst("^[^?]*\\??", "");
            Arrays.stream(text.split("&")).map(each -> each.split("=", 2)).forEach(each -> query.put(each[0], each[1]));
            return query;
        }

        @Override
        public Headers headers() {
            return Headers.of("Content-Length", Integer.toString(body.length));
        }

        @Override
        public ByteBuffer body() {
            return ByteBuffer.wrap(body);
        }

        @Override
        public InputStream bodyStream() {
            return new ByteArrayInputStream(body, 0, arriving);
        }

        @Override
        public void respond(int code, Headers headers, ByteBuffer content) {
            status = code;
            answer = content;
        }

        @Override
        public void respond(int code, Headers headers, ContentSource content) {
            throw new AssertionError("not asked for");
        }

        @Override
        public void onAbort(@Nullable Runnable action) {}

        @Override
        public void onHurry(@Nullable Runnable action) {}
    }
}
