package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestImage;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a node has of each blob, without the bytes. */
final class ModelledStore implements NodeStore {

    private final @Nullable RandomGenerator losses;
    private final Map<BlobId, LeafSet> leaves = new HashMap<>();
    private final Map<BlobId, Long> completedAt = new HashMap<>();
    private final Map<BlobId, LeafSet> graveyard = new HashMap<>();
    private final Set<BlobId> open = new HashSet<>();
    private ManifestImage manifest = ManifestImage.EMPTY;

    /**
     * An empty store.
     *
     * @param losses draws which leaves of a partial blob are gone after a crash; null if none ever is
     */
    ModelledStore(@Nullable RandomGenerator losses) {
        this.losses = losses;
    }

    @Override
    public void start() {
        open.clear();
    }

    @Override
    public void restore(ManifestCrdt target, EntryVerifier verifier, long epochMillis) {
        target.restore(manifest, verifier, epochMillis);
    }

    @Override
    public void keep(ManifestCrdt source) {
        manifest = source.image();
    }

    /** What was not flushed may be there or not. */
    @Override
    public void crash() {
        RandomGenerator random = losses;
        if (random == null) {
            return;
        }
        leaves.entrySet().stream()
                .filter(entry -> !completedAt.containsKey(entry.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> lose(entry.getValue(), random));
    }

    private static void lose(LeafSet held, RandomGenerator random) {
        for (int leaf = held.nextIn(0); leaf >= 0; leaf = held.nextIn(leaf + 1)) {
            if (random.nextInt(4) == 0) {
                held.remove(leaf);
            }
        }
    }

    @Override
    public long usedBytes() {
        return leaves.values().stream()
                .mapToLong(held -> (long) held.size() * BlobLayout.LEAF_BYTES)
                .sum();
    }

    @Override
    public Map<BlobId, Long> complete() {
        return new HashMap<>(completedAt);
    }

    @Override
    public List<BlobId> partial() {
        return leaves.keySet().stream()
                .filter(blob -> !completedAt.containsKey(blob))
                .sorted()
                .toList();
    }

    @Override
    public @Nullable LeafSet held(BlobId blob) {
        return completedAt.containsKey(blob) || open.contains(blob) ? leaves.get(blob) : null;
    }

    @Override
    public void seed(ModelledContent content, long epochMillis) {
        leaves.put(content.id(), LeafSet.all(content.layout().leafCount()));
        completedAt.put(content.id(), epochMillis);
    }

    @Override
    public LeafSet open(BlobId blob, BlobLayout layout, HashTree tree) {
        if (completedAt.containsKey(blob) || !open.add(blob)) {
            throw new IllegalStateException("blob " + blob + " is complete or being received");
        }
        return leaves.computeIfAbsent(blob, key -> LeafSet.none(layout.leafCount()))
                .copy();
    }

    @Override
    public Leaf read(BlobId blob, int leaf) {
        return Leaf.MODELLED;
    }

    @Override
    public boolean write(BlobId blob, int leaf, Leaf data) throws IOException {
        LeafSet held = open.contains(blob) ? leaves.get(blob) : null;
        if (held == null) {
            throw new IOException("blob " + blob + " is not being received");
        }
        if (data.genuine()) {
            held.add(leaf);
        }
        return data.genuine();
    }

    @Override
    public boolean commit(BlobId blob, long epochMillis) throws IOException {
        LeafSet held = leaves.get(blob);
        if (!open.remove(blob) || held == null || !held.isFull()) {
            throw new IOException("blob " + blob + " is not all here to be completed");
        }
        completedAt.put(blob, epochMillis);
        return true;
    }

    @Override
    public void close(BlobId blob) {
        open.remove(blob);
    }

    @Override
    public void delete(BlobId blob) {
        leaves.remove(blob);
        completedAt.remove(blob);
        open.remove(blob);
    }

    @Override
    public void discard(BlobId blob) {
        if (!completedAt.containsKey(blob) && !open.contains(blob)) {
            leaves.remove(blob);
        }
    }

    @Override
    public boolean bury(BlobId blob) {
        LeafSet held = completedAt.containsKey(blob) ? leaves.get(blob) : null;
        delete(blob);
        if (held != null) {
            graveyard.put(blob, held);
        }
        return held != null;
    }

    @Override
    public boolean revive(BlobId blob, long epochMillis) {
        LeafSet held = graveyard.remove(blob);
        if (held != null) {
            leaves.put(blob, held);
            completedAt.put(blob, epochMillis);
            open.remove(blob);
        }
        return held != null;
    }
}
