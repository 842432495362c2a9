package dev.swarm.lockbox;

import dev.swarm.peer.PeerId;
import dev.swarm.user.UserName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Ann's lockbox on two machines, both with keys; the one at b is locked. */
abstract class TwoMachines {

    static final UserName ANN = new UserName("ann");

    @TempDir
    Path directory;

    final TestNode.Fleet fleet = new TestNode.Fleet();
    final PeerId hostA = new PeerId("a.example");
    final PeerId hostB = new PeerId("b.example");
    TestUser ann;
    TestNode a;
    TestNode b;
    TestUser.Machine atA;
    TestUser.Machine atB;

    @BeforeEach
    void annHasTwoMachinesWithKeys() throws GeneralSecurityException {
        ann = new TestUser();
        a = new TestNode(fleet, hostA.host(), directory);
        b = new TestNode(fleet, hostB.host(), directory);
        atA = ann.on(hostA, "ann");
        atB = ann.on(hostB, "ann");
        a.start(ANN, atA);
        b.start(ANN, atB);
        atA.unlock(true);
        atB.unlock(true);
        fleet.run(1);
        atB.unlock(false);
    }

    Path drop(TestNode node, String path, String text) throws IOException {
        Path file = file(node, path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    static Path file(TestNode node, String path) {
        return node.home.resolve("lockbox").resolve(path);
    }

    static List<String> filesIn(TestNode node) throws IOException {
        Path root = node.home.resolve("lockbox");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .filter(path -> !path.startsWith(".lockbox/marker-"))
                    .sorted()
                    .toList();
        }
    }

    static Lockboxes inTheOpen(TestNode node) {
        return node.service(Lockboxes.class);
    }

    Lockboxes.BoxStatus status(TestNode node) {
        return inTheOpen(node).status(ANN);
    }

    List<Lockboxes.FileStatus> list(TestNode node) {
        return inTheOpen(node).list(ANN);
    }

    static void encrypt(TestNode node, String path, String text) throws IOException {
        inTheOpen(node)
                .encrypt(
                        ANN,
                        path,
                        new Lockboxes.PlainFile(0600, 0),
                        false,
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    static String decrypt(TestNode node, String path) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try {
            inTheOpen(node).decrypt(ANN, path, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toString(StandardCharsets.UTF_8);
    }
}
