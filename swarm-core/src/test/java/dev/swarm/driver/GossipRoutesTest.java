package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Router;
import dev.swarm.transport.TestFleet;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GossipRoutesTest {

    private static final VerifiedEntry ENTRY = ModelledEntries.active("author", 1, 1);

    @TempDir
    Path directory;

    private final PeerCertificate peer = new PeerCertificate(
            new PeerId("peer"), Set.of(), new TestFleet("f").node("peer").certificate());
    private final List<Integer> statuses = new ArrayList<>();
    private final List<Headers> fields = new ArrayList<>();
    private final Router router = new Router();
    private int verified;

    @Test
    void sync_whileAFrameOfThePeerIsVerified_isToldToComeAgainInASecond() throws Exception {
        try (BlobCache store = BlobCache.open(directory)) {
            serve(store);

            ask();
        }

        assertThat(verified).isEqualTo(1);
        assertThat(statuses).containsExactly(503);
        assertThat(fields.get(0).first("retry-after")).isEqualTo("1");
        assertThat(fields.get(0).first("content-type")).isEqualTo("application/json");
    }

    /** A node whose peer sends a second frame in the midst of the first one's being verified. */
    private void serve(BlobCache store) {
        NodeParts parts = new NodeParts(
                new PeerId("self"),
                new NodeParts.NodeClocks(() -> 0, InstantSource.system()),
                store,
                DiskGate.of(path -> new DiskGate.Space("disk", 1_000, 500), 10),
                signed -> {
                    verified++;
                    ask();
                    throw new RefusedEntryException(RefusedEntryException.Reason.WITHDRAWN, "withdrawn");
                },
                Runnable::run,
                null);
        parts.attach(new NodeLoop(Thread::new, () -> 0, () -> 0));
        new GossipRoutes(parts, null, null, new OfferedTraits()).addTo(router);
    }

    private void ask() {
        SyncFrame frame = new SyncFrame(List.of(), List.of(), List.of(ENTRY.signed()), false);
        Router.Found found = (Router.Found) router.find("POST", "/manifest/sync");
        Exchange exchange = (Exchange) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Exchange.class},
                (proxy, call, arguments) -> switch (call.getName()) {
                    case "body" -> frame.encode();
                    case "peer" -> peer;
                    case "respond" -> {
                        statuses.add((Integer) arguments[0]);
                        fields.add((Headers) arguments[1]);
                        yield null;
                    }
                    default -> throw new AssertionError(call);
                });
        try {
            found.route().handler().handle(exchange);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
