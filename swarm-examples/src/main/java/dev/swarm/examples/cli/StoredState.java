package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a node left in its readable files, for verbs that work whether it runs or not. */
final class StoredState {

    /** Shortest prefix of an id that names a blob. */
    private static final int MIN_PREFIX = 4;

    private final Path data;

    StoredState(Path data) {
        this.data = data;
    }

    /**
     * A blob as the manifest file tells.
     *
     * @param entry the entry that counts: the newest active one, or the newest
     * @param active whether the blob is to be held by anyone
     */
    record Seed(ManifestEntry entry, boolean active) {

        BlobId blob() {
            return entry.blob();
        }

        String state() {
            return active ? "active" : "revoked";
        }
    }

    /** Every blob of the manifest, by label and id. */
    List<Seed> seeds() throws IOException {
        Map<BlobId, List<SignedEntry>> columns = new TreeMap<>();
        try (InputStream file = Files.newInputStream(requireNode().resolve("manifest.json"))) {
            for (SignedEntry entry : ManifestJson.read(file).image().entries()) {
                columns.computeIfAbsent(entry.entry().blob(), id -> new ArrayList<>())
                        .add(entry);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return columns.values().stream()
                .map(StoredState::seed)
                .sorted(Comparator.<Seed, String>comparing(
                                seed -> seed.entry().label().name())
                        .thenComparing(Seed::blob))
                .toList();
    }

    /**
     * The blob that a key names: an exact label, or an unambiguous prefix of an id.
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
            found = all.stream()
                    .filter(seed -> seed.blob().hex().startsWith(key))
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
                        : "'" + key + "' means " + found.size() + " blobs; give more digits of the id");
    }

    /** The members of a readable file of the node; empty if it is not there. */
    Map<String, @Nullable Object> document(String name) throws IOException {
        try {
            return new TreeMap<>(
                    JsonText.readObject(Files.readString(requireNode().resolve(name))));
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        }
    }

    private Path requireNode() {
        if (!Files.isDirectory(data)) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND,
                    "there is no node directory " + data + "; name one with --data or start one with 'swarm node'");
        }
        return data;
    }

    private static Seed seed(List<SignedEntry> column) {
        List<SignedEntry> newestFirst = column.stream()
                .sorted(Comparator.<SignedEntry, dev.swarm.crdt.HybridTimestamp>comparing(
                                signed -> signed.entry().clock())
                        .reversed())
                .toList();
        for (SignedEntry candidate : newestFirst) {
            if (candidate.entry().state() == EntryState.ACTIVE && !isEnded(candidate, column)) {
                return new Seed(candidate.entry(), true);
            }
        }
        return new Seed(newestFirst.get(0).entry(), false);
    }

    private static boolean isEnded(SignedEntry candidate, List<SignedEntry> column) {
        return column.stream()
                .filter(other -> !other.key().equals(candidate.key()) && isByOperator(other))
                .anyMatch(other -> other.entry().state() == EntryState.BANNED
                        || (other.entry().state() == EntryState.REVOKED
                                && !other.entry()
                                        .clock()
                                        .isBefore(candidate.entry().clock())));
    }

    private static boolean isByOperator(SignedEntry entry) {
        try {
            return MemberCertificates.read(entry.certificate().parse()).roles().contains(Role.OPERATOR);
        } catch (CertificateException | SwarmException e) {
            return false;
        }
    }
}
