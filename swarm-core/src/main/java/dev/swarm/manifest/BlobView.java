package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest says of one blob, all its authors taken together. Immutable.
 *
 * <p>An author's entry is active if it says so, no operator has banned the blob, and it is newer than whatever another
 * operator ended by revoking the blob. The blob is active while one of its entries is. Entries of operators come before those
 * of others everywhere, so that no plain node can put itself in the place of what an operator published.
 */
public final class BlobView {

    private final BlobId blob;
    private final EntryState state;
    private final List<VerifiedEntry> entries;
    private final List<VerifiedEntry> activeEntries;
    private final VerifiedEntry winner;

    private BlobView(BlobId blob, EntryState state, List<VerifiedEntry> entries, List<VerifiedEntry> activeEntries) {
        this.blob = blob;
        this.state = state;
        this.entries = List.copyOf(entries);
        this.activeEntries = List.copyOf(activeEntries);
        this.winner = activeEntries.isEmpty() ? entries.get(0) : activeEntries.get(0);
    }

    /**
     * Takes the entries of a blob together.
     *
     * @param columns at least one, at most one of each author
     */
    static BlobView of(BlobId blob, Collection<VerifiedEntry> columns) {
        List<VerifiedEntry> entries = new ArrayList<>(columns);
        entries.sort(VerifiedEntry.PREFERENCE);
        List<VerifiedEntry> byOperators =
                entries.stream().filter(VerifiedEntry::isByOperator).toList();
        boolean banned = byOperators.stream().anyMatch(BlobView::isBan);
        List<VerifiedEntry> active = banned
                ? List.of()
                : entries.stream()
                        .filter(entry -> isActive(entry.entry(), byOperators))
                        .toList();
        EntryState state = banned ? EntryState.BANNED : active.isEmpty() ? EntryState.REVOKED : EntryState.ACTIVE;
        return new BlobView(blob, state, entries, active);
    }

    /** Whether an entry keeps its blob from ever being active. */
    static boolean isBan(VerifiedEntry entry) {
        return entry.isByOperator() && entry.entry().state() == EntryState.BANNED;
    }

    private static boolean isActive(ManifestEntry entry, List<VerifiedEntry> byOperators) {
        if (entry.state() != EntryState.ACTIVE) {
            return false;
        }
        for (VerifiedEntry other : byOperators) {
            boolean isOwn = other.entry().author().equals(entry.author());
            if (!isOwn && !entry.clock().isAfter(other.entry().endsOthersUpTo())) {
                return false;
            }
        }
        return true;
    }

    /** The blob. */
    public BlobId blob() {
        return blob;
    }

    /** Whether it is distributed; {@code BANNED} only if an operator banned it. */
    public EntryState state() {
        return state;
    }

    /** Whether it is distributed. */
    public boolean isActive() {
        return state == EntryState.ACTIVE;
    }

    /** The entry that speaks for the blob: the newest active one, an operator's before all others; else the newest. */
    public VerifiedEntry winner() {
        return winner;
    }

    /** The blob's size in bytes, as the winner says. */
    public long size() {
        return winner.entry().size();
    }

    /** The root of the blob's hash tree, as the winner says. */
    public TreeRoot root() {
        return winner.entry().root();
    }

    /** The name for receivers, as the winner says. {@link ManifestCrdt#ownerOf} tells whether the blob has that name. */
    public Label label() {
        return winner.entry().label();
    }

    /** Every author's entry: operators' before others', the newer before the older. */
    public List<VerifiedEntry> entries() {
        return entries;
    }

    /** The entries that are active, in the order of {@link #entries}. */
    public List<VerifiedEntry> activeEntries() {
        return activeEntries;
    }

    /** The entry of an author, if it is active; null otherwise. */
    public @Nullable VerifiedEntry activeEntryOf(PeerId author) {
        for (VerifiedEntry entry : activeEntries) {
            if (entry.entry().author().equals(author)) {
                return entry;
            }
        }
        return null;
    }

    /**
     * The active entry by which a node is to have the blob: the first whose target matches; null if none does.
     *
     * @param host the node
     * @param traits what it reports of itself
     */
    public @Nullable VerifiedEntry entryFor(PeerId host, Map<String, String> traits) {
        for (VerifiedEntry entry : activeEntries) {
            if (entry.entry().target().matches(host, traits)) {
                return entry;
            }
        }
        return null;
    }

    /**
     * The sizes and roots that active entries give, the winner's first. More than one means that an author is wrong: only
     * those can be right under which every leaf, and the whole, matches its hash.
     */
    public List<Shape> shapes() {
        Set<Shape> shapes = new LinkedHashSet<>();
        for (VerifiedEntry entry : activeEntries) {
            shapes.add(Shape.of(entry));
        }
        return List.copyOf(shapes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlobView view && blob.equals(view.blob) && entries.equals(view.entries);
    }

    @Override
    public int hashCode() {
        return blob.hashCode();
    }

    @Override
    public String toString() {
        return state + " " + blob + " of " + entries.size() + " entries";
    }

    /**
     * What an author says a blob looks like.
     *
     * @param size in bytes
     * @param root of the hash tree
     */
    public record Shape(long size, TreeRoot root) {

        /** What an entry says. */
        public static Shape of(VerifiedEntry entry) {
            return new Shape(entry.entry().size(), entry.entry().root());
        }
    }
}
