package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Call;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.Router;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.Transport;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageHealthTest {

    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.2:1531");
    private static final PeerCertificate CERTIFICATE = new PeerCertificate(
            new PeerId("peer"),
            Set.of(),
            new TestFleet("fleet").issue("peer").build().certificate());

    @TempDir
    Path directory;

    private final List<String> asked = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private final Router router = new Router();
    private long now;
    private String peersAnswer = "{\"free_pct\": 55.5}";
    private int status = 200;
    private long usable = 500;
    private StorageHealth health;

    @BeforeEach
    void start() throws Exception {
        DiskGate disk =
                DiskGate.of(path -> new DiskGate.Space(path.getFileName().toString(), 1_000, usable), 10);
        NodeParts parts = new NodeParts(
                new PeerId("self"),
                new NodeParts.NodeClocks(() -> now, InstantSource.system()),
                BlobCache.open(directory),
                disk,
                null,
                Runnable::run,
                null);
        parts.attach(fake(Transport.class, Map.of("client", new Peer())));
        health = new StorageHealth(parts, 10);
        health.addTo(router);
    }

    @Test
    void hasRoom_manyPushesWithinAMinute_askThePeerOnce() {
        for (int second = 0; second < 59; second++) {
            now = Duration.ofSeconds(second).toNanos();
            assertThat(health.hasRoom(PEER, "lockbox", "ann b")).isCompletedWithValue(true);
        }
        assertThat(asked).containsExactly("/health/storage?for=lockbox&user=ann%20b");

        peersAnswer = "{\"free_pct\": 10.0}";
        now = Duration.ofSeconds(61).toNanos();

        assertThat(health.hasRoom(PEER, "lockbox", "ann b")).isCompletedWithValue(false);
        assertThat(asked).hasSize(2);
    }

    @Test
    void hasRoom_otherSubsystem_isAskedForOnItsOwn() {
        assertThat(health.hasRoom(PEER, "lockbox", null)).isCompletedWithValue(true);
        assertThat(health.hasRoom(PEER, "gitback", null)).isCompletedWithValue(true);

        assertThat(asked).containsExactly("/health/storage?for=lockbox", "/health/storage?for=gitback");
    }

    @Test
    void hasRoom_answerThatSaysNothing_failsAndIsAskedForAgain() {
        status = 503;
        assertThatThrownBy(() -> health.hasRoom(PEER, "lockbox", null).join()).hasMessageContaining("status 503");
        status = 200;
        peersAnswer = "{\"free\": 1}";
        assertThatThrownBy(() -> health.hasRoom(PEER, "lockbox", null).join()).hasMessageContaining("free_pct");
        peersAnswer = "{\"free_pct\": 11}";
        assertThat(health.hasRoom(PEER, "lockbox", null)).isCompletedWithValue(true);
    }

    @Test
    void admit_diskUnderPressure_answers507BeforeAnyBody() throws Exception {
        try (DiskGate.Reservation room = health.admit(exchange(Map.of()), directory, 100)) {
            assertThat(room).isNotNull();
        }
        assertThat(answered).isEmpty();

        usable = 90;

        assertThat(health.admit(exchange(Map.of()), directory, 1)).isNull();
        assertThat(answered).singleElement().asString().startsWith("507 disk pressure: 9 % free");
    }

    @Test
    void serve_forASubsystem_measuresWhereItsBytesLand() throws Exception {
        health.storesIn("lockbox", user -> "ann".equals(user) ? directory.resolve("ann") : null);
        health.storesIn("filecast", user -> directory.resolve("files"));

        serve(Map.of());
        serve(Map.of("for", "payload"));
        serve(Map.of("for", "lockbox", "user", "ann"));
        serve(Map.of("for", "lockbox", "user", "bob"));

        assertThat(answered.subList(0, 3))
                .allMatch(answer -> answer.startsWith("200 {\"free_pct\":50.0,\"usable_bytes\":500"));
        assertThat(answered.get(3)).startsWith("404 ");
    }

    @Test
    void serve_forASubsystemThatIsUnknownOrClosed_404() throws Exception {
        health.storesIn("lockbox", user -> directory.resolve("ann"));
        health.storesNothing("lockbox");

        serve(Map.of("for", "lockbox"));
        serve(Map.of("for", "no-such-plugin"));
        serve(Map.of("for", ""));

        assertThat(answered).hasSize(3).allMatch(answer -> answer.startsWith("404 {\"error\":"));
    }

    private void serve(Map<String, String> query) throws Exception {
        Router.Found found = (Router.Found) router.find("GET", "/health/storage");
        found.route().handler().handle(exchange(query));
    }

    private Exchange exchange(Map<String, String> query) {
        return (Exchange) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Exchange.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "peer" -> CERTIFICATE;
                        case "query" -> query;
                        case "respond" -> {
                            answered.add(arguments[0] + " " + StandardCharsets.UTF_8.decode((ByteBuffer) arguments[2]));
                            yield null;
                        }
                        default -> throw new AssertionError(method);
                    };
                });
    }

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }

    /** Answers at once. */
    private final class Peer implements PeerClient {

        @Override
        public Call send(PeerAddress peer, Lane lane, Request request, ResponseSink sink) {
            asked.add(request.target());
            sink.onHead(new ResponseHead(status, Headers.empty()), CERTIFICATE);
            sink.onBody(StandardCharsets.UTF_8.encode(peersAnswer));
            sink.onEnd();
            return fake(Call.class, Map.of());
        }

        @Override
        public long roundTripNanos(PeerAddress peer) {
            return 0;
        }
    }
}
