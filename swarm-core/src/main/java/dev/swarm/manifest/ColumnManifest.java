package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridClock;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.ReconcileIndex;
import dev.swarm.crdt.VersionedKey;
import dev.swarm.manifest.MergeResult.Refusal;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A manifest of one last-writer-wins column for each author of a blob, in memory.
 *
 * <p>Beside the columns stand what is derived from them: the index that reconciliation works on, and the entries by label.
 */
final class ColumnManifest implements ManifestCrdt {

    /** Refused versions remembered so that they are not fetched again, 100 bytes each. */
    private static final int MAX_UNWELCOME = 8192;

    private final NavigableMap<BlobId, Columns> blobs = new TreeMap<>();
    private final ReconcileIndex index = new ReconcileIndex();
    private final Map<KeyHash, VerifiedEntry> byHash = new HashMap<>();
    private final Map<Label, NavigableSet<EntryKey>> byLabel = new HashMap<>();
    private final Map<PeerId, Integer> entriesByAuthor = new HashMap<>();
    private final Map<AuthorCertificate, AuthorCertificate> certificates = new HashMap<>();
    private final Set<VersionedKey> unwelcome = new LinkedHashSet<>();
    private final Set<BlobId> ended = new HashSet<>();
    private @Nullable Set<BlobId> endedCopy = Set.of();
    private final ChangeLog changes = new ChangeLog();
    private final Graves graves = new Graves(changes);
    private final FutureEntries future = new FutureEntries();
    private ManifestPolicy policy;
    private HybridClock clock;
    private HybridTimestamp purgedUpTo = HybridTimestamp.ZERO;
    private long version;

    ColumnManifest(ManifestPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.clock = new HybridClock(policy.maxAhead().toMillis());
    }

    @Override
    public MergeResult merge(VerifiedEntry entry, long nowMillis) {
        Refusal refusal = refusal(entry, nowMillis);
        if (refusal != null) {
            rememberRefused(entry, refusal);
            return MergeResult.refused(refusal);
        }
        clock.observe(entry.entry().clock(), nowMillis);
        giveWay(entry.entry().key(), nowMillis);
        future.merging(entry.entry(), entry(entry.entry().key()));
        return put(entry) ? MergeResult.MERGED : MergeResult.STALE;
    }

    @Override
    public List<String> restore(ManifestImage image, EntryVerifier verifier, long nowMillis) {
        changes.overflow();
        image.buriedBlobs().forEach(graves::buryBlob);
        image.buriedEntries().forEach(graves::buryEntry);
        graves.dropBelow(image.horizon());
        image.buriedBlobs().values().forEach(marker -> clock.observe(marker, nowMillis));
        image.buriedEntries().values().forEach(marker -> clock.observe(marker, nowMillis));
        List<String> problems = new ArrayList<>();
        for (VerifiedEntry proof : verifyAll(image.proofs(), verifier, problems)) {
            graves.keepProof(proof);
        }
        for (VerifiedEntry entry : verifyAll(image.entries(), verifier, problems)) {
            if (!graves.refuses(entry)) {
                clock.observe(entry.entry().clock(), nowMillis);
                put(entry);
            }
        }
        purge(image.purgedUpTo());
        version = Math.max(version, image.version());
        changes.clear();
        return problems;
    }

    @Override
    public List<String> restore(JournalReading stored, long nowMillis) {
        return restore(stored.image(), new StoredEntryVerifier(), nowMillis);
    }

    @Override
    public ManifestImage image() {
        return new ManifestImage(
                version,
                entries(),
                graves.proofs(),
                graves.blobMarkers(),
                graves.entryMarkers(),
                graves.horizon(),
                purgedUpTo);
    }

    @Override
    public ManifestChanges drainChanges() {
        ManifestChanges drained = changes.isOverflowed() ? ManifestChanges.whole(image()) : changed();
        changes.clear();
        return drained;
    }

    @Override
    public HybridTimestamp purgedUpTo() {
        return purgedUpTo;
    }

