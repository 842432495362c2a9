package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.KeyHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest took in of late, so that a peer that is a little behind can be handed what it lacks, and is known to have
 * nothing that is missing here. Pure and confined.
 *
 * <p>Works on digests alone: since they are sums, what two manifests differ in is the difference of theirs, in whatever order
 * either took its entries in.
 */
final class RecentChanges {

    /** Changes remembered. A peer that is further behind compares manifests, which costs four messages. */
    static final int MAX_CHANGES = 64;

    /** Latest changes of which a peer may have any and lack any: those that are on their way through the fleet at once. */
    static final int MAX_LOOSE = 8;

    private final Deque<Change> newestFirst = new ArrayDeque<>();

    private record Change(KeyHash key, Fingerprint added) {}

    /** An entry was taken in. */
    void changed(KeyHash key, Fingerprint before, Fingerprint after) {
        newestFirst.addFirst(new Change(key, after.minus(before)));
        if (newestFirst.size() > MAX_CHANGES) {
            newestFirst.removeLast();
        }
    }

    /**
     * The keys of the entries that make {@code theirs} into {@code own}; null if that is not known. Empty if they are the same.
     */
    @Nullable
    List<KeyHash> missing(Fingerprint theirs, Fingerprint own) {
        Fingerprint difference = own.minus(theirs);
        List<KeyHash> keys = new ArrayList<>();
        Fingerprint sum = Fingerprint.ZERO;
        if (sum.equals(difference)) {
            return keys;
        }
        for (Change change : newestFirst) {
            keys.add(change.key());
            sum = sum.plus(change.added());
            if (sum.equals(difference)) {
                return keys;
            }
        }
        return someOfTheLatest(difference);
    }

    private @Nullable List<KeyHash> someOfTheLatest(Fingerprint difference) {
        List<Change> latest = newestFirst.stream().limit(MAX_LOOSE).toList();
        for (int choice = 1; choice < 1 << latest.size(); choice++) {
            Fingerprint sum = Fingerprint.ZERO;
            for (int i = 0; i < latest.size(); i++) {
                sum = (choice >>> i & 1) == 0 ? sum : sum.plus(latest.get(i).added());
            }
            if (sum.equals(difference)) {
                return chosen(latest, choice);
            }
        }
        return null;
    }

    private static List<KeyHash> chosen(List<Change> latest, int choice) {
        List<KeyHash> keys = new ArrayList<>();
        for (int i = 0; i < latest.size(); i++) {
            if ((choice >>> i & 1) != 0) {
                keys.add(latest.get(i).key());
            }
        }
        return keys;
    }
}
