package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.set.EntryCodec;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real node refuses in a lockbox's requests, over TLS. The member that asks is a machine of the user unless told otherwise. */
class LockboxRefusalsIT {

    /** As long as the names that are put in its place. */
    private static final String HARMLESS = "ab/c.age";

    private static final int HEAD_BYTES = 72;

    @TempDir
    Path directory;

    private LockboxFleet ann;
    private String id = "";

    @BeforeEach
    void startTwo() throws Exception {
        ann = new LockboxFleet(directory);
        ann.startAndPair(2);
        id = ann.puddle(0).status(LockboxFleet.ANN).id().hex();
    }

    @AfterEach
    void close() {
        ann.close();
    }

    @Test
    void push_ofAMemberThatIsNoMachineOfTheUser_isRefused() throws Exception {
        assertThat(post(5, "push?user=" + id, new byte[HEAD_BYTES])).isEqualTo(403);
        assertThat(post(5, "index?user=" + id, new byte[40])).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?user=",
                "?user=..",
                "?user=0000000000000000000000000000000000000000000000000000000000000000"
            })
    void push_forSomebodyWhoIsNotHere_isRefused(String query) throws Exception {
        assertThat(post(1, "push" + query, new byte[HEAD_BYTES])).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.age", "/abs.age", "a\0/c.age", "ab//.age", "abc/.age", "a/./.age", "ab/c.txt"})
    void index_withANameThatIsNone_isRefusedAndNothingIsTaken(String name) throws Exception {
        byte[] content = "nothing".getBytes(StandardCharsets.UTF_8);
        assertThat(post(1, "index?user=" + id, question(HARMLESS, content))).isEqualTo(200);

        assertThat(post(1, "index?user=" + id, question(padded(name), content))).isEqualTo(400);

        assertThat(ann.boxes(0).list(LockboxFleet.ANN)).singleElement().satisfies(file -> assertThat(file.path())
                .isEqualTo(HARMLESS));
        assertThat(directory.resolve("home-0/x.age")).doesNotExist();
    }

    @Test
    void push_thatIsNotWhatItSays_leavesNothing() throws Exception {
        // Else both machines agree that nobody has the content, and give it up.
        ann.fleet.node(1).close();
        byte[] wanted = "age-encryption.org/v1\nnot really".getBytes(StandardCharsets.UTF_8);
        assertThat(post(1, "index?user=" + id, question(HARMLESS, wanted))).isEqualTo(200);
        byte[] other = wanted.clone();
        other[5] ^= 1;

        assertThat(post(1, "push?user=" + id, push(wanted, other, other.length)))
                .as("another content")
                .isEqualTo(400);
        assertThat(post(1, "push?user=" + id, push(wanted, wanted, Long.MAX_VALUE)))
                .as("longer than the request")
                .isEqualTo(400);
        assertThat(post(1, "push?user=" + id, push(wanted, new byte[3], wanted.length)))
                .as("cut off")
                .isEqualTo(400);
        assertThat(post(1, "push?user=" + id, push(other, other, other.length)))
                .as("not asked for")
                .isEqualTo(204);
        try (RawMember member =
                new RawMember(ann.fleet.credentials(1), ann.fleet.node(0).address())) {
            assertThat(member.post("/lockbox/index?user=" + id, 40 << 20, new byte[10]))
                    .isEqualTo(413);
        }

        try (var work = Files.list(ann.box(0).resolve(".lockbox"))) {
            assertThat(work.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith("got-"));
        }
        assertThat(post(1, "push?user=" + id, push(wanted, wanted, wanted.length)))
                .isEqualTo(204);
        TestWait.until(() -> Files.exists(ann.box(0).resolve(HARMLESS)));
        assertThat(ann.box(0).resolve(HARMLESS)).hasBinaryContent(wanted);
    }

    @Test
    void push_toAFullDisk_isAnswered507BeforeItsBody() throws Exception {
        ann.fleet.node(0).close();
        try (SmallDisk disk = new SmallDisk(ann.box(0), 20)) {
            ann.start(0);
            disk.fill(19);
            AtomicInteger status = new AtomicInteger();
            // For a moment after its start the node knows of no user, and refuses everybody.
            TestWait.until(() -> {
                status.set(pushOfAMebibyte());
                return status.get() != 403 && status.get() != 404;
            });
            assertThat(status.get()).isEqualTo(507);
            ann.fleet.node(0).close();
        }
    }

    @Test
    void policy_takenAway_endsPushesAndScrubsInTheNextCycle() throws Exception {
        ann.drop(0, "x", new byte[] {1});
        ann.awaitSame(1, 0, 1);
        Path plain = ann.drop(0, "not encrypted yet", new byte[] {2});

        ann.allow(0, false);

        assertThat(post(1, "push?user=" + id, new byte[HEAD_BYTES])).isEqualTo(403);
        TestWait.until(() -> !Files.exists(ann.fleet.data(0).resolve("lockbox/ann/index")));
        assertThat(ann.box(0).resolve("x.age")).doesNotExist();
        assertThat(plain).exists();
        assertThat(ann.files(1)).containsKey("x.age");
    }

    @Test
    void push_ofAnotherUsersMachine_isRefusedForEitherUser() throws Exception {
        UserName bob = new UserName("bob");
        Map<UserName, Path> users = Map.of(bob, directory.resolve("home-of-bob"));
        ann.fleet.start(2, config -> config.users(subsystem -> users));
        TestWait.until(() -> ann.fleet.node(2).trait("puddle") != null);
        String bobsId = ann.puddle(2)
                .init(bob, "battery staple".toCharArray(), false)
                .user()
                .hex();
        TestWait.until(() -> ann.fleet.node(2).trait("lockbox").contains("\"bob\""));

        assertThat(post(2, "push?user=" + id, new byte[HEAD_BYTES])).isEqualTo(403);
        assertThat(post(2, "index?user=" + id, new byte[40])).isEqualTo(403);
        assertThat(post(2, "push?user=" + bobsId, new byte[HEAD_BYTES]))
                .as("a user who is not on this node")
                .isEqualTo(403);
        assertThat(post(1, "push?user=" + bobsId, new byte[HEAD_BYTES])).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity.wrapped", "identity.salt", "identity.pub"})
    void unlock_withAFileAlteredOrCutOff_isRefusedAndChangesNothing(String name) throws Exception {
        Path file = ann.home(0).resolve(".puddle").resolve(name);
        byte[] right = Files.readAllBytes(file);
        ann.drop(0, "letter", new byte[] {1});
        ann.awaitSame(1, 0, 1);
        ann.puddle(0).lock(LockboxFleet.ANN);

        for (int at : new int[] {0, right.length / 2, right.length - 1}) {
            byte[] altered = right.clone();
            altered[at] ^= 1;
            assertThatUnlockIsRefused(file, altered);
            assertThatUnlockIsRefused(file, Arrays.copyOf(right, at));
        }
        Files.write(file, right);
        assertThatThrownBy(() -> ann.puddle(0).unlock(LockboxFleet.ANN, "correct house".toCharArray()))
                .isInstanceOf(SwarmException.class);

        ann.puddle(0).unlock(LockboxFleet.ANN, LockboxFleet.PASSPHRASE);
        TestWait.until(() -> ann.boxes(0).status(LockboxFleet.ANN).unlocked());
        assertThat(ann.decrypt(0, "letter.age")).containsExactly(1);
    }

    @Test
    void decrypt_ofAnAgeFileAlteredOrCutOff_givesATrueBeginningAtMost() throws Exception {
        byte[] text = new byte[200_000];
        Arrays.fill(text, (byte) 'x');
        ann.drop(0, "letter", text);
        ann.awaitSame(1, 0, 1);
        Path file = ann.box(0).resolve("letter.age");
        byte[] right = Files.readAllBytes(file);
        FileTime modified = Files.getLastModifiedTime(file);

        for (int at : new int[] {5, 150, right.length - 150_000, right.length - 1}) {
            byte[] altered = right.clone();
            altered[at] ^= 1;
            assertThatDecryptIsRefused(file, altered, modified, text);
            assertThatDecryptIsRefused(file, Arrays.copyOf(right, at), modified, text);
        }

        assertThat(ann.box(1).resolve("letter.age")).exists();
    }

    private void assertThatUnlockIsRefused(Path file, byte[] content) throws Exception {
        Files.write(file, content);
        assertThatThrownBy(() -> ann.puddle(0).unlock(LockboxFleet.ANN, LockboxFleet.PASSPHRASE))
                .isInstanceOf(SwarmException.class);
        assertThat(file).hasBinaryContent(content);
        assertThatThrownBy(() -> ann.decrypt(0, "letter.age")).isInstanceOf(SwarmException.class);
    }

    private void assertThatDecryptIsRefused(Path file, byte[] content, FileTime modified, byte[] text)
            throws Exception {
        Files.write(file, content);
        Files.setLastModifiedTime(file, modified);
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        assertThatThrownBy(() -> ann.boxes(0).decrypt(LockboxFleet.ANN, "letter.age", target))
                .isInstanceOf(AgeException.class);
        assertThat(target.toByteArray()).isEqualTo(Arrays.copyOf(text, target.size()));
        assertThat(target.size()).isLessThan(text.length);
    }

    private int pushOfAMebibyte() throws Exception {
        try (RawMember member =
                new RawMember(ann.fleet.credentials(1), ann.fleet.node(0).address())) {
            return member.post("/lockbox/push?user=" + id, 1 << 20, "Expect: 100-continue", new byte[0])
                    .status();
        }
    }

    private int post(int member, String target, byte[] body) throws Exception {
        try (RawMember raw =
                new RawMember(ann.fleet.credentials(member), ann.fleet.node(0).address())) {
            return raw.post("/lockbox/" + target, body.length, body);
        }
    }

    private static String padded(String name) {
        assertThat(name).hasSameSizeAs(HARMLESS);
        return name;
    }

    private static byte[] sha256(byte[] content) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }

    private static byte[] push(byte[] named, byte[] content, long size) throws Exception {
        return ByteBuffer.allocate(HEAD_BYTES + content.length)
                .put(sha256(named))
                .put(new byte[32])
                .putLong(size)
                .put(content)
                .array();
    }

    /** The change of one file, whose name in the encoding is another. */
    private static byte[] question(String name, byte[] content) throws Exception {
        PeerId origin = new PeerId("node-1.example");
        HybridTimestamp stamp = HybridTimestamp.of(1_700_000_000_000L, 0);
        FileEntry.Content what = new FileEntry.Content(
                HexFormat.of().formatHex(sha256(content)),
                content.length,
                0600,
                0,
                "0".repeat(32),
                FileEntry.Content.UNKNOWN_GENERATION,
                FileEntry.Content.UNKNOWN_PAYLOAD);
        FileEntry entry = new FileEntry(
                HARMLESS, FileEntry.State.FILE, what, origin, stamp, new TreeMap<>(Map.of(origin, stamp)));
        // A digest, a horizon and a last agreement, and nothing that is taken over.
        CanonicalWriter writer = new CanonicalWriter(10_000)
                .putFixed(new byte[32])
                .putLong(0)
                .putLong(0)
                .putBoolean(false);
        EntryCodec.write(writer, List.of(entry));
        String text = new String(writer.toByteArray(), StandardCharsets.ISO_8859_1);
        return text.replace(HARMLESS, name).getBytes(StandardCharsets.ISO_8859_1);
    }
}
