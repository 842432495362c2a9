package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.MergeResult;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.NodeMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes entries in this node's name. Safe for many threads; calls wait for the node's loop, and for the disk. */
final class Publisher {

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /** Entries that are made in one go on the loop: as many as share a signature, some milliseconds. */
    private static final int MAX_AT_ONCE = 256;

    private final NodeParts parts;
    private final NodeMachine machine;
    private volatile EntrySigner signer;
    private final EntryVerifier verifier;
    private final Supplier<CompletableFuture<@Nullable Void>> stored;

    /**
     * A publisher that signs with {@code signer}.
     *
     * @param stored asked on the loop after a change: what completes once the change is on disk
     */
    Publisher(
            NodeParts parts,
            NodeMachine machine,
            EntrySigner signer,
            EntryVerifier verifier,
            Supplier<CompletableFuture<@Nullable Void>> stored) {
        this.parts = parts;
        this.machine = machine;
        this.signer = signer;
        this.verifier = verifier;
        this.stored = stored;
    }

    /** Signs with another key from here on. */
    void signWith(EntrySigner next) {
        signer = next;
    }

    ManifestEntry publish(BlobId blob, Publication terms) {
        return join(publishAll(List.of(new Order(blob, terms))).get(0));
    }

    /** A blob to publish, and the terms. */
    record Order(BlobId blob, Publication terms) {}

    /** Publishes in this order; each answer completes once its entry is on disk. Many share signatures and a flush. */
    List<CompletableFuture<ManifestEntry>> publishAll(List<Order> orders) {
        List<CompletableFuture<ManifestEntry>> answers = new ArrayList<>(orders.size());
        for (int from = 0; from < orders.size(); from += MAX_AT_ONCE) {
            answers.addAll(publishBatch(orders.subList(from, Math.min(orders.size(), from + MAX_AT_ONCE))));
        }
        return answers;
    }

    private List<CompletableFuture<ManifestEntry>> publishBatch(List<Order> orders) {
        List<CompletableFuture<ManifestEntry>> answers = new ArrayList<>(orders.size());
        List<Ready> ready = new ArrayList<>(orders.size());
        CompletableFuture<List<Ready>> looked = new CompletableFuture<>();
        CompletableFuture<List<Merged>> merged = looked.thenCompose(all -> change(() -> mergeAll(all)));
        for (Order order : orders) {
            try {
                ready.add(new Ready(order, complete(order.blob())));
                int place = ready.size() - 1;
                answers.add(merged.thenApply(all -> all.get(place).entryOrThrow()));
            } catch (SwarmException e) {
                answers.add(CompletableFuture.failedFuture(e));
            }
        }
        looked.complete(ready);
        return answers;
    }

    private BlobCache.Holding complete(BlobId blob) {
        BlobCache.Holding holding = find(blob);
        if (holding == null || !holding.complete()) {
            throw new SwarmException(
                    Reason.NOT_FOUND, "cannot publish blob " + blob + ": it is not complete in the local store");
        }
        return holding;
    }

    /** The entries that are in the manifest, or why not, in the order of what was asked. */
    private List<Merged> mergeAll(List<Ready> ready) {
        List<ManifestEntry> drafts = new ArrayList<>(ready.size());
        for (Ready each : ready) {
            machine.stored(each.order().blob(), parts.now());
            drafts.add(draft(each));
        }
        List<Merged> merged = new ArrayList<>(ready.size());
        for (SignedEntry signed : signer.signAll(drafts)) {
            try {
                merged.add(new Merged(merge(signed), null));
            } catch (SwarmException e) {
                merged.add(new Merged(signed.entry(), e));
            }
        }
        return merged;
    }

    private ManifestEntry draft(Ready ready) {
        Publication terms = ready.order().terms();
        return machine.manifest()
                .draft(ready.order().blob(), parts.self(), parts.now().epochMillis())
                .size(ready.holding().layout().size())
                .root(ready.holding().tree().root())
                .label(terms.label())
                .channel(terms.channel())
                .target(terms.target())
                .retention(terms.retention())
                .state(EntryState.ACTIVE)
                .build();
    }

