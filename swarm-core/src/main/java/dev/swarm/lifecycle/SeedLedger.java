package dev.swarm.lifecycle;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.EntryFate;
import dev.swarm.trait.JsonText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found in the seed directory, across restarts, and decides what a new look at it means. Confined.
 *
 * <p>A file is hashed once for each name, size and time of change. Placing one publishes it, replacing one revokes what was
 * there and publishes what is there, removing one revokes it, editing its {@code .swarm} publishes it anew. Content that
 * another name still seeds is never revoked. There is one entry for a content, so what has several names is published under the
 * latest for whom any of them is meant, until the last of their ends; a name whose target cannot be joined with the others' is
 * broken. A seed whose entry was ended, by an operator or because its retention is over, is
 * taken away; the same content placed again is a new seed. A seed whose entry is nowhere any more, as after the loss of a journal
 * or under another host name, is published again.
 */
public final class SeedLedger {

    /** What no file is called, among the names of files. */
    private static final String TO_REVOKE = "/to revoke";

    private static final int SHOWN_DIGITS = 12;

    private final KnownSeeds known = new KnownSeeds();
    private final Map<String, String> broken = new TreeMap<>();

    /** Contents that are no longer seeded and whose entries are to end, each with the name it had last. */
    private final Map<BlobId, String> toRevoke = new LinkedHashMap<>();

    /** Files that are being replaced together with their {@code .swarm}. */
    private final Set<String> withheld = new HashSet<>();

    /** What is to be done about the seed directory. */
    public sealed interface Step permits Hash, Publish, Relink, TakeAway, Revoke {}

    /**
     * A file is new or changed: hash it and call {@link #hashed}, or {@link #failed}.
     *
     * @param file the file as it was seen
     * @param terms what its {@code .swarm} says
     */
    public record Hash(SeedFile file, SeedTerms terms) implements Step {}

    /**
     * A file's content is to be published under its name: call {@link #published}, or {@link #refused}.
     *
     * @param name the label
     * @param blob the content
     * @param terms for whom and until when
     */
    public record Publish(String name, BlobId blob, SeedTerms terms) implements Step {}

    /**
     * The store does not list a file's content: list it again, or hash the file.
     *
     * @param file the file, as it was when it was hashed
     * @param terms what its {@code .swarm} says
     * @param blob its content
     */
    public record Relink(SeedFile file, SeedTerms terms, BlobId blob) implements Step {}

    /**
     * What a file held was ended: bury the file, if it is still there, delete its {@code .swarm}, call {@link #takenAway},
     * or {@link #stays}.
     *
     * @param name the file
     * @param blob its content
     */
    public record TakeAway(String name, BlobId blob) implements Step {}

    /**
     * Content is no longer seeded under any name: end its entry; call {@link #notRevoked} if that cannot be done. Asked again at each scan
     * until the store says that the entry has ended.
     *
     * @param name the label it had
     * @param blob the content
     */
    public record Revoke(String name, BlobId blob) implements Step {}

    /** What the node knows of content. */
    public interface Store {

        /**
         * What became of this node's entry of the content. {@link EntryFate#UNKNOWN} has it published again; a store that may yet hear
         * of its end says {@link EntryFate#ACTIVE} until then.
         */
        EntryFate fate(BlobId blob);

        /** Whether the content is listed as complete. */
        boolean isHere(BlobId blob);
    }

    /** A ledger that knows of nothing. */
    public SeedLedger() {}

    /**
     * Has scans pass over a file, which counts as unchanged until {@link #release}: for whoever replaces it and its
     * {@code .swarm}, of which neither is to be taken with the other's predecessor.
     *
     * @return false if it is withheld already
     */
    public boolean withhold(String name) {
        return withheld.add(name);
    }

    /** Has scans look at a file again. */
    public void release(String name) {
        withheld.remove(name);
    }

    /** Compares a listing of the directory with what is known. Steps are to be taken in order. */
    public List<Step> scan(List<SeedFile> listing, Store store) {
        List<Step> steps = new ArrayList<>();
        Set<String> present = new HashSet<>(withheld);
        // Of a hundred thousand seeds most have the same terms.
        Map<String, SeedTerms> parsed = new HashMap<>();
        Set<String> lost = new HashSet<>();
        broken.clear();
        for (SeedFile file : listing) {
            if (withheld.contains(file.name())) {
                continue;
            }
            SeedTerms terms = termsOf(file, parsed);
            if (file.size() >= 0) {
                present.add(file.name());
            }
            if (terms != null) {
                compare(file, terms, store, steps, lost);
            }
        }
        forgetAllBut(present, store, steps);
        publishLost(lost, steps);
        // What was placed again under another name is not to meet files of what ended.
        revokeLeftOver(store, steps);
        steps.sort(Comparator.comparing(step -> !(step instanceof TakeAway)));
        return steps;
    }

