package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Request;
import dev.swarm.user.UserPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LockboxTest extends TwoMachines {

    @Test
    void aDrop_isEncryptedHereAndThere_andOpensOnBoth() throws IOException {
        Path letter = drop(a, "letters/dear.txt", "dear b");
        Files.setPosixFilePermissions(letter, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(letter, FileTime.fromMillis(1_600_000_000_123L));

        fleet.run(40);

        assertThat(filesIn(a)).containsExactly("letters/dear.txt.age");
        assertThat(filesIn(b)).containsExactly("letters/dear.txt.age");
        assertThat(file(b, "letters/dear.txt.age")).hasSameBinaryContentAs(file(a, "letters/dear.txt.age"));
        assertThat(Files.getPosixFilePermissions(file(b, "letters/dear.txt.age")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(decrypt(a, "letters/dear.txt.age")).isEqualTo("dear b");
        assertThatThrownBy(() -> decrypt(b, "letters/dear.txt.age"))
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.LOCKED));
        atB.unlock(true);
        assertThat(decrypt(b, "letters/dear.txt.age")).isEqualTo("dear b");
        Lockboxes.PlainFile was = inTheOpen(b).decrypt(ANN, "letters/dear.txt.age", new ByteArrayOutputStream());
        assertThat(was).isEqualTo(new Lockboxes.PlainFile(0750, 1_600_000_000_123_000_000L));
    }

    @Test
    void whatIsSent_hasNoTextInIt() throws IOException {
        drop(a, "letter", "a text to look for " + "x".repeat(10_000));
        fleet.run(40);
        inTheOpen(a).reencrypt(ANN);
        fleet.run(40);

        assertThat(filesIn(b)).containsExactly("letter.age");
        assertThat(fleet.sent.size()).isGreaterThan(20_000);
        assertThat(fleet.sent.toString(StandardCharsets.ISO_8859_1)).doesNotContain("a text to look for");
    }

    @Test
    void encrypt_beforeTheBoxIsOpen_opensIt() throws IOException {
        a.allowNobody();
        fleet.run(10);
        assertThatThrownBy(() -> encrypt(a, "early.age", "1"))
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.NOT_FOUND));
        a.allow(ANN);

        encrypt(a, "early.age", "1");

        assertThat(decrypt(a, "early.age")).isEqualTo("1");
    }

    @Test
    void encrypt_atOnceAfterTheFirstUnlock_isForThisMachineToo() throws Exception {
        TestNode c = new TestNode(fleet, "c.example", directory);
        TestUser.Machine atC = ann.on(c.self(), "ann");
        c.start(ANN, atC);
        atC.unlockUnheard();

        encrypt(c, "early.age", "1");

        assertThat(decrypt(c, "early.age")).isEqualTo("1");
    }

    @Test
    void aRename_movesNoContent() throws IOException {
        drop(a, "big", "x".repeat(3_000_000));
        fleet.run(40);
        long before = fleet.bytesSent;

        Files.createDirectory(file(a, "d"));
        Files.move(file(a, "big.age"), file(a, "d/renamed.age"));
        fleet.run(40);

        assertThat(filesIn(b)).containsExactly("d/renamed.age");
        assertThat(decrypt(a, "d/renamed.age")).hasSize(3_000_000);
        assertThat(fleet.bytesSent - before).isLessThan(5_000);
    }

    @Test
    void directories_alsoEmptyOnes_appearAndGoWithTheirPermissions() throws IOException {
        Files.createDirectories(file(a, "empty/inner"));
        Files.setPosixFilePermissions(file(a, "empty"), PosixFilePermissions.fromString("rwxr-x--x"));
        drop(a, "full/x", "1");
        Files.setPosixFilePermissions(file(a, "full"), PosixFilePermissions.fromString("rwxrwx---"));
        fleet.run(80);

        assertThat(file(b, "empty/inner")).isDirectory();
        assertThat(Files.getPosixFilePermissions(file(b, "empty")))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-x--x"));
        assertThat(Files.getPosixFilePermissions(file(b, "full")))
                .isEqualTo(PosixFilePermissions.fromString("rwxrwx---"));

        Files.delete(file(b, "empty/inner"));
        Files.delete(file(b, "empty"));
        Files.delete(file(b, "full/x.age"));
        fleet.run(80);

        assertThat(file(a, "empty")).doesNotExist();
        assertThat(file(a, "full")).isEmptyDirectory();
        assertThat(file(b, "full")).isEmptyDirectory();
        Files.delete(file(a, "full"));
        fleet.run(80);
        assertThat(file(b, "full")).doesNotExist();
        assertThat(status(a).files()).isZero();
    }

    @Test
    void aFileThatOnlyAMachineHasWhichLeaves_isThereAgainWhenThatMachineIs() throws Exception {
        TestNode c = new TestNode(fleet, "c.example", directory);
        TestUser.Machine atC = ann.on(c.self(), "ann");
        c.start(ANN, atC);
        atC.unlock(true);
        fleet.run(20);
        a.full = true;
        b.full = true;
        drop(c, "only", "1");
        fleet.run(40);
        assertThat(status(a).missing()).isEqualTo(1);

        fleet.away.add(c.self());
        atC.unlock(false);
        ann.leave(c.self());
        fleet.run(120);
        assertThat(status(a).missing()).isZero();
        assertThat(status(a).files()).isZero();

        a.full = false;
        b.full = false;
        fleet.away.clear();
        ann.joinAgain(atC);
        fleet.run(120);

        assertThat(filesIn(c)).containsExactly("only.age");
        assertThat(filesIn(a)).containsExactly("only.age");
        assertThat(filesIn(b)).containsExactly("only.age");
        assertThat(decrypt(a, "only.age")).isEqualTo("1");
    }

    @Test
    void aDirectoryThatIsDeleted_staysWhereSomethingNewIsInIt() throws IOException {
        drop(a, "d/x", "1");
        fleet.run(80);
        fleet.away.add(hostB);
        Files.delete(file(a, "d/x.age"));
        Files.delete(file(a, "d"));
        drop(b, "d/y", "2");
        fleet.run(40);

        fleet.away.clear();
        fleet.run(120);

        assertThat(filesIn(a)).containsExactly("d/y.age").isEqualTo(filesIn(b));
    }

    @Test
    void manySmallFiles_takeFewRequests() throws IOException {
        for (int i = 0; i < 500; i++) {
            drop(a, "f" + i, "text " + i);
        }
        int before = fleet.requests;

        fleet.run(60);

        assertThat(filesIn(b)).hasSize(500);
        assertThat(fleet.requests - before).isLessThan(40);
    }

    @Test
    void status_tellsWhoLacksWhat() throws IOException {
        b.full = true;
        drop(a, "x", "1");
        fleet.run(40);

        Lockboxes.BoxStatus full = status(a);
        assertThat(full.files()).isEqualTo(1);
        assertThat(full.recipients()).isEqualTo(2);
        assertThat(full.devices()).containsExactly(new Lockboxes.DeviceStatus(hostB, false, 1, "its disk is full"));
        assertThat(list(a)).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("x.age");
            assertThat(file.here()).isTrue();
            assertThat(file.lackedBy()).containsExactly(hostB);
        });
        assertThat(status(b).missing()).isEqualTo(1);
        assertThat(a.trait()).contains("\"user\":\"ann\"", "\"files\":1", "\"failed\":0");

        b.full = false;
        fleet.run(80);

        assertThat(status(a).devices()).containsExactly(new Lockboxes.DeviceStatus(hostB, true, 0, ""));
        assertThat(list(a).get(0).lackedBy()).isEmpty();
        fleet.away.add(hostB);
        drop(a, "y", "2");
        fleet.run(40);
        assertThat(status(a).devices().get(0).inSync()).isFalse();
    }

    @Test
    void aStranger_isRefused() throws Exception {
        TestNode stranger = new TestNode(fleet, "c.example", directory);
        for (String route : List.of("/lockbox/index", "/lockbox/push", "/lockbox/range")) {
            Request request = Request.post(route + "?user=" + ann.id(), ByteBuffer.wrap(new byte[1]));
            Answer answer = stranger.ask(a.peers().get(0), request, 1_000).get();
            assertThat(answer.status()).isEqualTo(403);
        }
    }

    @Test
    void aMachineThatLeft_getsAndGivesNothing() throws IOException {
        drop(a, "x", "1");
        fleet.run(40);

        ann.leave(hostB);
        drop(a, "y", "2");
        drop(b, "z", "3");
        fleet.run(80);

        assertThat(filesIn(a)).containsExactly("x.age", "y.age");
        assertThat(filesIn(b)).doesNotContain("y.age");
    }

    @Test
    void aMachineThatLeft_opensNothingThatIsEncryptedAnew_withTheKeyItKept() throws Exception {
        drop(a, "x", "1".repeat(100_000));
        fleet.run(40);
        Path there = Files.copy(file(a, "x.age"), directory.resolve("before.age"));
        atB.unlock(true);
        try (AgeIdentity keyOfB = keyOf(b, atB)) {
            assertThat(open(there, keyOfB)).hasSize(100_000);

            ann.leave(hostB);
            fleet.run(40);

            assertThat(AgeFile.payloadOf(Files.newInputStream(file(a, "x.age"))))
                    .isNotEqualTo(AgeFile.payloadOf(Files.newInputStream(there)));
            assertThatThrownBy(() -> open(file(a, "x.age"), keyOfB)).isInstanceOf(AgeException.class);
            assertThat(decrypt(a, "x.age")).hasSize(100_000);
        }
    }

    @Test
    void reencrypt_givesEveryFileAnotherPayload() throws Exception {
        Map<String, String> before = new TreeMap<>();
        for (int i = 0; i < 450; i++) {
            drop(a, "f" + i, "text " + i);
        }
        fleet.run(40);
        for (String path : filesIn(a)) {
            before.put(path, AgeFile.payloadOf(Files.newInputStream(file(a, path))));
        }

        inTheOpen(a).reencrypt(ANN);
        fleet.run(80);

        assertThat(status(a).renewing()).isZero();
        assertThat(status(a).renewed()).isEqualTo(450);
        assertThat(filesIn(a)).hasSize(450).isEqualTo(filesIn(b));
        for (String path : filesIn(a)) {
            assertThat(AgeFile.payloadOf(Files.newInputStream(file(a, path)))).isNotEqualTo(before.get(path));
            assertThat(file(b, path)).hasSameBinaryContentAs(file(a, path));
        }
        assertThat(decrypt(a, "f7.age")).isEqualTo("text 7");
        atA.unlock(false);
        assertThatThrownBy(() -> inTheOpen(a).reencrypt(ANN)).isInstanceOf(SwarmException.class);
    }

    @Test
    void encrypt_byName_isSyncedAndReplacesNothingUnasked() throws IOException {
        Lockboxes.PlainFile was = new Lockboxes.PlainFile(0640, 1_600_000_000_000_000_000L);
        inTheOpen(a).encrypt(ANN, "d/x.age", was, false, new ByteArrayInputStream(new byte[] {'1'}));
        fleet.run(40);

        assertThat(filesIn(b)).containsExactly("d/x.age");
        assertThat(decrypt(a, "d/x.age")).isEqualTo("1");
        assertThatThrownBy(
                        () -> inTheOpen(a).encrypt(ANN, "d/x.age", was, false, new ByteArrayInputStream(new byte[1])))
                .hasMessageContaining("already");
        assertThatThrownBy(
                        () -> inTheOpen(a).encrypt(ANN, "../x.age", was, false, new ByteArrayInputStream(new byte[1])))
                .isInstanceOf(IllegalArgumentException.class);
        InputStream closed = InputStream.nullInputStream();
        closed.close();
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(new byte[9]), closed);
        assertThatThrownBy(() -> inTheOpen(a).encrypt(ANN, "y.age", was, false, broken))
                .isInstanceOf(IOException.class);
        inTheOpen(a).encrypt(ANN, "d/x.age", was, true, new ByteArrayInputStream(new byte[] {'2'}));
        fleet.run(40);
        assertThat(decrypt(a, "d/x.age")).isEqualTo("2");
        assertThat(filesIn(b)).isEqualTo(filesIn(a)).containsExactly("d/x.age");
    }

    @Test
    void aMachineThatJoins_costsTheOthersHeadersAlone() throws Exception {
        drop(a, "big", "x".repeat(3_000_000));
        fleet.run(40);
        PeerId hostC = new PeerId("c.example");
        TestNode c = new TestNode(fleet, hostC.host(), directory);
        TestUser.Machine atC = ann.on(hostC, "ann");
        c.start(ANN, atC);
        fleet.run(40);
        long before = fleet.bytesSent;
        atC.unlock(true);
        fleet.run(80);

        assertThat(decrypt(c, "big.age")).hasSize(3_000_000);
        assertThat(file(b, "big.age")).hasSameBinaryContentAs(file(a, "big.age"));
        assertThat(fleet.bytesSent - before).isLessThan(10_000);
    }

    @Test
    void aMachineThatJoins_opensWhatWasThereBefore() throws Exception {
        drop(a, "x", "1");
        drop(a, "d/y", "2");
        fleet.run(40);
        PeerId hostC = new PeerId("c.example");
        TestNode c = new TestNode(fleet, hostC.host(), directory);
        TestUser.Machine atC = ann.on(hostC, "ann");
        c.start(ANN, atC);
        atC.unlock(true);
        fleet.run(80);

        assertThat(filesIn(c)).containsExactly("d/y.age", "x.age").isEqualTo(filesIn(b));
        assertThat(decrypt(c, "x.age")).isEqualTo("1");
        assertThat(decrypt(c, "d/y.age")).isEqualTo("2");
        assertThat(decrypt(a, "x.age")).isEqualTo("1");
    }

    @Test
    void aLinkInTheWay_leadsNothingOutOfTheLockbox() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(file(b, "d"), outside);
        drop(a, "d/x", "1");
        drop(a, "y", "2");

        fleet.run(80);

        assertThat(outside).isEmptyDirectory();
        assertThat(file(b, "y.age")).exists();
        assertThat(status(b).skipped().get("d")).contains("symbolic link");
    }

    @Test
    void aHomeOfSomebodyElse_getsFilesOfTheirs() throws IOException {
        assumeTrue("root".equals(Files.getOwner(directory).getName()), "only root gives files away");
        for (TestNode each : List.of(a, b)) {
            Files.setAttribute(each.home, "unix:uid", 54_321);
            Files.setAttribute(each.home, "unix:gid", 54_322);
        }

        drop(a, "d/x", "1");
        drop(a, "\u00e4".repeat(126), "no room for the ending");
        inTheOpen(a).encrypt(ANN, "e/y.age", new Lockboxes.PlainFile(0600, 0), false, InputStream.nullInputStream());
        fleet.run(80);

        assertThat(filesIn(b)).containsExactly("d/x.age", "e/y.age");
        assertThat(file(a, "\u00e4".repeat(124) + ".failed")).exists();
        assertThat(madeIn(a, b)).hasSize(8);
        for (Path made : madeIn(a, b)) {
            assertThat(Files.getAttribute(made, "unix:uid")).as("%s", made).isEqualTo(54_321);
            assertThat(Files.getAttribute(made, "unix:gid")).as("%s", made).isEqualTo(54_322);
        }
    }

    /** What nodes made in these lockboxes since their homes have another owner. */
    private static List<Path> madeIn(TestNode dropper, TestNode other) throws IOException {
        try (Stream<Path> there = Files.walk(other.home);
                Stream<Path> here = Files.walk(dropper.home)) {
            Stream<Path> made = there.filter(path -> path.toString().matches(".*\\.age|.*/[de]"));
            Stream<Path> sealed = here.filter(path -> path.toString().matches(".*\\.(age|failed)|.*/e"));
            return Stream.concat(made, sealed).toList();
        }
    }

    @Test
    void aRestart_asksOnceAndMovesNothing() throws IOException {
        drop(a, "x", "1".repeat(100_000));
        fleet.run(40);
        long before = fleet.bytesSent;

        a.plugin.close();
        a.plugin.start(a);
        fleet.run(40);

        assertThat(filesIn(a)).containsExactly("x.age");
        assertThat(fleet.bytesSent - before).isLessThan(1_000);
        assertThat(status(a).devices().get(0).inSync()).isTrue();
    }

    @Test
    void anotherDirectoryInItsPlace_isFilledAgainAndNothingIsDeletedElsewhere() throws IOException {
        drop(a, "x", "1");
        fleet.run(40);

        Files.move(a.home.resolve("lockbox"), a.home.resolve("elsewhere"));
        fleet.run(120);

        assertThat(filesIn(b)).containsExactly("x.age");
        assertThat(filesIn(a)).containsExactly("x.age");
    }

    @Test
    void aUserWhoIsNoLongerAllowed_losesTheEncryptedFilesAndNoPlaintext() throws IOException {
        drop(a, "x", "1");
        fleet.run(40);
        drop(a, "plain", "not encrypted yet");

        a.allowNobody();
        fleet.run(40);

        assertThat(filesIn(a)).containsExactly("plain");
        assertThat(filesIn(b)).containsExactly("x.age");
    }

    @Test
    void aUserWhoLostConsentWhileTheNodeWasDown_losesTheEncryptedFilesAtItsStart() throws IOException {
        drop(a, "x", "1");
        fleet.run(40);
        a.plugin.close();
        drop(a, "plain", "not encrypted yet");

        a.allowNobody();
        a.plugin.start(a);
        fleet.run(10);

        assertThat(filesIn(a)).containsExactly("plain");
        assertThat(directory.resolve("a.example-data/lockbox/ann/index")).doesNotExist();
        a.policy = UserPolicy.of(Map.of(ANN, a.home));
        fleet.run(80);
        assertThat(filesIn(a)).containsExactly("plain.age", "x.age");
    }

    @Test
    void aClosedGate_deletesNothing() throws IOException {
        drop(a, "x", "1");
        fleet.run(40);

        a.plugin.close();

        assertThat(filesIn(a)).containsExactly("x.age");
    }

    @Test
    void theKeyOnDisk_isSealedAndOfThisMachineAlone() throws IOException {
        Path keyA = directory.resolve("a.example-data/lockbox/ann/age.key");
        Path keyB = directory.resolve("b.example-data/lockbox/ann/age.key");

        assertThat(Files.getPosixFilePermissions(keyA)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(new String(Files.readAllBytes(keyA), StandardCharsets.ISO_8859_1))
                .doesNotContain("AGE-SECRET");
        assertThat(Files.readAllBytes(keyA)).isNotEqualTo(Files.readAllBytes(keyB));
    }

    private AgeIdentity keyOf(TestNode node, TestUser.Machine machine) throws IOException {
        Path file = directory.resolve(node.self().host() + "-data/lockbox/ann/age.key");
        byte[] opened = machine.open("lockbox-age-key", Files.readAllBytes(file));
        return AgeIdentity.parse(new String(opened, StandardCharsets.US_ASCII).toCharArray());
    }

    private static byte[] open(Path sealed, AgeIdentity key) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (InputStream source = Files.newInputStream(sealed)) {
            new AgeFile(new SplittableRandom(1), new AgeFile.Workers(Runnable::run, 1)).decrypt(source, target, key);
        }
        return target.toByteArray();
    }
}