    @Override
    public void purge(HybridTimestamp upTo) {
        purgedUpTo = HybridTimestamp.max(purgedUpTo, upTo);
    }

    @Override
    public void usePolicy(ManifestPolicy newPolicy) {
        HybridTimestamp last = clock.last();
        policy = Objects.requireNonNull(newPolicy, "newPolicy");
        clock = new HybridClock(policy.maxAhead().toMillis());
        clock.restore(last);
        unwelcome.clear();
    }

    @Override
    public @Nullable BlobView blob(BlobId blob) {
        Columns columns = blobs.get(blob);
        return columns == null ? null : columns.view();
    }

    @Override
    public List<BlobView> blobs() {
        List<BlobView> views = new ArrayList<>(blobs.size());
        for (Columns columns : blobs.values()) {
            views.add(columns.view());
        }
        return views;
    }

    @Override
    public Set<BlobId> endedBlobs() {
        Set<BlobId> copy = endedCopy;
        if (copy == null) {
            copy = Set.copyOf(ended);
            endedCopy = copy;
        }
        return copy;
    }

    @Override
    public boolean isBuried(BlobId blob) {
        return !blobs.containsKey(blob) && graves.buries(blob);
    }

    @Override
    public EntryFate fate(EntryKey key) {
        VerifiedEntry entry = entry(key);
        BlobView view = blob(key.blob());
        if (entry != null && view != null) {
            return view.activeEntries().contains(entry) ? EntryFate.ACTIVE : EntryFate.ENDED;
        }
        // While others have entries of the blob, its marker does not tell of an author who may have published it since.
        boolean buried = graves.buries(key)
                || (view == null && graves.blobMarker(key.blob()).isAfter(HybridTimestamp.ZERO));
        return buried ? EntryFate.ENDED : EntryFate.UNKNOWN;
    }

    @Override
    public @Nullable VerifiedEntry entry(EntryKey key) {
        Columns columns = blobs.get(key.blob());
        return columns == null ? null : columns.get(key.author());
    }

    @Override
    public List<SignedEntry> entries() {
        List<SignedEntry> entries = new ArrayList<>(index.size());
        for (Columns columns : blobs.values()) {
            columns.entries().forEach(entry -> entries.add(entry.signed()));
        }
        return entries;
    }

    @Override
    public @Nullable BlobId ownerOf(Label label, Predicate<? super ManifestEntry> counts) {
        List<VerifiedEntry> claims = new ArrayList<>();
        for (EntryKey key : byLabel.getOrDefault(label, Collections.emptyNavigableSet())) {
            VerifiedEntry entry = entry(key);
            BlobView view = blob(key.blob());
            if (entry != null && view != null && view.activeEntries().contains(entry)) {
                claims.add(entry);
            }
        }
        if (claims.size() == 1) {
            ManifestEntry only = claims.get(0).entry();
            return counts.test(only) ? only.blob() : null;
        }
        boolean reserved = claims.stream().anyMatch(VerifiedEntry::isByOperator);
        return claims.stream()
                .filter(entry -> entry.isByOperator() || !reserved)
                .filter(entry -> counts.test(entry.entry()))
                .min(VerifiedEntry.PREFERENCE)
                .map(entry -> entry.entry().blob())
                .orElse(null);
    }

    @Override
    public HybridTimestamp nextClock(long nowMillis) {
        if (!clock.admits(clock.last(), nowMillis)) {
            followTheWallClock(nowMillis);
        }
        return clock.next(nowMillis);
    }

    /** What was issued while the wall clock was wrong is further ahead than anybody takes in, and so would be all that follows it. */
    private void followTheWallClock(long nowMillis) {
        clock = new HybridClock(policy.maxAhead().toMillis());
        entries().forEach(entry -> clock.observe(entry.entry().clock(), nowMillis));
    }

