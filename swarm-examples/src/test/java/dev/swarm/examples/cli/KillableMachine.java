package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One machine of Ann's: a node in a process of its own, which is killed and started again on the same data, home and address. */
final class KillableMachine {

    /** How every text begins that is long enough for it. */
    static final String MARKER = "a text of Ann's which is on no disk but in a drop";

    private static final String WORK = ".lockbox";
    private static final String OUT = "out";
    private static final int NO_IDENTITY = 3;
    private static final int HEADER_PEEK = 2_048;

    final String host;
    private final NodeProcesses nodes;
    private final Path passphrase;
    private String address = "127.0.0.1:0";
    private Process process;

    KillableMachine(NodeProcesses nodes, String host, Path passphrase, List<KillableMachine> others) throws Exception {
        this.nodes = nodes;
        this.host = host;
        this.passphrase = passphrase;
        allow(true);
        this.process = launch(others);
    }

    String address() {
        return address;
    }

    Path directory() {
        return nodes.home(host).resolve("lockbox");
    }

    Path state() {
        return nodes.data(host).resolve("lockbox/ann");
    }

    /** Has the node act for Ann or for somebody else. */
    void allow(boolean allowed) throws IOException {
        Path config = nodes.data(host + "-config");
        Path draft = config.resolveSibling(config.getFileName() + ".new");
        String users = allowed ? "ann: " + nodes.home(host) : "eve: " + nodes.home(host + "-eve");
        Files.writeString(draft, "swarm:\n  puddle: { enabled: [\"*\"] }\n  users: { " + users + " }\n");
        Files.move(draft, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void start(List<KillableMachine> others) throws Exception {
        process = launch(others);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private Process launch(List<KillableMachine> others) throws IOException {
        List<String> flags = new ArrayList<>();
        flags.addAll(List.of("--config", nodes.data(host + "-config").toString(), "--listen", address));
        for (KillableMachine other : others) {
            if (other != this) {
                flags.addAll(List.of("--peer", other.address));
            }
        }
        Process started = nodes.start(host, flags.toArray(String[]::new));
        address = NodeProcesses.listenAddress(started);
        return started;
    }

    NodeProcesses.Answer puddle(String... arguments) {
        return command("puddle", arguments);
    }

    NodeProcesses.Answer box(String... arguments) {
        return command("lockbox", arguments);
    }

    private NodeProcesses.Answer command(String verb, String... arguments) {
        List<String> all = new ArrayList<>(List.of(verb));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--user", "ann"));
        return nodes.about(host, all.toArray(String[]::new));
    }

    /** Makes Ann's identity. */
    void init() throws Exception {
        TestWait.until(
                () -> puddle("init", "--passphrase-file", passphrase.toString()).code() == 0);
    }

    /** Takes Ann's key into memory, as soon as the node knows of her. */
    void unlock() throws Exception {
        TestWait.until(() ->
                puddle("unlock", "--passphrase-file", passphrase.toString()).code() == 0);
    }

    /** Has Ann's identity here, from another machine unless it is here already. */
    void join(KillableMachine from) throws Exception {
        TestWait.until(() -> {
            if (puddle("status").code() == NO_IDENTITY) {
                from.unlock();
                NodeProcesses.Answer code = from.puddle("pair", "--json");
                return code.code() == 0
                        && puddle("join", "--from", from.address, "--code", member(code, "code"))
                                        .code()
                                == 0;
            }
            return puddle("status").code() == 0;
        });
    }

    /** Has Ann's identity here no more. */
    void leave() throws Exception {
        TestWait.until(() -> {
            NodeProcesses.Answer status = puddle("status");
            if (status.code() == 0) {
                unlock();
                puddle("leave");
            }
            return status.code() == NO_IDENTITY;
        });
    }

    /** Puts a text into the lockbox as a copying program would that is done at once. */
    void drop(String name, byte[] text) throws IOException {
        Path file = directory().resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, text);
    }

    /** What lies in the lockbox, apart from its own directory. */
    Set<String> files() throws IOException {
        return below(directory(), path -> !path.startsWith(WORK + "/"));
    }

    int sealed() throws IOException {
        return (int) files().stream().filter(path -> path.endsWith(".age")).count();
    }

    /** What lies in the lockbox's own directory, apart from the marker that belongs there. */
    Set<String> leftovers() throws IOException {
        Set<String> left = below(directory().resolve(WORK), path -> !path.startsWith("marker-"));
        left.addAll(below(state(), path -> path.contains(".tmp") || path.contains(".new")));
        return left;
    }

    /** What a kill has stopped, as the disk shows it. */
    Set<String> stopped() throws IOException {
        Set<String> seen = new TreeSet<>();
        Set<String> all = files();
        for (String path : leftovers()) {
            if (path.startsWith("seal-")) {
                seen.add("a text was being encrypted");
            } else if (path.startsWith(OUT + "/")) {
                seen.add("a text was being removed");
            } else if (path.startsWith("part-")) {
                seen.add("a file was coming or being made");
            } else if (path.startsWith("got-")) {
                seen.add("a file was ready and not in place");
            } else {
                seen.add("the index was being written");
            }
        }
        if (all.stream().anyMatch(path -> all.contains(path + ".age"))) {
            seen.add("a text lay beside its age file");
        }
        if (all.stream().anyMatch(path -> !path.endsWith(".age"))) {
            seen.add("texts were waiting");
        }
        if (recipientCounts(all).size() > 1) {
            seen.add("some files had other keys");
        }
        return seen;
    }

    /** The files of its own that the lockbox's directory has, and no text in them. */
    void assertThatDraftsAreEncrypted() throws IOException {
        for (String path : leftovers()) {
            Path file = directory().resolve(WORK).resolve(path);
            if (!path.startsWith(OUT + "/") && Files.exists(file)) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(path)
                        .doesNotContain(MARKER);
            }
        }
    }

    private Set<Integer> recipientCounts(Set<String> paths) throws IOException {
        Set<Integer> counts = new TreeSet<>();
        for (String path : paths) {
            if (path.endsWith(".age")) {
                try (InputStream source = Files.newInputStream(directory().resolve(path))) {
                    String header = new String(source.readNBytes(HEADER_PEEK), StandardCharsets.ISO_8859_1);
                    counts.add(header.split("\n--- ", 2)[0].split("-> X25519 ", -1).length - 1);
                }
            }
        }
        return counts;
    }

    /** Why it is not at rest with these many others; empty if it is. */
    String unrest(int others) {
        NodeProcesses.Answer answer = box("status", "--json");
        if (answer.code() != 0) {
            return host + ": " + answer.err();
        }
        Map<String, ?> status = JsonText.readObject(answer.out());
        boolean still = Long.valueOf(0).equals(status.get("missing"))
                && Long.valueOf(0).equals(status.get("renewing"))
                && Stream.of("waiting", "failed")
                        .allMatch(what -> status.get(what) instanceof Map<?, ?> told
                                && Long.valueOf(0).equals(told.get("count")));
        boolean alike = status.get("devices") instanceof List<?> devices
                && devices.size() == others
                && devices.stream()
                        .allMatch(device -> device instanceof Map<?, ?> row && Boolean.TRUE.equals(row.get("in_sync")));
        return still && alike ? "" : answer.out();
    }

    /** The SHA-256 of every file in the lockbox, by path. */
    Map<String, String> digests() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String path : files()) {
            digests.put(path, sha256(Files.readAllBytes(directory().resolve(path))));
        }
        return digests;
    }

    /** The SHA-256 of every file's text, decrypted with this machine's key, by path. */
    Map<String, String> texts(Path scratch) throws IOException {
        Files.deleteIfExists(scratch);
        NodeProcesses.Answer answer = box("key", "-o", scratch.toString());
        assertThat(answer.code()).as(answer.err()).isZero();
        char[] key = Files.readString(scratch).strip().toCharArray();
        AgeFile age = new AgeFile(new SplittableRandom(1), new AgeFile.Workers(Runnable::run, 1));
        Map<String, String> texts = new TreeMap<>();
        try (AgeIdentity identity = AgeIdentity.parse(key)) {
            for (String path : files()) {
                MessageDigest digest = digest();
                try (InputStream source = Files.newInputStream(directory().resolve(path))) {
                    age.decrypt(
                            source, new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest), identity);
                }
                texts.put(path, HexFormat.of().formatHex(digest.digest()));
            }
        }
        Arrays.fill(key, '\0');
        Files.delete(scratch);
        return texts;
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest().digest(content));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String member(NodeProcesses.Answer answer, String name) {
        return String.valueOf(JsonText.readObject(answer.out()).get(name));
    }

    /** Regular files below a directory, as paths in it; what vanishes meanwhile is looked for anew. */
    private static Set<String> below(Path directory, java.util.function.Predicate<String> wanted) throws IOException {
        while (true) {
            try (Stream<Path> all = Files.walk(directory)) {
                Set<String> paths = new TreeSet<>();
                all.filter(Files::isRegularFile)
                        .map(path -> directory.relativize(path).toString())
                        .filter(wanted)
                        .forEach(paths::add);
                return paths;
            } catch (NoSuchFileException | NotDirectoryException e) {
                if (!Files.isDirectory(directory)) {
                    return new TreeSet<>();
                }
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
    }
}
