package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.peer.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One person's lockbox on three real nodes, over TLS, with their real identity. */
class LockboxIT {

    private static final String MARKER = "this text is nowhere on a disk";
    private static final int SMALL_FILES = 300;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("swarm.seed", 1));
    private LockboxFleet ann;

    @BeforeEach
    void startThree() throws Exception {
        ann = new LockboxFleet(directory);
        ann.startAndPair(3);
    }

    @AfterEach
    void close() {
        ann.close();
    }

    @Test
    void files_ofAllSizesAndNames_areEverywhereAndNowhereInPlaintext() throws Exception {
        Map<String, byte[]> texts = texts();
        for (Map.Entry<String, byte[]> each : texts.entrySet()) {
            ann.drop(random.nextInt(3), each.getKey(), each.getValue());
        }

        ann.awaitSame(texts.size(), 0, 1, 2);

        assertThat(ann.filesWith(MARKER)).isEmpty();
        for (Map.Entry<String, byte[]> each : texts.entrySet()) {
            int node = random.nextInt(3);
            assertThat(ann.decrypt(node, each.getKey() + ".age"))
                    .as("%s on node %s", each.getKey(), node)
                    .isEqualTo(each.getValue());
        }
        assertThatTheCommandOpens("large0.age", texts.get("large0"));
    }

    @Test
    void changesOnAllMachines_alsoWhileOneIsAway_loseNothing() throws Exception {
        byte[] large = content(5 * MIB);
        ann.drop(0, "large", large);
        ann.drop(1, "note", text("old"));
        ann.drop(2, "gone", text("gone"));
        ann.awaitSame(3, 0, 1, 2);
        long before = sentBytes();

        Files.createDirectory(ann.box(1).resolve("d"));
        Files.move(ann.box(1).resolve("large.age"), ann.box(1).resolve("d/renamed.age"));
        TestWait.until(
                () -> ann.files(0).containsKey("d/renamed.age") && ann.files(2).containsKey("d/renamed.age"));

        assertThat(sentBytes() - before).isLessThan(20_000);
        assertThat(ann.decrypt(2, "d/renamed.age")).isEqualTo(large);
        Files.delete(ann.box(2).resolve("gone.age"));
        ann.awaitSame(2, 0, 1, 2);

        ann.fleet.node(2).close();
        ann.drop(0, "note", text("of node 0"));
        ann.drop(2, "note", text("of node 2"));
        TestWait.until(() -> !Files.exists(ann.box(0).resolve("note")));
        ann.start(2);
        ann.puddle(2).unlock(LockboxFleet.ANN, LockboxFleet.PASSPHRASE);
        ann.awaitSame(3, 0, 1, 2);

        List<String> notes = new ArrayList<>();
        for (String path : ann.files(1).keySet()) {
            if (path.startsWith("note")) {
                notes.add(new String(ann.decrypt(1, path), StandardCharsets.UTF_8));
            }
        }
        assertThat(notes).containsExactlyInAnyOrder("of node 0", "of node 2");
        ann.restart(0);
        ann.restart(1);
        ann.drop(0, "after", text("a restart"));
        ann.awaitSame(4, 0, 1, 2);
    }

    @Test
    void machineThatWasTakenOut_opensNothingOfWhatIsThereThen() throws Exception {
        ann.drop(0, "secret", content(MIB));
        ann.drop(1, "other", text("other"));
        ann.awaitSame(2, 0, 1, 2);
        char[] key = ann.boxes(2).key(LockboxFleet.ANN);
        Map<String, String> before = payloads(0);

        ann.boxes(0).evict(LockboxFleet.ANN, new PeerId("node-2.example"));
        TestWait.until(() -> payloads(0).entrySet().stream()
                .noneMatch(each -> each.getValue().equals(before.get(each.getKey()))));
        ann.drop(1, "later", text("later"));
        ann.awaitSame(3, 0, 1);

        assertThat(payloads(1)).isEqualTo(payloads(0));
        try (AgeIdentity kept = AgeIdentity.parse(key)) {
            for (String path : ann.files(0).keySet()) {
                assertThatThrownBy(() -> open(ann.box(0).resolve(path), kept))
                        .as(path)
                        .isInstanceOf(AgeException.class);
            }
        }
        assertThat(ann.files(2)).doesNotContainKey("later.age");
        assertThat(ann.decrypt(1, "other.age")).isEqualTo(text("other"));
    }

    @Test
    void machineThatLeftAndJoinedAgain_takesPartAsBefore() throws Exception {
        ann.drop(0, "before", text("before"));
        ann.awaitSame(1, 0, 1, 2);
        ann.puddle(2).leave(LockboxFleet.ANN);
        TestWait.until(() -> ann.boxes(0).status(LockboxFleet.ANN).recipients() == 2);

        ann.puddle(2)
                .join(
                        LockboxFleet.ANN,
                        ann.fleet.node(0).address(),
                        ann.puddle(0).pair(LockboxFleet.ANN));
        ann.puddle(2).unlock(LockboxFleet.ANN, LockboxFleet.PASSPHRASE);
        TestWait.until(() -> ann.boxes(0).status(LockboxFleet.ANN).recipients() == 3);
        ann.drop(2, "after", text("after"));
        ann.awaitSame(2, 0, 1, 2);

        TestWait.until(() -> ann.boxes(2).status(LockboxFleet.ANN).renewing() == 0);
        assertThat(ann.decrypt(2, "before.age")).isEqualTo(text("before"));
        assertThat(ann.decrypt(0, "after.age")).isEqualTo(text("after"));
    }

    private Map<String, byte[]> texts() {
        Map<String, byte[]> texts = new TreeMap<>();
        String[] directories = {"", "a/", "a/b b/", "ü/-x/", "line\nfeed/"};
        for (int i = 0; i < SMALL_FILES; i++) {
            texts.put(directories[i % directories.length] + "file " + i, content(random.nextInt(20_000)));
        }
        for (int i = 0; i < 3; i++) {
            texts.put("large" + i, content(random.nextInt(MIB, 8 * MIB)));
        }
        texts.put("empty", new byte[0]);
        texts.put("64 KiB", content(64 * 1024));
        texts.put("-dash", text(MARKER));
        texts.put("feed\nline", text(MARKER));
        texts.put("e\u0301 and \u00e9", text(MARKER));
        texts.put("\u00e9 and e\u0301", text(MARKER));
        texts.put("no.age", text(MARKER));
        texts.put("x".repeat(251), text(MARKER));
        return texts;
    }

    /** Bytes with the marker at some place. */
    private byte[] content(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        byte[] marker = text(MARKER);
        if (size > marker.length) {
            System.arraycopy(marker, 0, content, random.nextInt(size - marker.length), marker.length);
        }
        return content;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, String> payloads(int node) throws IOException {
        Map<String, String> payloads = new TreeMap<>();
        for (String path : ann.files(node).keySet()) {
            if (path.endsWith(".age")) {
                try (InputStream source = Files.newInputStream(ann.box(node).resolve(path))) {
                    payloads.put(path, AgeFile.payloadOf(source));
                }
            }
        }
        return payloads;
    }

    private static byte[] open(Path sealed, AgeIdentity key) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (InputStream source = Files.newInputStream(sealed)) {
            new AgeFile(new SplittableRandom(1), new AgeFile.Workers(Runnable::run, 1)).decrypt(source, target, key);
        }
        return target.toByteArray();
    }

    private long sentBytes() {
        long sent = 0;
        for (int i = 0; i < 3; i++) {
            String trait = String.valueOf(ann.fleet.node(i).trait("lockbox"));
            sent += Long.parseLong(trait.replaceAll(".*\"sent_bytes\":(\\d+).*", "$1"));
        }
        return sent;
    }

    private void assertThatTheCommandOpens(String path, byte[] text) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/age"))) {
            return;
        }
        char[] key = ann.boxes(1).key(LockboxFleet.ANN);
        Path file = Files.writeString(directory.resolve("key"), new String(key));
        Arrays.fill(key, '\0');
        Process age = new ProcessBuilder(
                        "age",
                        "-d",
                        "-i",
                        file.toString(),
                        ann.box(1).resolve(path).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(age.getInputStream().readAllBytes()).isEqualTo(text);
        assertThat(age.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(age.exitValue()).isZero();
    }
}
