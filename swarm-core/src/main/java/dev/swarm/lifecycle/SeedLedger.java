package dev.swarm.lifecycle;

import dev.swarm.blob.BlobId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found in the seed directory and decides what a new look at it means. Confined.
 *
 * <p>A file is hashed once for each name, size and time of change. Placing one publishes it, replacing one revokes what was
 * there and publishes what is there, removing one revokes it, editing its {@code .swarm} publishes it anew. Content that
 * another name still seeds is never revoked.
 */
public final class SeedLedger {

    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Map<String, String> broken = new TreeMap<>();

    private record Known(long size, long modifiedMillis, SeedTerms terms, BlobId blob) {}

    /** What is to be done about the seed directory. */
    public sealed interface Step permits Hash, Publish, Revoke {}

    /**
     * A file is new or changed: hash it and call {@link #hashed}, or {@link #failed}.
     *
     * @param file the file as it was seen
     * @param terms what its {@code .swarm} says
     */
    public record Hash(SeedFile file, SeedTerms terms) implements Step {}

    /**
     * A file's content is to be published under its name.
     *
     * @param name the label
     * @param blob the content
     * @param terms for whom and until when
     */
    public record Publish(String name, BlobId blob, SeedTerms terms) implements Step {}

    /**
     * Content is no longer seeded under any name.
     *
     * @param name the label it had
     * @param blob the content
     */
    public record Revoke(String name, BlobId blob) implements Step {}

    /** A ledger that knows of nothing. */
    public SeedLedger() {}

    /** Compares a listing of the directory with what is known. Steps are to be taken in order. */
    public List<Step> scan(List<SeedFile> listing) {
        List<Step> steps = new ArrayList<>();
        Set<String> present = new HashSet<>();
        broken.clear();
        for (SeedFile file : listing) {
            present.add(file.name());
            SeedTerms terms = termsOf(file);
            if (terms != null) {
                compare(file, terms, steps);
            }
        }
        for (String name : List.copyOf(known.keySet())) {
            if (!present.contains(name) || isGone(name, listing)) {
                forget(name, steps);
            }
        }
        return steps;
    }

    /** A file was hashed; what follows from its content. */
    public List<Step> hashed(SeedFile file, SeedTerms terms, BlobId blob) {
        List<Step> steps = new ArrayList<>();
        Known before = known.put(file.name(), new Known(file.size(), file.modifiedMillis(), terms, blob));
        if (before != null && !before.blob().equals(blob) && !isSeeded(before.blob())) {
            steps.add(new Revoke(file.name(), before.blob()));
        }
        steps.add(new Publish(file.name(), blob, terms));
        return steps;
    }

    /** A file could not be hashed or published; it is tried again at the next scan. */
    public void failed(String name, String why) {
        known.remove(name);
        broken.put(name, why);
    }

    /** A blob was revoked from elsewhere: its files are not seeds any more. Their names. */
    public List<String> revoked(BlobId blob) {
        List<String> names = known.entrySet().stream()
                .filter(entry -> entry.getValue().blob().equals(blob))
                .map(Map.Entry::getKey)
                .toList();
        names.forEach(known::remove);
        return names;
    }

    /** Whether some name seeds a blob. */
    public boolean isSeeded(BlobId blob) {
        return known.values().stream().anyMatch(seed -> seed.blob().equals(blob));
    }

    /** The files that cannot be seeded, by name, each with the reason. A copy. */
    public Map<String, String> broken() {
        return new TreeMap<>(broken);
    }

    private void compare(SeedFile file, SeedTerms terms, List<Step> steps) {
        Known before = known.get(file.name());
        if (before == null || before.size() != file.size() || before.modifiedMillis() != file.modifiedMillis()) {
            steps.add(new Hash(file, terms));
        } else if (!before.terms().toJson().equals(terms.toJson())) {
            known.put(file.name(), new Known(file.size(), file.modifiedMillis(), terms, before.blob()));
            steps.add(new Publish(file.name(), before.blob(), terms));
        }
    }

    private @Nullable SeedTerms termsOf(SeedFile file) {
        String text = file.terms();
        if (file.size() < 0) {
            broken.put(file.name() + ".swarm", "there is no file " + file.name() + " beside it");
            return null;
        }
        if (text == null) {
            broken.put(
                    file.name(),
                    "there is no " + file.name() + ".swarm beside it; write one with target and retention");
            return null;
        }
        try {
            return SeedTerms.parse(text);
        } catch (IllegalArgumentException e) {
            broken.put(file.name(), file.name() + ".swarm: " + e.getMessage());
            return null;
        }
    }

    private static boolean isGone(String name, List<SeedFile> listing) {
        return listing.stream().anyMatch(file -> file.name().equals(name) && file.size() < 0);
    }

    private void forget(String name, List<Step> steps) {
        Known gone = known.remove(name);
        if (gone != null && !isSeeded(gone.blob())) {
            steps.add(new Revoke(name, gone.blob()));
        }
    }
}