    /** A file was hashed; what follows from its content. */
    public List<Step> hashed(SeedFile file, SeedTerms terms, BlobId blob) {
        List<Step> steps = new ArrayList<>();
        KnownSeed before = known.get(file.name());
        toRevoke.remove(blob);
        known.put(file.name(), new KnownSeed(file.size(), file.modifiedMillis(), terms, blob, false, true));
        if (before != null && !before.blob().equals(blob)) {
            letGo(file.name(), before.blob(), steps);
        }
        publish(file.name(), steps);
        return steps;
    }

    /** What was to be taken away is. */
    public void takenAway(String name) {
        known.remove(name);
    }

    /** What was to be taken away could not be; that is tried again at the next scan. */
    public void stays(String name, String why) {
        broken.put(name, why);
    }

    /** A file's content is published as its {@code .swarm} says. */
    public void published(String name) {
        known.change(name, seed -> seed.published(true));
    }

    /** A file could not be published; that is tried again at the next scan. */
    public void refused(String name, String why) {
        known.change(name, seed -> seed.published(false));
        broken.put(name, why);
    }

    /** An entry could not be ended; that is tried again at the next scan. */
    public void notRevoked(String name, BlobId blob, String why) {
        // The name may be that of another content by now, which is not to count as broken.
        broken.put(name + " (" + blob.hex().substring(0, SHOWN_DIGITS) + ")", "is gone and stays distributed: " + why);
    }

    /** A file could not be hashed; that is tried again at the next scan. What it held before counts until then. */
    public void failed(String name, String why) {
        known.change(name, seed -> seed.unread());
        broken.put(name, why);
    }

    /** A file was replaced by one of this content, which its size and time need not tell: times of files are no finer than some milliseconds. */
    public void replaced(String name, BlobId blob) {
        known.change(name, seed -> seed.blob().equals(blob) ? seed : seed.unread());
    }

    /** Whether some name seeds a blob. */
    public boolean isSeeded(BlobId blob) {
        return !known.namesOf(blob).isEmpty();
    }

    /** How many files are known. */
    public int size() {
        return known.size();
    }

    /** The files that cannot be seeded, by name, each with the reason. A copy. */
    public Map<String, String> broken() {
        return new TreeMap<>(broken);
    }

