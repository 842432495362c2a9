package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.disk.DiskGate;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Call;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledFetchesTest {

    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.1:1531");
    private static final PeerAddress OTHER = PeerAddress.parse("10.0.0.2:1531");
    private static final PeerCertificate CERTIFICATE =
            new PeerCertificate(new PeerId("peer.example"), Set.of(), new TestFleet("bundles").authority());

    @TempDir
    Path directory;

    private final List<Sent> sent = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<Call> started = new ArrayList<>();
    private int cancelled;
    private long nanos;
    private BundledFetches fetches;

    private record Sent(PeerAddress peer, List<BlobId> blobs, ResponseSink sink) {}

    @BeforeEach
    void create() throws Exception {
        NodeParts parts = new NodeParts(
                new PeerId("self"),
                new NodeParts.NodeClocks(() -> nanos, InstantSource.system()),
                BlobCache.open(directory),
                DiskGate.of(path -> new DiskGate.Space("disk", 1_000, 500), 10),
                null,
                Runnable::run,
                null);
        Network network = new Network();
        parts.attach((Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, args) -> network));
        fetches = new BundledFetches(parts, event -> event.accept(null), (peer, named) -> {});
    }

    @Test
    void send_someBlobsOfTwoPeers_asksEachPeerOnce() {
        add(PEER, 10, 1, 2, 3);
        add(OTHER, 10, 4, 5);

        fetches.send();
        fetches.send();

        assertThat(sent).extracting(Sent::peer).containsExactlyInAnyOrder(PEER, OTHER);
        assertThat(sent.get(sent.get(0).peer().equals(PEER) ? 0 : 1).blobs()).containsExactly(id(1), id(2), id(3));
        assertThat(log).isEmpty();
    }

    @Test
    void send_oneBlob_asksForItByItself() {
        add(PEER, 10, 1);

        fetches.send();

        assertThat(sent).isEmpty();
        assertThat(log).containsExactly("alone 1");
    }

    @ParameterizedTest(name = "{0} bytes each")
    @ValueSource(ints = {0, 1, 10_240, 65_536})
    void send_manyBlobs_areCutIntoQuestionsOfABoundedSize(int size) {
        add(PEER, size, IntStream.range(0, 600).toArray());

        fetches.send();

        assertThat(sent.stream().flatMap(one -> one.blobs().stream()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 600).mapToObj(BundledFetchesTest::id).toList());
        assertThat(sent).allSatisfy(one -> {
            assertThat(one.blobs()).hasSizeLessThanOrEqualTo(256);
            assertThat(one.blobs().size() * (long) size).isLessThanOrEqualTo(1 << 20);
        });
    }

    @Test
    void answer_withOneMissing_storesTheOthersAndEndsEach() {
        add(PEER, 2, 1, 2, 3);
        fetches.send();

        answer(sent.get(0), part(2, 'a'), part(-1, 'b'), part(2, 'c'));

        assertThat(log)
                .containsExactly(
                        "store 1 aa",
                        "store 3 cc",
                        "stored 1",
                        "ended 1 COMPLETE",
                        "ended 2 NOT_HELD",
                        "stored 3",
                        "ended 3 COMPLETE");
    }

    @Test
    void answer_thatComesSlowly_storesWhatIsThereAndSaysThatTheOthersAreComing() {
        add(PEER, 2, 1, 2, 3);
        fetches.send();
        head(sent.get(0), 200);

        sent.get(0).sink().onBody(part(2, 'a'));
        assertThat(log).isEmpty();
        nanos = 500_000_000L;
        sent.get(0).sink().onBytes();

        assertThat(log).containsExactly("store 1 aa", "stored 1", "ended 1 COMPLETE", "arriving 2", "arriving 3");
    }

    @Test
    void answer_thatBreaksOff_keepsWhatCameWhole() {
        add(PEER, 2, 1, 2, 3);
        fetches.send();
        head(sent.get(0), 200);

        sent.get(0).sink().onBody(part(2, 'a'));
        sent.get(0).sink().onBody(ByteBuffer.wrap(new byte[] {0, 0, 0, 2, 'b'}));
        sent.get(0).sink().onFailure(new TransportException(TransportException.Kind.TRUNCATED, "reset", null));

        assertThat(log)
                .containsExactly("store 1 aa", "stored 1", "ended 1 COMPLETE", "ended 2 BROKEN", "ended 3 BROKEN");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405})
    void answer_ofAPeerThatKnowsNoSuchQuestion_hasItAskedForEachFromThenOn(int status) {
        add(PEER, 2, 1, 2);
        fetches.send();

        head(sent.get(0), status);

        assertThat(log).containsExactly("alone 1", "alone 2");
        add(PEER, 2, 3, 4);
        add(OTHER, 2, 5, 6);
        fetches.send();
        assertThat(log).containsExactly("alone 1", "alone 2", "alone 3", "alone 4");
        assertThat(sent).extracting(Sent::peer).containsExactly(PEER, OTHER);
    }

    @Test
    void answer_ofABusyPeer_breaksAll() {
        add(PEER, 2, 1, 2);
        fetches.send();

        head(sent.get(0), 503);

        assertThat(log).containsExactly("ended 1 BROKEN", "ended 2 BROKEN");
    }

    @Test
    void cancel_ofOne_leavesTheCallToTheOthers() {
        add(PEER, 2, 1, 2);
        fetches.send();

        started.get(0).cancel();
        started.get(0).cancel();
        assertThat(cancelled).isZero();

        started.get(1).cancel();
        assertThat(cancelled).isEqualTo(1);
    }

    private void add(PeerAddress peer, int size, int... numbers) {
        for (int number : numbers) {
            fetches.add(peer, new Noting(number, size));
        }
    }

    private static BlobId id(int number) {
        return new BlobId(number, 0, 0, 0);
    }

    private static void head(Sent question, int status) {
        question.sink().onHead(new ResponseHead(status, Headers.empty()), CERTIFICATE);
    }

    private static void answer(Sent question, ByteBuffer... parts) {
        head(question, 200);
        for (ByteBuffer part : parts) {
            question.sink().onBody(part);
        }
        question.sink().onEnd();
    }

    private static ByteBuffer part(int size, char letter) {
        ByteBuffer part = ByteBuffer.allocate(Integer.BYTES + Math.max(0, size)).putInt(size);
        while (part.hasRemaining()) {
            part.put((byte) letter);
        }
        return part.flip();
    }

    private final class Noting implements BundledFetches.Item {
        private final int number;
        private final int size;

        Noting(int number, int size) {
            this.number = number;
            this.size = size;
        }

        @Override
        public BlobId blob() {
            return id(number);
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void fetchAlone() {
            log.add("alone " + number);
        }

        @Override
        public void started(Call call) {
            started.add(call);
        }

        @Override
        public Consumer<NodeMachine> store(byte[] content) {
            log.add("store " + number + " " + new String(content, StandardCharsets.US_ASCII));
            return machine -> log.add("stored " + number);
        }

        @Override
        public Consumer<NodeMachine> bytesArrived() {
            return machine -> log.add("arriving " + number);
        }

        @Override
        public Consumer<NodeMachine> ended(Scheduler.Ending ending) {
            return machine -> log.add("ended " + number + " " + ending);
        }
    }

    /** Takes questions and leaves the answers to the test. */
    private final class Network implements PeerClient {

        @Override
        public Call send(PeerAddress peer, Lane lane, Request request, ResponseSink sink) {
            assertThat(request.target()).isEqualTo(BlobBundle.PATH);
            assertThat(lane).isEqualTo(Lane.BULK);
            sent.add(new Sent(peer, BlobBundle.decode(request.body()), sink));
            return new Call() {
                @Override
                public void cancel() {
                    cancelled++;
                }

                @Override
                public void pause() {}

                @Override
                public void resume() {}
            };
        }

        @Override
        public long roundTripNanos(PeerAddress peer) {
            return 0;
        }
    }
}
