package dev.swarm.examples.cli;

import dev.swarm.blob.BlobId;
import dev.swarm.examples.control.NodeForbiddenException;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a node left in its readable files, for verbs that work whether it runs or not. */
final class StoredState {

    /** Shortest prefix of an id that names a blob. */
    private static final int MIN_PREFIX = 4;

    private static final int SHOWN_DIGITS = 12;
    private static final int MAX_SHOWN = 3;

    private final Path data;

    StoredState(Path data) {
        this.data = data;
    }

    /**
     * A blob as the manifest file tells.
     *
     * @param entry the entry that counts
     * @param standing what all its authors together make of it
     */
    record Seed(ManifestEntry entry, EntryState standing) {

        BlobId blob() {
            return entry.blob();
        }

        boolean active() {
            return standing == EntryState.ACTIVE;
        }

        /** {@code active}, {@code revoked} or {@code banned}. */
        String state() {
            return standing.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Every blob of the manifest, by label and id. */
    List<Seed> seeds() throws IOException {
        Path file = requireNode().resolve("manifest.json");
        try {
            return ManifestJson.read(Files.readAllBytes(file)).rows().stream()
                    .map(row -> new Seed(row.entry(), row.state()))
                    .sorted(Comparator.<Seed, String>comparing(
                                    seed -> seed.entry().label().name())
                            .thenComparing(Seed::blob))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            throw unusable(file, e);
        }
    }

    /**
     * The blob that a key names: an exact label, of the active blob if one is, or an unambiguous prefix of an id, in any case.
     *
     * @throws CommandFailure with exit code 3 if none or several are meant
     */
    Seed find(String key) throws IOException {
        List<Seed> all = seeds();
        List<Seed> labelled = all.stream()
                .filter(seed -> seed.entry().label().name().equals(key))
                .toList();
        List<Seed> active = labelled.stream().filter(Seed::active).toList();
        List<Seed> found = !active.isEmpty() ? active : labelled;
        if (found.isEmpty() && key.length() >= MIN_PREFIX) {
            String digits = key.toLowerCase(Locale.ROOT);
            found = all.stream()
                    .filter(seed -> seed.blob().hex().startsWith(digits))
                    .toList();
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        throw new CommandFailure(
                CommandFailure.NOT_FOUND,
                found.isEmpty()
                        ? "no blob has the label or id '" + key + "'; a prefix needs at least " + MIN_PREFIX
                                + " digits, see 'swarm list'"
                        : "'" + key + "' means " + found.size() + " blobs, as " + shown(found)
                                + "; give enough digits of one's id");
    }

    /** The blobs that have the label of another, whatever became of them. */
    List<Seed> namesakes(Seed seed) throws IOException {
        return seeds().stream()
                .filter(each -> each.entry().label().equals(seed.entry().label())
                        && !each.blob().equals(seed.blob()))
                .toList();
    }

    /** Some blobs in one line, as {@code 27dd8ed44a83 (active, of web-01)}. */
    static String shown(List<Seed> seeds) {
        String some = seeds.stream()
                .limit(MAX_SHOWN)
                .map(seed -> seed.blob().hex().substring(0, SHOWN_DIGITS) + " (" + seed.state() + ", of "
                        + seed.entry().author() + ")")
                .collect(Collectors.joining(", "));
        return seeds.size() > MAX_SHOWN ? some + " and " + (seeds.size() - MAX_SHOWN) + " more" : some;
    }

    /** The members of a readable file of the node; empty if it is not there. */
    Map<String, @Nullable Object> document(String name) throws IOException {
        Path file = requireNode().resolve(name);
        try {
            return new TreeMap<>(JsonText.readObject(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IllegalArgumentException | MalformedInputException e) {
            throw unusable(file, e);
        }
    }

    private static CommandFailure unusable(Path file, Exception cause) {
        return new CommandFailure(
                CommandFailure.FAILED,
                "cannot use " + file + ": " + cause.getMessage() + "; a node that starts on it writes it anew");
    }

    /**
     * Tells which blobs the node holds: by its store if this user may look there, else by what it wrote last.
     *
     * @throws CommandFailure if neither can be had
     */
    Held held() throws IOException {
        Path store = requireNode().resolve(".blobs");
        if (Files.notExists(store) || Files.isExecutable(store)) {
            return new Held(blob -> Files.exists(store.resolve(blob.hex())), 0);
        }
        Map<String, @Nullable Object> state = document("state.json");
        if (!(state.get("blobs") instanceof List<?> told)) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    "cannot tell what is held: " + store
                            + " is not accessible to this user, and state.json does not say; "
                            + NodeForbiddenException.REMEDY);
        }
        Set<Object> ids = new HashSet<>(told);
        long all = state.get("blob_count") instanceof Long count ? count : ids.size();
        return new Held(blob -> ids.contains(blob.hex()), Math.max(0, all - ids.size()));
    }

    /**
     * What a node holds.
     *
     * @param blobs whether it holds one
     * @param untold how many it holds of which that cannot be told
     */
    record Held(Predicate<BlobId> blobs, long untold) {}

    private Path requireNode() {
        if (!Files.exists(data) && !Files.notExists(data)) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    "cannot look at " + data + ": it is not accessible to this user; " + NodeForbiddenException.REMEDY);
        }
        if (!Files.isDirectory(data)) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND,
                    "there is no node directory " + data + "; name one with --data or start one with 'swarm node'");
        }
        if (Files.isExecutable(data)
                && Stream.of(".blobs", "manifest.json", "state.json")
                        .allMatch(name -> Files.notExists(data.resolve(name)))) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND,
                    "no node has run on " + data + "; name its directory with --data or start one with 'swarm node'");
        }
        return data;
    }
}