    @Override
    public ManifestEntry.Builder draft(BlobId blob, PeerId author, long nowMillis) {
        VerifiedEntry own = entry(new EntryKey(blob, author));
        HybridTimestamp time = nextClock(nowMillis);
        if (own != null
                && !time.isAfter(own.entry().clock())
                && !future.isAside(own.entry().key())) {
            clock.restore(own.entry().clock());
            time = clock.next(nowMillis);
        }
        ManifestEntry.Builder draft =
                ManifestEntry.builder().blob(blob).author(author).clock(time);
        HybridTimestamp ended = graves.blobMarker(blob);
        BlobView view = blob(blob);
        if (own != null) {
            own.entry().describing(draft);
            ended = HybridTimestamp.max(ended, own.entry().endsOthersUpTo());
        } else if (view != null) {
            view.winner().entry().describing(draft);
        }
        return draft.endsOthersUpTo(ended.isBefore(time) ? ended : new HybridTimestamp(time.packed() - 1));
    }

    @Override
    public boolean setAside(long nowMillis) {
        boolean changed = false;
        for (EntryKey key : future.aside()) {
            VerifiedEntry entry = entry(key);
            if (entry != null && clock.admits(entry.entry().clock(), nowMillis)) {
                list(entry);
                changed = true;
            }
        }
        if (isFarAhead(future.latest(), nowMillis)) {
            HybridTimestamp latest = HybridTimestamp.ZERO;
            for (VerifiedEntry entry : List.copyOf(byHash.values())) {
                HybridTimestamp time = entry.entry().clock();
                if (isFarAhead(time, nowMillis)) {
                    unlist(entry);
                    future.setAside(entry.entry().key());
                    changed = true;
                } else {
                    latest = HybridTimestamp.max(latest, time);
                }
            }
            future.looked(latest);
        }
        if (changed) {
            version++;
        }
        return changed;
    }

    /** Further ahead than a node takes in whose clock is as far ahead as it may be. */
    private boolean isFarAhead(HybridTimestamp time, long nowMillis) {
        return !clock.admits(time, nowMillis + policy.maxAhead().toMillis());
    }

    @Override
    public List<VerifiedEntry> datedAhead(PeerId author, long nowMillis) {
        List<VerifiedEntry> ahead = new ArrayList<>();
        for (EntryKey key : future.aside()) {
            VerifiedEntry entry = key.author().equals(author) ? entry(key) : null;
            if (entry != null && !clock.admits(entry.entry().clock(), nowMillis)) {
                ahead.add(entry);
            }
        }
        if (!clock.admits(future.latest(), nowMillis)) {
            byHash.values().stream()
                    .filter(entry -> entry.entry().author().equals(author))
                    .filter(entry -> !clock.admits(entry.entry().clock(), nowMillis))
                    .forEach(ahead::add);
        }
        return ahead;
    }

    @Override
    public List<ManifestEntry> datedAnew(PeerId author, long nowMillis, int most) {
        List<ManifestEntry> drafts = new ArrayList<>();
        for (VerifiedEntry own : datedAhead(author, nowMillis)) {
            EntryKey key = own.entry().key();
            if (future.isAside(key) && drafts.size() < most) {
                ManifestEntry.Builder draft = draft(key.blob(), author, nowMillis);
                drafts.add(draft.state(stateAnew(own.entry(), nowMillis)).build());
            }
        }
        for (ManifestEntry said : future.overruled()) {
            if (said.author().equals(author) && drafts.size() < most) {
                ManifestEntry.Builder again = said.describing(draft(said.blob(), author, nowMillis));
                drafts.add(again.endsOthersUpTo(said.endsOthersUpTo())
                        .state(stateAnew(said, nowMillis))
                        .build());
            }
        }
        return drafts;
    }

    /** An operator's word in time counts, whichever came first. */
    private EntryState stateAnew(ManifestEntry own, long nowMillis) {
        BlobView view = blob(own.blob());
        boolean ended = view != null
                && view.entries().stream()
                        .filter(entry ->
                                entry.isByOperator() && !entry.entry().author().equals(own.author()))
                        .map(VerifiedEntry::entry)
                        .anyMatch(
                                entry -> entry.state() != EntryState.ACTIVE && clock.admits(entry.clock(), nowMillis));
        return ended && own.state() == EntryState.ACTIVE ? EntryState.REVOKED : own.state();
    }