    /** All that is known, as a text for {@link #restore}. */
    public String toJson() {
        return JsonText.write(json -> {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            for (String name : known.names()) {
                KnownSeed seed = Objects.requireNonNull(known.get(name));
                json.writeObjectFieldStart(name);
                json.writeNumberField("size", seed.size());
                json.writeNumberField("modified_ms", seed.modifiedMillis());
                json.writeStringField("sha256", seed.blob().hex());
                json.writeStringField("target", seed.terms().target().toString());
                json.writeStringField("retention", seed.terms().retention().toString());
                json.writeBooleanField("published", seed.published());
                json.writeBooleanField("joined", seed.joined());
                json.writeEndObject();
            }
            if (!toRevoke.isEmpty()) {
                json.writeObjectFieldStart(TO_REVOKE);
                for (var content : toRevoke.entrySet()) {
                    json.writeStringField(content.getKey().hex(), content.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        });
    }

    /**
     * Takes in what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if the text is anything else; nothing is known then
     */
    public void restore(String text) {
        Map<String, KnownSeed> read = new LinkedHashMap<>();
        Map<BlobId, String> revoking = new LinkedHashMap<>();
        for (var seed : JsonText.readObject(text).entrySet()) {
            if (seed.getKey().equals(TO_REVOKE) && seed.getValue() instanceof Map<?, ?> contents) {
                contents.forEach(
                        (blob, name) -> revoking.put(BlobId.parse(String.valueOf(blob)), String.valueOf(name)));
            } else {
                read.put(seed.getKey(), readKnown(seed.getKey(), seed.getValue()));
            }
        }
        known.replaceAll(read);
        toRevoke.clear();
        toRevoke.putAll(revoking);
    }

    private static KnownSeed readKnown(String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> seed
                && seed.get("size") instanceof Number size
                && seed.get("modified_ms") instanceof Number modified
                && seed.get("sha256") instanceof String blob
                && seed.get("published") instanceof Boolean published
                && seed.get("target") instanceof String target
                && seed.get("retention") instanceof String retention) {
            return new KnownSeed(
                    size.longValue(),
                    modified.longValue(),
                    SeedTerms.of(target, retention),
                    BlobId.parse(blob),
                    published,
                    !Boolean.FALSE.equals(seed.get("joined")));
        }
        throw new IllegalArgumentException("seed " + name + " is described by " + value);
    }

    private void compare(SeedFile file, SeedTerms terms, Store store, List<Step> steps, Set<String> lost) {
        String name = file.name();
        KnownSeed before = known.get(name);
        if (before == null || !before.isSame(file)) {
            steps.add(new Hash(file, terms));
            return;
        }
        EntryFate fate = before.published() ? store.fate(before.blob()) : EntryFate.ACTIVE;
        if (fate == EntryFate.ENDED) {
            steps.add(new TakeAway(name, before.blob()));
        } else {
            boolean edited = !before.terms().equals(terms);
            if (!store.isHere(before.blob())) {
                steps.add(new Relink(file, terms, before.blob()));
            }
            if (edited || !before.published() || !before.joined()) {
                known.put(name, before.with(terms));
                publish(name, steps);
            } else if (fate == EntryFate.UNKNOWN) {
                lost.add(name);
            }
        }
    }

    private @Nullable SeedTerms termsOf(SeedFile file, Map<String, SeedTerms> parsed) {
        String text = file.terms();
        if (file.size() < 0) {
            broken.put(file.name() + ".swarm", "there is no file " + file.name() + " beside it");
            return null;
        }
        String obstacle = file.obstacle();
        if (obstacle != null) {
            broken.put(file.name(), file.name() + ".swarm " + obstacle);
            return null;
        }
        if (text == null) {
            broken.put(
                    file.name(),
                    "there is no " + file.name() + ".swarm beside it; write one with target and retention");
            return null;
        }
        try {
            return parsed.computeIfAbsent(text, SeedTerms::parse);
        } catch (IllegalArgumentException e) {
            broken.put(file.name(), file.name() + ".swarm: " + e.getMessage());
            return null;
        }
    }

    private void forgetAllBut(Set<String> present, Store store, List<Step> steps) {
        Map<BlobId, String> gone = new LinkedHashMap<>();
        for (String name : known.names()) {
            KnownSeed seed = present.contains(name) ? null : known.get(name);
            if (seed == null) {
                continue;
            }
            if (seed.published() && store.fate(seed.blob()) == EntryFate.ENDED) {
                steps.add(new TakeAway(name, seed.blob()));
            } else {
                known.remove(name);
                gone.put(seed.blob(), name);
            }
        }
        gone.forEach((blob, name) -> letGo(name, blob, steps));
    }

    /** One name less for a content: the entry goes by another one that is left, or ends with the last. */
    private void letGo(String name, BlobId blob, List<Step> steps) {
        List<String> left = new ArrayList<>(known.namesOf(blob));
        Collections.reverse(left);
        if (left.isEmpty()) {
            toRevoke.put(blob, name);
            steps.add(new Revoke(name, blob));
        }
        for (String other : left) {
            if (publish(other, steps)) {
                return;
            }
        }
    }

    /** Asks again for what could not be ended before. */
    private void revokeLeftOver(Store store, List<Step> steps) {
        Set<Step> asked = new HashSet<>(steps);
        toRevoke.entrySet().removeIf(content -> {
            Revoke step = new Revoke(content.getValue(), content.getKey());
            if (asked.contains(step)) {
                return false;
            }
            boolean over = isSeeded(content.getKey()) || store.fate(content.getKey()) != EntryFate.ACTIVE;
            if (!over) {
                steps.add(step);
            }
            return over;
        });
    }

    /** Publishes contents whose entries are nowhere any more, each under the latest of its names. */
    private void publishLost(Set<String> lost, List<Step> steps) {
        Map<BlobId, String> latest = new LinkedHashMap<>();
        known.forEach((name, seed) -> {
            if (lost.contains(name)) {
                latest.put(seed.blob(), name);
            }
        });
        latest.values().forEach(name -> publish(name, steps));
    }

    /** Publishes what a file holds for whom any name of it is meant; whether that can be said. */
    private boolean publish(String name, List<Step> steps) {
        KnownSeed seed = Objects.requireNonNull(known.get(name));
        Map<String, SeedTerms> others = new LinkedHashMap<>();
        for (String other : known.namesOf(seed.blob())) {
            KnownSeed its = Objects.requireNonNull(known.get(other));
            if (its.joined() && !other.equals(name)) {
                others.put(other, its.terms());
            }
        }
        SeedTerms joint = join(seed.terms(), others);
        if (!others.isEmpty()) {
            var first = others.entrySet().iterator().next();
            known.put(name, seed.apart());
            broken.put(name, apartFrom(first.getKey(), first.getValue(), seed.terms()));
            return false;
        }
        known.put(name, seed.together());
        steps.add(new Publish(name, seed.blob(), joint));
        return true;
    }

    /** Joins terms with all that they can be joined with; what is left in {@code others} they cannot. */
    private static SeedTerms join(SeedTerms terms, Map<String, SeedTerms> others) {
        SeedTerms joint = terms;
        boolean more = true;
        while (more) {
            more = false;
            for (String name : List.copyOf(others.keySet())) {
                SeedTerms both = joint.or(Objects.requireNonNull(others.get(name)));
                if (both != null) {
                    joint = both;
                    others.remove(name);
                    more = true;
                }
            }
        }
        return joint;
    }

    private static String apartFrom(String name, SeedTerms others, SeedTerms own) {
        return "has the same content as " + name + ", and there is no one target for '" + own.target() + "' and '"
                + others.target() + "' together; give both the same exclusions, or both the same target";
    }
}
