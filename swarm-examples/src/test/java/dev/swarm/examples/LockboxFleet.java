package dev.swarm.examples;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.lockbox.Lockbox;
import dev.swarm.lockbox.Lockboxes;
import dev.swarm.puddle.Puddle;
import dev.swarm.user.UserName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Ann's lockbox on real nodes with her real identity. */
final class LockboxFleet implements AutoCloseable {

    static final UserName ANN = new UserName("ann");
    static final char[] PASSPHRASE = "correct horse".toCharArray();

    final Fleet fleet;
    private final Path directory;
    private final Map<Integer, Map<UserName, Path>> users = new ConcurrentHashMap<>();

    LockboxFleet(Path directory) {
        this.directory = directory;
        this.fleet = new Fleet(directory, 0);
    }

    /** Starts nodes, all of which are Ann's and unlocked. */
    void startAndPair(int nodes) throws Exception {
        start(0);
        puddle(0).init(ANN, PASSPHRASE, false);
        for (int i = 1; i < nodes; i++) {
            start(i);
            puddle(i).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
            puddle(i).unlock(ANN, PASSPHRASE);
        }
        TestWait.until(() -> {
            for (int i = 0; i < nodes; i++) {
                if (members(i) != nodes) {
                    return false;
                }
            }
            return true;
        });
    }

    void start(int i) throws Exception {
        start(i, config -> config);
    }

    /** Starts a node otherwise than the others. */
    void start(int i, UnaryOperator<SwarmConfig.Builder> otherwise) throws Exception {
        users.putIfAbsent(i, Map.of(ANN, home(i)));
        SwarmNode node =
                fleet.start(i, config -> otherwise.apply(config.users(subsystem -> users.getOrDefault(i, Map.of()))));
        TestWait.until(() -> node.trait("puddle") != null && node.trait("lockbox") != null);
    }

    void restart(int i) throws Exception {
        fleet.node(i).close();
        start(i);
        puddle(i).unlock(ANN, PASSPHRASE);
    }

    void allow(int i, boolean allowed) {
        users.put(i, allowed ? Map.of(ANN, home(i)) : Map.of());
    }

    Puddle puddle(int i) {
        return fleet.node(i).subsystem(Puddle.class);
    }

    Lockboxes boxes(int i) {
        return fleet.node(i).subsystem(Lockbox.class).lockboxes();
    }

    Path home(int i) {
        return directory.resolve("home-" + i);
    }

    Path box(int i) {
        return home(i).resolve("lockbox");
    }

    Path drop(int i, String path, byte[] content) throws IOException {
        Path file = box(i).resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    /** The files of a lockbox, with the bytes of each. */
    Map<String, Long> files(int i) throws IOException {
        while (true) {
            try {
                return look(i);
            } catch (NoSuchFileException e) {
                // One was encrypted or moved while it was looked at.
            }
        }
    }

    private Map<String, Long> look(int i) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        if (Files.isDirectory(box(i))) {
            try (Stream<Path> all = Files.walk(box(i))) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    String path = box(i).relativize(file).toString();
                    if (!path.startsWith(".lockbox/")) {
                        files.put(path, Files.size(file));
                    }
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        return files;
    }

    byte[] decrypt(int i, String path) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        boxes(i).decrypt(ANN, path, target);
        return target.toByteArray();
    }

    /** Waits until some nodes show the same files, and the others are said to have all. */
    void awaitSame(int files, int... nodes) throws Exception {
        try {
            TestWait.until(() -> {
                Map<String, Long> first = files(nodes[0]);
                for (int i : nodes) {
                    if (!files(i).equals(first) || boxes(i).status(ANN).missing() > 0) {
                        return false;
                    }
                }
                return first.size() == files && first.keySet().stream().allMatch(path -> path.endsWith(".age"));
            });
        } catch (AssertionError e) {
            List<String> states = new ArrayList<>();
            for (int i : nodes) {
                states.add(files(i).size() + " files, " + boxes(i).status(ANN));
            }
            throw new AssertionError("not the same " + files + " files: " + states, e);
        }
    }

    /** Every file below the test's directory that has a text in it. */
    List<Path> filesWith(String text) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                try (InputStream source = Files.newInputStream(file)) {
                    if (new String(source.readAllBytes(), StandardCharsets.ISO_8859_1).contains(text)) {
                        found.add(file);
                    }
                } catch (NoSuchFileException e) {
                    // A running node's drafts come and go.
                }
            }
        }
        return found;
    }

    private int members(int i) {
        return (int)
                boxes(i).members(ANN).stream().filter(Lockboxes.Member::hasKey).count();
    }

    @Override
    public void close() {
        fleet.close();
    }
}
