package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that two machines of one person say to each other, seen from inside their TLS. */
class LockboxWireIT {

    private static final String MARKER = "a text to look for in every push";
    private static final int PIECE = 64;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("swarm.seed", 1));
    private final List<TlsTap> taps = new ArrayList<>();
    private LockboxFleet ann;

    @BeforeEach
    void startTwoWithATapBeforeEach() throws Exception {
        ann = new LockboxFleet(directory);
        for (int i = 0; i < 2; i++) {
            taps.add(new TlsTap(ann.fleet.credentials(i), new InetSocketAddress(tapAddress(i), 0)));
        }
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            InetSocketAddress own =
                    new InetSocketAddress(ownAddress(i), taps.get(i).address().port());
            ann.start(i, config -> config.listen(own)
                    .peers(List.of(taps.get(other).address())));
            taps.get(i)
                    .start(new TlsTap.Way(
                            ann.fleet.node(i).address(), ann.fleet.credentials(other), tapAddress(other)));
        }
        ann.puddle(0).init(LockboxFleet.ANN, LockboxFleet.PASSPHRASE, false);
        ann.puddle(1)
                .join(LockboxFleet.ANN, taps.get(0).address(), ann.puddle(0).pair(LockboxFleet.ANN));
        ann.puddle(1).unlock(LockboxFleet.ANN, LockboxFleet.PASSPHRASE);
        TestWait.until(() -> ann.boxes(0).status(LockboxFleet.ANN).recipients() == 2
                && ann.boxes(1).status(LockboxFleet.ANN).recipients() == 2);
    }

    @AfterEach
    void close() throws IOException {
        ann.close();
        for (TlsTap tap : taps) {
            tap.close();
        }
    }

    @Test
    void everyByteOnTheWire_isCiphertextOrAboutIt() throws Exception {
        for (int i = 0; i < 40; i++) {
            ann.drop(i % 2, "d" + i % 3 + "/small " + i, content(random.nextInt(20_000)));
        }
        ann.drop(0, "pushed", content(3 * MIB));
        ann.drop(1, "in ranges", content(20 * MIB));
        ann.awaitSame(42, 0, 1);
        List<byte[]> wanted = pieces();
        ann.drop(1, "pushed", content(MIB));
        Files.move(ann.box(0).resolve("in ranges.age"), ann.box(0).resolve("moved.age"));
        Files.delete(ann.box(1).resolve("d0/small 0.age"));
        ann.awaitSame(41, 0, 1);
        byte[] before = Files.readAllBytes(ann.box(0).resolve("d1/small 1.age"));
        ann.boxes(0).reencrypt(LockboxFleet.ANN);
        TestWait.until(
                () -> !Arrays.equals(before, Files.readAllBytes(ann.box(1).resolve("d1/small 1.age")))
                        && ann.boxes(0).status(LockboxFleet.ANN).renewing() == 0);
        ann.awaitSame(41, 0, 1);
        wanted.addAll(pieces());

        List<String> wire = wire();

        assertThat(wanted).allSatisfy(piece -> assertThat(wire).anyMatch(said -> said.contains(text(piece))));
        assertThat(wire).noneMatch(said -> said.contains(MARKER));
        assertThat(wire).noneMatch(said -> said.contains(new String(LockboxFleet.PASSPHRASE)));
        for (int i = 0; i < 2; i++) {
            char[] key = ann.boxes(i).key(LockboxFleet.ANN);
            assertThat(wire).noneMatch(said -> said.contains(new String(key)));
        }
    }

    /** The last bytes of each file, which one machine made and the other has. */
    private List<byte[]> pieces() throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        for (String path : ann.files(1).keySet()) {
            byte[] file = Files.readAllBytes(ann.box(1).resolve(path));
            pieces.add(Arrays.copyOfRange(file, file.length - PIECE, file.length));
        }
        return pieces;
    }

    private List<String> wire() {
        List<String> wire = new ArrayList<>();
        for (TlsTap tap : taps) {
            tap.recorded().forEach(bytes -> wire.add(text(bytes)));
        }
        return wire;
    }

    /** Bytes with the marker at their start, their end and some place between, if there is room. */
    private byte[] content(int size) {
        byte[] content = new byte[size + 2 * MARKER.length()];
        random.nextBytes(content);
        byte[] marker = MARKER.getBytes(StandardCharsets.US_ASCII);
        for (int at : new int[] {0, random.nextInt(size + 1), size + marker.length}) {
            System.arraycopy(marker, 0, content, at, marker.length);
        }
        return content;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static InetAddress ownAddress(int i) throws IOException {
        return InetAddress.getByName("127.0.0." + (2 + i));
    }

    private static InetAddress tapAddress(int i) throws IOException {
        return InetAddress.getByName("127.0.0." + (4 + i));
    }
}
