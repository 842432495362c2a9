package dev.swarm.examples.doctor;

import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.view.HumanText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be told from a node's directory. Reads it only. */
public final class DataChecks {

    /** What a node may be late with its files beyond its cycle: the time that a busy disk takes. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private static final int CYCLES = 3;

    private static final String UNWRITTEN = "see 'state-files'; a running node writes it";

    private static final List<String> DIRECTORIES = List.of(".blobs", "seed", "files", "graveyard");

    private DataChecks() {}

    /** Whether {@code state.json} is what a running node wrote of late. */
    public static Check stateFile(Map<String, @Nullable Object> state, Duration cycle, Instant now) {
        return fresh(
                state,
                cycle,
                now,
                Check.failed(
                        "state-files",
                        "a node runs and has written no state.json",
                        "see its log; the directory has to be writable for it"),
                "the node runs",
                "see its log; free space on the disk and let the node write its directory");
    }

    /** The same where it may not be asked whether a node runs. */
    public static Check unaskedStateFile(Map<String, @Nullable Object> state, Duration cycle, Instant now) {
        return fresh(
                state,
                cycle,
                now,
                Check.failed(
                        "state-files",
                        "there is a node's socket and no state.json",
                        "see whether the node runs, and its log; the directory has to be writable for it"),
                "there is a node's socket",
                "see whether the node runs, and its log; until it writes the file other verbs tell what was");
    }

    /** Whether the file was written within some cycles, or else why that was to be expected and what to do. */
    private static Check fresh(
            Map<String, @Nullable Object> state,
            Duration cycle,
            Instant now,
            Check missing,
            String expectation,
            String remedy) {
        if (!(state.get("last_cycle_ms") instanceof Long written)) {
            return missing;
        }
        Duration age = Duration.ofMillis(now.toEpochMilli() - written);
        String finding = "state.json is " + HumanText.duration(age) + " old";
        return age.compareTo(cycle.multipliedBy(CYCLES).plus(LATE)) > 0
                ? Check.failed("state-files", finding + " though " + expectation, remedy)
                : Check.passed("state-files", finding);
    }

    /** The same where no node runs: what is there is of the past. */
    public static Check orphanedStateFile(Map<String, @Nullable Object> state, boolean socketLeft, Instant now) {
        if (!(state.get("last_cycle_ms") instanceof Long written)) {
            return Check.passed("state-files", "no node has written here yet");
        }
        String age = HumanText.duration(Duration.ofMillis(now.toEpochMilli() - written));
        return Check.failed(
                "state-files",
                "they are " + age + " old and their node is gone"
                        + (socketLeft ? ", without having stopped in order" : ""),
                "start the node; until then other verbs tell what was");
    }

    /** What is open on this host, of the state that the node wrote last. What is closed is somebody's wish, and no fault. */
    public static Check gates(Map<String, @Nullable Object> state) {
        if (!(state.get("gates") instanceof Map<?, ?> gates) || gates.isEmpty()) {
            return Check.skipped("gates", "no node has written what is open", UNWRITTEN);
        }
        String told = gates.entrySet().stream()
                .map(gate -> gate.getKey() + (Boolean.TRUE.equals(gate.getValue()) ? " is open" : " is closed here"))
                .collect(Collectors.joining(", "));
        return Check.passed("gates", told);
    }

    /** Broken seeds, of the state that the node wrote last. */
    public static Check seeds(Map<String, @Nullable Object> state) {
        if (state.isEmpty()) {
            return Check.skipped("seeds", "no node has written which are broken", UNWRITTEN);
        }
        if (!(state.get("broken_seeds") instanceof List<?> broken) || broken.isEmpty()) {
            return Check.passed("seeds", "no seed is broken");
        }
        String first = broken.get(0) instanceof Map<?, ?> seed
                ? seed.get("filename") + ": " + seed.get("error")
                : String.valueOf(broken.get(0));
        return Check.failed(
                "seeds",
                broken.size() + " seeds are broken, the first is " + first,
                "see 'swarm broken'; every file in seed/ needs a .swarm with target and retention beside it");
    }

    /** Partial copies and links that nobody needs. */
    public static Check leftovers(Path data) {
        try {
            if (Files.notExists(data)) {
                return Check.passed("leftovers", "there is no directory " + data);
            }
            if (Files.exists(data) && !Files.isDirectory(data)) {
                return Check.failed("leftovers", data + " is no directory", "name the node's with --data");
            }
            List<Path> found = BlobCache.leftovers(data);
            return found.isEmpty()
                    ? Check.passed("leftovers", "no dangling links, no partial copies of complete blobs")
                    : Check.failed(
                            "leftovers",
                            found.size() + " dangling links or partial copies of complete blobs, the first is "
                                    + data.toAbsolutePath().relativize(found.get(0)),
                            "run 'swarm cleanup'");
        } catch (AccessDeniedException e) {
            return Check.skipped("leftovers", e.getFile() + " is not accessible to this user");
        } catch (IOException e) {
            return Check.failed("leftovers", "cannot look through " + data + ": " + e.getMessage(), "ask as its owner");
        }
    }

    /** One check for each file system that holds some of the node's files. */
    public static List<Check> disks(Path data, DiskGate.SpaceProbe probe, double minFreePercent) {
        Map<String, Check> checks = new LinkedHashMap<>();
        for (String name : DIRECTORIES) {
            Path directory = data.resolve(name);
            if (!Files.exists(directory) && !Files.notExists(directory)) {
                checks.put(name, Check.skipped("disk", directory + " is not accessible to this user"));
                continue;
            }
            try {
                DiskGate.Space space = probe.measure(directory);
                checks.computeIfAbsent(space.fileSystem(), key -> disk(directory, space, minFreePercent));
            } catch (IOException e) {
                checks.put(
                        name, Check.failed("disk", "cannot measure " + directory + ": " + e.getMessage(), "mount it"));
            }
        }
        return new ArrayList<>(checks.values());
    }

    private static Check disk(Path directory, DiskGate.Space space, double minFreePercent) {
        double free = space.totalBytes() == 0 ? 0 : 100.0 * space.usableBytes() / space.totalBytes();
        String finding = String.format(
                Locale.ROOT,
                "%.1f %% of the file system of %s is free (%s), more than %s %% has to be",
                free,
                directory,
                HumanText.bytes(space.usableBytes()),
                minFreePercent);
        if (free <= minFreePercent) {
            return Check.failed("disk", finding, "free space; until then nothing is received there");
        }
        return space.usableBytes() <= DiskGate.BLOB_HEADROOM_BYTES
                ? Check.failed("disk", finding, "free space: a blob needs 512 MiB beside its own size")
                : Check.passed("disk", finding);
    }
}