    private BlobCache.@Nullable Holding find(BlobId blob) {
        try {
            return parts.blobs().holding(blob);
        } catch (IOException e) {
            throw new SwarmException(Reason.STORAGE, "cannot publish blob " + blob + ": " + e.getMessage(), e);
        }
    }

    /** Ends this node's active entry; an operator may do so for a blob that others published. */
    void revoke(BlobId blob, boolean operator) {
        await(() -> {
            BlobView view = machine.manifest().blob(blob);
            if (view == null || !view.isActive()) {
                throw new SwarmException(
                        Reason.NOT_FOUND, "cannot revoke blob " + blob + ": no active entry describes it");
            }
            if (view.activeEntryOf(parts.self()) == null && !operator) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "cannot revoke blob " + blob + ": it was published by "
                                + view.winner().entry().author()
                                + "; only its author or a node with the operator role may");
            }
            return end(blob, EntryState.REVOKED);
        });
    }

    /** Ends this node's entry because its retention is over, unless it was renewed since {@code clock}. */
    void retire(BlobId blob, HybridTimestamp clock) {
        try {
            await(() -> {
                VerifiedEntry own = machine.manifest().entry(new EntryKey(blob, parts.self()));
                boolean same = own != null
                        && own.entry().state() == EntryState.ACTIVE
                        && own.entry().clock().equals(clock);
                return same ? end(blob, EntryState.REVOKED) : null;
            });
        } catch (SwarmException e) {
            log.warn("retention of blob {} is over and its entry cannot be ended: {}", blob, e.getMessage());
        }
    }

    /** Ends what others published of a blob and let lapse, unless any of it was renewed since {@code newest}. For operators. */
    void endLapsed(BlobId blob, HybridTimestamp newest) {
        try {
            await(() -> {
                BlobView view = machine.manifest().blob(blob);
                boolean same = view != null
                        && view.isActive()
                        && view.activeEntryOf(parts.self()) == null
                        && view.activeEntries().stream()
                                .noneMatch(entry -> entry.entry().clock().isAfter(newest));
                return same ? end(blob, EntryState.REVOKED) : null;
            });
        } catch (SwarmException e) {
            log.warn("retention of blob {} is over and its author's entry cannot be ended: {}", blob, e.getMessage());
        }
    }

    /** Ends every entry of a blob, those to come included. */
    void ban(BlobId blob, boolean operator) {
        if (!operator) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "cannot ban blob " + blob + ": " + parts.self()
                            + " has no operator role; ban it on a node that has, or revoke what this node published");
        }
        await(() -> {
            BlobView view = machine.manifest().blob(blob);
            if (view == null) {
                throw new SwarmException(Reason.NOT_FOUND, "cannot ban blob " + blob + ": no entry describes it");
            }
            return end(blob, EntryState.BANNED);
        });
    }

    private ManifestEntry end(BlobId blob, EntryState how) {
        return merge(signer.sign(machine.manifest()
                .draft(blob, parts.self(), parts.now().epochMillis())
                .state(how)
                .build()));
    }

    /** Whether {@link #dateAnew} has something to do. On the loop. */
    boolean hasToDateAnew() {
        return !machine.manifest()
                .datedAnew(parts.self(), parts.now().epochMillis(), 1)
                .isEmpty();
    }

    /**
     * Publishes this node's entries that are {@linkplain ManifestCrdt#setAside set aside} with the present time. What is refused is tried
     * again at the next call. One call at a time.
     */
    void dateAnew() {
        try {
            int anew = 0;
            int some = MAX_AT_ONCE;
            while (some == MAX_AT_ONCE) {
                some = await(this::dateSomeAnew);
                anew += some;
            }
            if (anew > 0) {
                log.info(
                        "{} entries that a wrong clock had dated in the future are published with the present time",
                        anew);
            }
        } catch (SwarmException e) {
            log.debug("entries dated in the future stay as they are: {}", e.getMessage());
        }
    }

    private int dateSomeAnew() {
        List<ManifestEntry> drafts =
                machine.manifest().datedAnew(parts.self(), parts.now().epochMillis(), MAX_AT_ONCE);
        int merged = 0;
        for (SignedEntry signed : signer.signAll(drafts)) {
            try {
                merge(signed);
                merged++;
            } catch (SwarmException e) {
                log.debug("an entry dated in the future stays as it is: {}", e.getMessage());
            }
        }
        return merged;
    }

    /** Has revocations no longer shown; how many are not that were. */
    int purge() {
        return await(() -> {
            ManifestCrdt manifest = machine.manifest();
            long before =
                    manifest.blobs().stream().filter(this::isShownAsRevoked).count();
            manifest.purge(manifest.nextClock(parts.now().epochMillis()));
            parts.listener().manifestChanged();
            return Math.toIntExact(before);
        });
    }

    private boolean isShownAsRevoked(BlobView view) {
        return view.state() == EntryState.REVOKED
                && view.entries().stream()
                        .anyMatch(entry ->
                                entry.entry().clock().isAfter(machine.manifest().purgedUpTo()));
    }

    private ManifestEntry merge(SignedEntry signed) {
        ManifestEntry entry = signed.entry();
        requireClock(entry);
        try {
            VerifiedEntry verified = verifier.verify(signed);
            MergeResult result = machine.merge(verified, parts.now());
            if (!result.isMerged()) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "cannot change blob " + entry.blob() + " to " + entry.state() + " as " + parts.self() + ": "
                                + explain(entry, result.refusal()));
            }
            return entry;
        } catch (RefusedEntryException e) {
            throw new SwarmException(Reason.IDENTITY, "cannot publish blob " + entry.blob() + ": " + e.getMessage(), e);
        }
    }

    /** Why the manifest did not take this node's own entry, and the remedy; without a refusal there is a newer entry already. */
    private String explain(ManifestEntry entry, MergeResult.@Nullable Refusal refusal) {
        if (refusal == MergeResult.Refusal.FUTURE) {
            long seconds = (entry.clock().epochMillis() - parts.now().epochMillis()) / 1_000;
            return "this node's entry of it is dated " + seconds
                    + " s in the future, by a clock that was ahead then or is behind now; once the clock has agreed with other nodes' for a"
                    + " minute the node dates it anew by itself: try again after that";
        }
        if (refusal == MergeResult.Refusal.TOO_MANY) {
            return "a node without the operator or coordinator role has at most "
                    + ManifestPolicy.DEFAULT_MAX_ENTRIES_PER_AUTHOR
                    + " entries; revoke some, or have a certificate with the operator role issued";
        }
        if (refusal == MergeResult.Refusal.NOT_PERMITTED) {
            return "the seeding gate does not let this host publish; have 'seeding' name it on every node, or publish on a node that may";
        }
        return "the manifest has a later word, such as a revocation that was pruned; if this machine's clock is behind, set it";
    }

    /** Nobody takes an entry from a clock that is too far ahead; what such an entry ended here would be ended here alone. */
    private void requireClock(ManifestEntry entry) {
        OptionalLong ahead = machine.clockIsWrongBy(parts.now());
        if (ahead.isPresent()) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "cannot change blob " + entry.blob() + " to " + entry.state() + " as " + parts.self()
                            + ": this machine's clock is " + ahead.getAsLong() / 1_000
                            + " s ahead of its peers', who would refuse that; set the clock and try again");
        }
    }

    /** What was changed, once it is on disk. */
    private <T extends @Nullable Object> T await(Supplier<T> change) {
        return join(change(change));
    }

    private <T extends @Nullable Object> CompletableFuture<T> change(Supplier<T> change) {
        CompletableFuture<Change<T>> answer = parts.loop().ask(() -> new Change<>(change.get(), stored.get()));
        return answer.thenCompose(made -> made.stored().thenApply(written -> made.result()));
    }

    private static <T extends @Nullable Object> T join(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SwarmException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private record Ready(Order order, BlobCache.Holding holding) {}

    private record Merged(ManifestEntry entry, @Nullable SwarmException refusal) {
        ManifestEntry entryOrThrow() {
            if (refusal != null) {
                throw refusal;
            }
            return entry;
        }
    }

    private record Change<T extends @Nullable Object>(T result, CompletableFuture<@Nullable Void> stored) {}
}
