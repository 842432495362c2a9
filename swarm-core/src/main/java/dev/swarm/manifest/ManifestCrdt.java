package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's list of blobs and what is to become of them, as far as it has reached this node. Implemented by swarm only;
 * methods may be added.
 *
 * <p>The manifest is a conflict-free replicated data type. It files the entries of every author by themselves, under
 * {@link EntryKey}, and of two entries under one key keeps the one with the later {@link ManifestEntry#clock clock}; at equal
 * clocks the graver {@link EntryState state}, then whichever has the greater bytes. Two manifests that were offered the same
 * entries are equal, whatever the order and however often. What a reader sees of a blob is a {@link BlobView}, which takes
 * its entries together:
 *
 * <ul>
 *   <li>an author's revocation ends the author's own entry;
 *   <li>an operator's revocation ends every entry of the blob that is not newer, until somebody seeds it again;
 *   <li>an operator's ban ends the blob for good; only that operator's next entry lifts it.
 * </ul>
 *
 * <p>To change what the manifest says, a node takes a {@link #draft}, has an {@link EntrySigner} sign it, an
 * {@link EntryVerifier} verify it, and merges it as it would anybody's.
 *
 * <p>A revocation that has been in effect for a week leaves the manifest in {@link #prune} and leaves a marker behind, which
 * refuses whatever it had ended, from whomever and whenever it comes back. Markers are this node's own and are never taken
 * from a peer.
 *
 * <p>Nothing here blocks, reads a clock or performs I/O. Confined to one thread at a time. Times are milliseconds since the
 * epoch.
 */
public interface ManifestCrdt {

    /** How long a revocation stays in the manifest before {@link #prune} turns it into a marker. */
    Duration REVOKED_WINDOW = Duration.ofDays(7);

    /** An empty manifest. */
    static ManifestCrdt create(ManifestPolicy policy) {
        return new ColumnManifest(policy);
    }

    /**
     * Offers an entry to the manifest.
     *
     * <p>An entry that is refused changes nothing that can be read here, nor the clock. The seeding gate is for what is new: a
     * plain node that it does not let in may still revoke what the manifest holds of it.
     *
     * @param nowMillis the wall clock
     */
    MergeResult merge(VerifiedEntry entry, long nowMillis);

    /**
     * Takes in what this node stored earlier. For use before the first {@link #merge}.
     *
     * <p>Entries were judged when they came, so neither the seeding gate nor the bound on the future is applied again: a host
     * that starts with its clock behind keeps its manifest. Markers and version are taken as they are. Verifies every entry,
     * and so takes some tenths of a millisecond for each.
     *
     * @param nowMillis the wall clock; stored times far ahead of it do not advance the manifest's clock
     * @return what could not be taken in, one message for each; empty if all was
     */
    List<String> restore(ManifestImage image, EntryVerifier verifier, long nowMillis);

    /**
     * Takes in what a journal of this node's own held. For use before the first {@link #merge}, as the other {@code restore},
     * but no signature is verified: an entry is written to the journal after it was verified and merged, and the journal is
     * checksummed and readable for its owner alone. Whoever can write there can also take the node's key. Roles are read from
     * the certificates, once for each; whether a certificate has expired since, or was withdrawn, makes no difference.
     *
     * @param nowMillis the wall clock; stored times far ahead of it do not advance the manifest's clock
     * @return what could not be taken in, one message for each; empty if all was
     */
    List<String> restore(JournalReading stored, long nowMillis);

    /** All that there is to store. */
    ManifestImage image();

    /**
     * What changed since the last call, or since {@code restore}, for a store that holds what was there before. Takes time in
     * proportion to the changes; after very many the answer is the {@linkplain ManifestChanges#whole whole} manifest, so that
     * what is remembered for it is bounded.
     */
    ManifestChanges drainChanges();

    /** Judges what is merged from now on by another policy. What is in the manifest stays. */
    void usePolicy(ManifestPolicy policy);

    /** What is known of a blob; null if there is no entry of it. */
    @Nullable
    BlobView blob(BlobId blob);

    /** Every blob of which there is an entry, active or not, by id. A copy. */
    List<BlobView> blobs();

    /** The blobs of which no entry is active, as of now. Kept up to date with each change, so that asking costs nothing. */
    Set<BlobId> endedBlobs();

    /** Whether a blob has ended and its last entry was pruned since. Looks through all markers: for now and then. */
    boolean isBuried(BlobId blob);

    /** What became of an author's entry. */
    EntryFate fate(EntryKey key);

    /** What one author says of a blob; null if nothing. */
    @Nullable
    VerifiedEntry entry(EntryKey key);

    /** Every entry, by blob and author. A copy. */
    List<SignedEntry> entries();

    /**
     * The blob that has a label: the one with the newest active entry of that label, except that none of a plain node's takes
     * a label that an active entry of an operator has. Null if no active entry has the label.
     */
    default @Nullable BlobId ownerOf(Label label) {
        return ownerOf(label, entry -> true);
    }

    /**
     * The blob that has a label among the entries that count for the caller, such as those whose target matches this node.
     *
     * @param counts whether an active entry counts
     */
    @Nullable
    BlobId ownerOf(Label label, Predicate<? super ManifestEntry> counts);

    /**
     * A time for a local change that is later than every time issued or merged before, but for those that are further ahead of the
     * wall clock than the policy takes in, as after that was wrong and set back: nobody would take in what follows them.
     *
     * @param nowMillis the wall clock; may have stepped back
     */
    HybridTimestamp nextClock(long nowMillis);

    /**
     * Begins an entry with blob, author, {@linkplain #nextClock time} and what its author's earlier revocations ended. If the
     * blob is known its description is filled in too, from the author's own entry before the winner's, so that for a
     * revocation only the state is left to set.
     *
     * <p>The time is later than that of the author's own entry, which it is to replace, unless that is {@linkplain #setAside set aside}.
     *
     * @param nowMillis the wall clock
     */
    ManifestEntry.Builder draft(BlobId blob, PeerId author, long nowMillis);

    /**
     * Sets entries aside that are dated so far in the future that no node whose clock is right can take them in, and puts back those
     * whose time has come near. For a caller who knows from others that its clock is right.
     *
     * <p>An entry that is set aside counts here as before, so that nothing that has ended comes back, but is not part of the
     * {@link #digest}, is not offered to anybody, and gives way to whatever its author says with a time that can be right. Nothing is
     * dropped: what every node does with every such entry, its author dates {@linkplain #datedAnew anew} in addition, and so all come
     * to the same.
     *
     * @param nowMillis the wall clock
     * @return whether the digest may be another
     */
    boolean setAside(long nowMillis);

    /** An author's entries that are dated further ahead of the wall clock than any node takes in, set aside or not. */
    List<VerifiedEntry> datedAhead(PeerId author, long nowMillis);

    /**
     * What an author's entries that are set aside say, with the present time, to be signed and merged. What an operator has ended
     * meanwhile is ended in it too: an entry of a wrong clock seems newer than that, and may be older.
     *
     * <p>A node that took such an entry, its clock being as wrong, and was off since, may bring it back when its time is past, and it
     * then takes the place of what its author has said after it. As long as this manifest remembers that, it is said once more.
     *
     * @param nowMillis the wall clock
     * @param most how many at most
     */
    List<ManifestEntry> datedAnew(PeerId author, long nowMillis, int most);

    /** How many entries there are that are not set aside. */
    int size();

    /** How often the manifest has changed, restarts included. */
    long version();

    /** A fingerprint of all entries that are not {@linkplain #setAside set aside}: two manifests hold the same if it is equal. */
    Fingerprint digest();

    /**
     * Drops revocations whose window is over, and entries that they ended, and leaves markers. Active entries and operators'
     * bans stay.
     *
     * @param nowMillis the wall clock
     * @param window how long revocations stay, normally {@link #REVOKED_WINDOW}
     * @return how many entries were dropped
     */
    default int prune(long nowMillis, Duration window) {
        return prune(nowMillis, window, blob -> false);
    }

    /**
     * Prunes as the other {@code prune}, but leaves the entries of a blob that has ended and is still here, for whatever reason:
     * without them nothing would say that it is to go.
     *
     * @param isHere whether a blob's content is in this node's store
     */
    int prune(long nowMillis, Duration window, Predicate<BlobId> isHere);

    /**
     * Drops markers older than a horizon. What a dropped marker kept out is welcome again, so the caller has an operator's word
     * that nothing as old is left on any node.
     *
     * @return how many markers were dropped
     */
    int forgetMarkersBefore(HybridTimestamp horizon);

    /** Up to when revocations are no longer shown to readers; {@link HybridTimestamp#ZERO} if all are. */
    HybridTimestamp purgedUpTo();

    /**
     * Has revocations no longer shown to readers, up to a time; an earlier time than before changes nothing. They stay in the
     * manifest for as long as others need them.
     */
    void purge(HybridTimestamp upTo);
}
