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
import dev.swarm.manifest.MergeResult;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.NodeMachine;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes entries in this node's name. Safe for many threads; calls wait for the node's loop, and for the disk. */
final class Publisher {

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

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
        return join(publishLater(blob, terms));
    }

    /** Publishes, and completes once that is on disk. */
    CompletableFuture<ManifestEntry> publishLater(BlobId blob, Publication terms) {
        BlobCache.Holding holding = find(blob);
        if (holding == null || !holding.complete()) {
            throw new SwarmException(
                    Reason.NOT_FOUND, "cannot publish blob " + blob + ": it is not complete in the local store");
        }
        return change(() -> {
            machine.stored(blob, parts.now());
            return merge(machine.manifest()
                    .draft(blob, parts.self(), parts.now().epochMillis())
                    .size(holding.layout().size())
                    .root(holding.tree().root())
                    .label(terms.label())
                    .channel(terms.channel())
                    .target(terms.target())
                    .retention(terms.retention())
                    .state(EntryState.ACTIVE)
                    .build());
        });
    }

    private BlobCache.@Nullable Holding find(BlobId blob) {
        try {
            return parts.blobs().holding(blob);
        } catch (IOException e) {
            throw new SwarmException(Reason.STORAGE, "cannot publish blob " + blob + ": " + e.getMessage(), e);
        }
    }

    /** Ends this node's entry; an operator may do so for a blob that others published. */
    void revoke(BlobId blob, boolean operator) {
        await(() -> {
            BlobView view = machine.manifest().blob(blob);
            boolean own = machine.manifest().entry(new EntryKey(blob, parts.self())) != null;
            if (view == null || !view.isActive()) {
                throw new SwarmException(
                        Reason.NOT_FOUND, "cannot revoke blob " + blob + ": no active entry describes it");
            }
            if (!own && !operator) {
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
        return merge(machine.manifest()
                .draft(blob, parts.self(), parts.now().epochMillis())
                .state(how)
                .build());
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

    private ManifestEntry merge(ManifestEntry entry) {
        try {
            VerifiedEntry verified = verifier.verify(signer.sign(entry));
            MergeResult result = machine.merge(verified, parts.now());
            if (!result.isMerged()) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "cannot change blob " + entry.blob() + " to " + entry.state() + " as " + parts.self()
                                + ": the manifest says " + result);
            }
            return entry;
        } catch (RefusedEntryException e) {
            throw new SwarmException(Reason.IDENTITY, "cannot publish blob " + entry.blob() + ": " + e.getMessage(), e);
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

    private record Change<T extends @Nullable Object>(T result, CompletableFuture<@Nullable Void> stored) {}
}