    @Override
    public int size() {
        return index.size();
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public Fingerprint digest() {
        return index.fingerprint();
    }

    @Override
    public int prune(long nowMillis, Duration window, Predicate<BlobId> isHere) {
        HybridTimestamp time = HybridTimestamp.of(Math.max(0, nowMillis - window.toMillis()), 0);
        int dropped = 0;
        for (Columns columns : List.copyOf(blobs.values())) {
            BlobView view = columns.view();
            if (view.isActive() || !isHere.test(view.blob())) {
                dropped += prune(columns, time);
            }
        }
        if (dropped > 0) {
            Set<AuthorCertificate> used = new HashSet<>();
            entries().forEach(entry -> used.add(entry.certificate()));
            certificates.keySet().retainAll(used);
        }
        return dropped;
    }

    @Override
    public int forgetMarkersBefore(HybridTimestamp horizon) {
        return graves.dropBelow(horizon);
    }

    /** The index over this manifest's entries, for reading. */
    ReconcileIndex index() {
        return index;
    }

    /** The entry whose key has a hash; null if there is none. */
    @Nullable
    VerifiedEntry entryOf(KeyHash hash) {
        return byHash.get(hash);
    }

    /**
     * The entries of these keys that are still here, for the caller to take out: operators' first, then the newer before the older. Of
     * sixteen thousand a frame takes four hundred, so they are not all put in order.
     */
    Queue<VerifiedEntry> byPreference(List<VersionedKey> versions) {
        Queue<VerifiedEntry> entries = new PriorityQueue<>(Math.max(1, versions.size()), VerifiedEntry.PREFERENCE);
        for (VersionedKey listed : versions) {
            VerifiedEntry entry = entryOf(listed.key());
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Whether a version that a peer lists is not known to be refused here. */
    boolean welcomes(VersionedKey listed) {
        return !unwelcome.contains(listed) && !graves.refuses(listed);
    }

    /** The pruned revocation that ended a version which a peer lists; null if there is none. */
    @Nullable
    VerifiedEntry proofAgainst(VersionedKey listed) {
        return graves.proofAgainst(listed);
    }

    private ManifestChanges changed() {
        ManifestImage now = new ManifestImage(
                version,
                changes.present(this::entry),
                changes.proofs(graves::proof),
                changes.blobMarkers(graves.blobMarkers()),
                changes.entryMarkers(graves.entryMarkers()),
                graves.horizon(),
                purgedUpTo);
        return new ManifestChanges(now, changes.removed(this::entry), false);
    }

    private @Nullable Refusal refusal(VerifiedEntry entry, long nowMillis) {
        ManifestEntry content = entry.entry();
        if (!clock.admits(content.clock(), nowMillis)) {
            return Refusal.FUTURE;
        }
        boolean known = entry(content.key()) != null;
        if (entry.roles().isEmpty()) {
            boolean endsOwn = known && content.state() != EntryState.ACTIVE;
            if (!endsOwn && !policy.seeding().allows(content.author())) {
                return Refusal.NOT_PERMITTED;
            }
            int held = entriesByAuthor.getOrDefault(content.author(), 0);
            if (!known && held >= policy.maxEntriesPerAuthor()) {
                return Refusal.TOO_MANY;
            }
        }
        return graves.refuses(entry) ? Refusal.BURIED : null;
    }

    private void rememberRefused(VerifiedEntry entry, Refusal refusal) {
        if (refusal == Refusal.BURIED) {
            graves.buryRefused(entry.entry().key());
        } else if (refusal == Refusal.NOT_PERMITTED
                && unwelcome.add(entry.signed().version())) {
            if (unwelcome.size() > MAX_UNWELCOME) {
                unwelcome.remove(unwelcome.iterator().next());
            }
        }
    }

    /** What is set aside for its time is not in the way of what its author says in time. */
    private void giveWay(EntryKey key, long nowMillis) {
        VerifiedEntry held = future.isAside(key) ? entry(key) : null;
        Columns columns = blobs.get(key.blob());
        if (held != null && columns != null && !clock.admits(held.entry().clock(), nowMillis)) {
            remove(columns, held);
            future.gaveWay(held.entry());
        }
    }

    private boolean put(VerifiedEntry offered) {
        AuthorCertificate certificate = offered.signed().certificate();
        VerifiedEntry entry = offered.withCertificate(certificates.getOrDefault(certificate, certificate));
        EntryKey key = entry.entry().key();
        Columns columns = blobs.computeIfAbsent(key.blob(), Columns::new);
        VerifiedEntry before = columns.get(key.author());
        if (!columns.merge(entry)) {
            return false;
        }
        if (before == null) {
            entriesByAuthor.merge(key.author(), 1, Integer::sum);
        } else {
            dropLabel(before.entry());
        }
        list(entry);
        certificates.putIfAbsent(certificate, certificate);
        byLabel.computeIfAbsent(entry.entry().label(), label -> new TreeSet<>()).add(key);
        noteEnd(key.blob());
        changes.entry(key);
        version++;
        return true;
    }

    private int prune(Columns columns, HybridTimestamp time) {
        List<VerifiedEntry> over = columns.overSince(time);
        if (over.isEmpty()) {
            return 0;
        }
        HybridTimestamp blobEnd = columns.endedUpTo(null, time);
        for (VerifiedEntry entry : over) {
            ManifestEntry content = entry.entry();
            HybridTimestamp end = HybridTimestamp.max(content.clock(), columns.endedUpTo(content.author(), time));
            graves.buryEntry(content.key(), end);
            if (content.state() != EntryState.ACTIVE) {
                graves.keepProof(entry);
            }
        }
        BlobId blob = over.get(0).entry().blob();
        if (blobEnd.isAfter(HybridTimestamp.ZERO)) {
            graves.buryBlob(blob, blobEnd);
        }
        over.forEach(entry -> remove(columns, entry));
        if (columns.isEmpty()) {
            blobs.remove(blob);
        }
        noteEnd(blob);
        return over.size();
    }

    private void remove(Columns columns, VerifiedEntry entry) {
        EntryKey key = entry.entry().key();
        columns.remove(key.author());
        dropLabel(entry.entry());
        entriesByAuthor.merge(key.author(), -1, (held, one) -> held == 1 ? null : held - 1);
        unlist(entry);
        future.forget(key);
        changes.entry(key);
        version++;
    }

    /** Has others told of an entry. */
    private void list(VerifiedEntry entry) {
        byHash.put(entry.signed().version().key(), entry);
        index.put(entry.signed().version());
        future.forget(entry.entry().key());
        future.came(entry.entry().clock());
    }

    private void unlist(VerifiedEntry entry) {
        KeyHash hash = entry.signed().version().key();
        byHash.remove(hash);
        index.remove(hash);
    }

    private void noteEnd(BlobId blob) {
        BlobView view = blob(blob);
        boolean changed = (view == null || view.isActive()) ? ended.remove(blob) : ended.add(blob);
        if (changed) {
            endedCopy = null;
        }
    }

    private void dropLabel(ManifestEntry entry) {
        NavigableSet<EntryKey> holders = byLabel.get(entry.label());
        if (holders != null && holders.remove(entry.key()) && holders.isEmpty()) {
            byLabel.remove(entry.label());
        }
    }

    private static List<VerifiedEntry> verifyAll(
            List<SignedEntry> entries, EntryVerifier verifier, List<String> problems) {
        List<VerifiedEntry> verified = new ArrayList<>(entries.size());
        for (SignedEntry entry : entries) {
            try {
                verified.add(verifier.verify(entry));
            } catch (RefusedEntryException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return verified;
    }
}
