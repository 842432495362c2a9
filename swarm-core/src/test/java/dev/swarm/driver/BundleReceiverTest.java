package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TransportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleReceiverTest {

    private static final int[] SIZES = {1, 300, 65_536, 7};
    private static final BlobId ABSENT = new BlobId(1, 2, 3, 4);

    private static final PeerCertificate PEER =
            new PeerCertificate(new PeerId("peer.example"), Set.of(), new TestFleet("bundles").authority());

    @TempDir
    Path directory;

    private final List<byte @Nullable []> came = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private final List<BlobId> ids = new ArrayList<>();
    private BlobCache store;
    private long nanos;
    private int signs;

    private final class Noting implements BundleReceiver.Listener {
        @Override
        public void blob(int index, byte @Nullable [] content) {
            assertThat(index).isEqualTo(came.size());
            came.add(content);
        }

        @Override
        public void arriving() {
            signs++;
        }

        @Override
        public void ended(BundleReceiver.End end, String why) {
            ends.add(end + ": " + why);
        }
    }

    @BeforeEach
    void seed() throws IOException {
        store = BlobCache.open(directory.resolve("data"));
        Random random = new Random(5);
        for (int size : SIZES) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            contents.add(content);
            Path file = Files.write(directory.resolve("file-" + size), content);
            ids.add(store.addSeed(file).id());
        }
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private BundleReceiver receiver(int... sizes) {
        return new BundleReceiver(sizes, () -> nanos, new Noting(), named::add);
    }

    private static void begin(BundleReceiver receiver, int status, Headers headers) {
        receiver.onHead(new ResponseHead(status, headers), PEER);
    }

    private ByteBuffer answer(int[] sizes) throws IOException {
        List<BundleContent.Part> parts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            parts.add(new BundleContent.Part(sizes[i] < 0 ? ABSENT : ids.get(i), sizes[i]));
        }
        BundleContent content = new BundleContent(store, parts);
        ByteBuffer whole = ByteBuffer.allocate((int) content.length());
        while (whole.hasRemaining()) {
            whole.limit(Math.min(whole.capacity(), whole.position() + 1_000));
            content.read(whole);
            whole.limit(whole.capacity());
        }
        return whole.flip();
    }

    @ParameterizedTest(name = "{0} bytes at a time")
    @ValueSource(ints = {1, 3, 4, 5, 1_000, 65_540, 1_000_000})
    void onBody_anySplitOfAnAnswer_givesTheSameBlobs(int step) throws IOException {
        ByteBuffer answer = answer(new int[] {1, BlobBundle.NOT_HERE, 65_536, 7});
        BundleReceiver receiver = receiver(SIZES);

        begin(receiver, 200, Headers.of("x-peers", "10.0.0.1:1531"));
        while (answer.hasRemaining()) {
            ByteBuffer some = answer.slice(answer.position(), Math.min(step, answer.remaining()));
            receiver.onBody(some);
            assertThat(some.hasRemaining()).isFalse();
            answer.position(answer.position() + some.capacity());
        }
        receiver.onEnd();

        assertThat(came).containsExactly(contents.get(0), null, contents.get(2), contents.get(3));
        assertThat(ends).containsExactly("OVER: answer ended at blob 4 of 4");
        assertThat(named).containsExactly("10.0.0.1:1531");
    }

    @ParameterizedTest(name = "{0} bytes at a time")
    @ValueSource(ints = {1, 7, 1_000_000})
    void onBody_anotherSizeThanTheEntrySays_isMissingAloneOfAll(int step) throws IOException {
        ByteBuffer answer = answer(SIZES);
        BundleReceiver receiver = receiver(1, 299, 65_536, 7);

        begin(receiver, 200, Headers.empty());
        while (answer.hasRemaining()) {
            int length = Math.min(step, answer.remaining());
            receiver.onBody(answer.slice(answer.position(), length));
            answer.position(answer.position() + length);
        }
        receiver.onEnd();

        assertThat(came).containsExactly(contents.get(0), null, contents.get(2), contents.get(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_537, -2, Integer.MAX_VALUE})
    void onBody_sizeThatNoSmallBlobHas_endsThere(int told) throws IOException {
        BundleReceiver receiver = receiver(SIZES);

        begin(receiver, 200, Headers.empty());
        receiver.onBody(answer(SIZES).limit(5));
        receiver.onBody(ByteBuffer.allocate(100).putInt(0, told));
        receiver.onEnd();

        assertThat(came).containsExactly(contents.get(0));
        assertThat(ends).containsExactly("OVER: blob 1 is said to have " + told + " bytes, not 300");
    }

    @Test
    void onBytes_answerThatComesSlowly_isToldTwiceASecond() throws IOException {
        BundleReceiver receiver = receiver(SIZES);

        for (int tenth = 1; tenth <= 20; tenth++) {
            nanos = tenth * 100_000_000L;
            receiver.onBytes();
        }

        assertThat(signs).isEqualTo(4);
    }

    @Test
    void onFailure_inMidAnswer_keepsWhatCameWhole() throws IOException {
        ByteBuffer answer = answer(SIZES);
        BundleReceiver receiver = receiver(SIZES);

        begin(receiver, 200, Headers.empty());
        receiver.onBody(answer.limit(4 + 1 + 4 + 200));
        receiver.onFailure(new TransportException(TransportException.Kind.CANCELLED, "cut", null));

        assertThat(came).containsExactly(contents.get(0));
        assertThat(ends).containsExactly("OVER: cut");
    }

    @ParameterizedTest(name = "status {0}")
    @ValueSource(ints = {404, 405})
    void onHead_peerWithoutSuchQuestions_isUnknown(int status) {
        BundleReceiver receiver = receiver(SIZES);

        begin(receiver, status, Headers.empty());
        receiver.onBody(ByteBuffer.allocate(20));
        receiver.onEnd();

        assertThat(came).isEmpty();
        assertThat(ends).containsExactly("UNKNOWN: status " + status);
    }

    @Test
    void onHead_peerThatIsBusy_isOver() {
        BundleReceiver receiver = receiver(SIZES);

        begin(receiver, 503, Headers.empty());
        receiver.onEnd();

        assertThat(ends).containsExactly("OVER: status 503");
    }

    @Test
    void read_blobThatChangedSinceItsSizeWasTold_fails() throws IOException {
        assertThat(store.sizeOfSmall(ids.get(1))).isEqualTo(300);
        Files.write(directory.resolve("file-300"), new byte[300]);

        assertThatThrownBy(() -> answer(SIZES)).isInstanceOf(IOException.class).hasMessageContaining("was changed");
    }
}
