package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds at every node after every event, whatever goes wrong. */
final class Invariants {

    /** As far as an entry may lie in the future. */
    private static final long MAX_AHEAD_MILLIS = 60_000;

    private final FaultyWorld world;
    private final Map<PeerId, Memory> memories = new HashMap<>();

    /** What a node has shown of its manifest. */
    private static final class Memory {
        private Map<EntryKey, HybridTimestamp> shown = new HashMap<>();
        private Map<EntryKey, HybridTimestamp> onDisk = new HashMap<>();
        private Map<EntryKey, HybridTimestamp> buried = Map.of();
        private int life = -1;
        private long version = -1;
    }

    Invariants(FaultyWorld world) {
        this.world = world;
    }

    private Memory memory(SimulatedNode node) {
        return memories.computeIfAbsent(node.id(), id -> new Memory());
    }

    /** After an event. */
    void check(SimulatedNode node) {
        Memory memory = memory(node);
        long version = node.machine().manifest().version();
        boolean isNew = node.incarnation() != memory.life;
        if (isNew) {
            memory.life = node.incarnation();
            memory.shown = isDamaged(node) ? new HashMap<>() : new HashMap<>(memory.onDisk);
        }
        if (isNew || version != memory.version) {
            memory.version = version;
            checkEntries(node, memory, isNew);
        }
        if (!isNew) {
            checkRoom(node);
        }
    }

    private void checkEntries(SimulatedNode node, Memory memory, boolean afterStart) {
        ManifestImage image = node.machine().manifest().image();
        memory.buried = image.buriedEntries();
        Set<EntryKey> present = new HashSet<>();
        for (SignedEntry signed : image.entries()) {
            EntryKey key = signed.key();
            HybridTimestamp clock = signed.entry().clock();
            HybridTimestamp before = memory.shown.get(key);
            if (before != null && clock.isBefore(before) && !isFarAhead(before, node)) {
                throw new AssertionError(
                        node.id() + " shows " + key + " as of " + clock + " after it has shown " + before);
            }
            HybridTimestamp grave = memory.buried.get(key);
            if (grave != null && !clock.isAfter(grave)) {
                throw new AssertionError(node.id() + " shows " + key + " of " + clock + ", buried up to " + grave);
            }
            memory.shown.put(key, clock);
            present.add(key);
        }
        if (afterStart && !isDamaged(node)) {
            memory.onDisk.forEach((key, clock) -> {
                boolean buried = image.buriedEntries().containsKey(key)
                        || image.buriedBlobs().containsKey(key.blob());
                if (!present.contains(key) && !buried) {
                    throw new AssertionError(node.id() + " lost " + key + " of " + clock + ", which was on its disk");
                }
            });
        }
        noteViews(node);
    }

    /** What nobody can take in, for its time, may be followed by what is dated earlier. */
    private static boolean isFarAhead(HybridTimestamp clock, SimulatedNode node) {
        return clock.epochMillis() > node.now().epochMillis() + MAX_AHEAD_MILLIS;
    }

    private boolean isDamaged(SimulatedNode node) {
        return world.isRotten(node.id());
    }

    private void noteViews(SimulatedNode node) {
        for (BlobView view : node.machine().manifest().blobs()) {
            if (view.activeEntries().size() > 1) {
                world.sights().saw(Sight.TWO_ACTIVE_AUTHORS);
            }
            long active = view.entries().stream()
                    .filter(entry -> entry.entry().state() == EntryState.ACTIVE)
                    .count();
            if (!view.isActive() && active > 0) {
                boolean banned = view.state() == EntryState.BANNED;
                world.sights().saw(banned ? Sight.BANNED_BY_OPERATOR : Sight.ENDED_BY_OPERATOR);
            }
        }
    }

    private void checkRoom(SimulatedNode node) {
        long promised = world.storeOf(node).promisedBytes();
        if (promised < 0) {
            throw new AssertionError(node.id() + " has " + promised + " bytes promised on its disk");
        }
    }

    /** The manifest is on disk as it is. */
    void kept(SimulatedNode node) {
        Memory memory = memory(node);
        Map<EntryKey, HybridTimestamp> kept = new HashMap<>();
        for (SignedEntry entry : node.machine().manifest().entries()) {
            kept.put(entry.key(), entry.entry().clock());
        }
        memory.onDisk = kept;
    }

    /** The process is about to end. */
    void crashes(SimulatedNode node) {
        Memory memory = memory(node);
        if (!memory.shown.equals(memory.onDisk)) {
            world.sights().saw(Sight.MANIFEST_CHANGE_LOST_IN_CRASH);
        }
    }

    boolean isBuried(SimulatedNode node, VerifiedEntry entry) {
        HybridTimestamp grave = memory(node).buried.get(entry.entry().key());
        return grave != null && !entry.entry().clock().isAfter(grave);
    }

    /** An honest node gives a leaf away. */
    void gives(SimulatedNode source, BlobId blob, int leaf, NodeStore.Leaf data) {
        BlobView view = source.machine().manifest().blob(blob);
        boolean buried = memory(source).buried.keySet().stream()
                .anyMatch(key -> key.blob().equals(blob));
        if (view == null ? buried : !view.isActive()) {
            throw new AssertionError(source.id() + " serves blob " + blob + ", which is " + view);
        }
        if (!isRight(blob, leaf, data)) {
            throw new AssertionError(source.id() + " serves leaf " + leaf + " of blob " + blob + " with wrong bytes");
        }
    }

    /** A node counts a leaf as held. */
    void took(SimulatedNode node, BlobId blob, int leaf, NodeStore.Leaf data) {
        if (!isRight(blob, leaf, data)) {
            throw new AssertionError(node.id() + " took wrong bytes for leaf " + leaf + " of blob " + blob);
        }
    }

    private boolean isRight(BlobId blob, int leaf, NodeStore.Leaf data) {
        byte[] bytes = world.bytes(blob);
        return bytes == null ? data.genuine() : isRight(bytes, leaf, data.bytes());
    }

    private static boolean isRight(byte[] content, int leaf, @Nullable ByteBuffer given) {
        BlobLayout layout = new BlobLayout(content.length);
        ByteBuffer expected = ByteBuffer.wrap(content, (int) layout.leafOffset(leaf), layout.leafLength(leaf));
        return expected.equals(given);
    }

    /** A node is about to download a blob. */
    void begins(SimulatedNode node, BlobId blob) {
        BlobView view = node.machine().manifest().blob(blob);
        if (view == null || !view.isActive()) {
            throw new AssertionError(node.id() + " downloads blob " + blob + ", which is " + view);
        }
        boolean meant = view.activeEntries().stream()
                .anyMatch(entry -> entry.entry().target().matches(node.id(), Map.of()));
        if (!meant) {
            world.sights().saw(Sight.TARGET_EDITED_IN_MID_TRANSFER);
        }
    }

    /** What is wrong with what a node has of a blob that is complete; null if nothing is. */
    @Nullable
    String wrongWith(SimulatedNode node, ModelledContent content) {
        try {
            LeafSet held = node.store().held(content.id());
            if (held == null || !held.isFull()) {
                return node.id() + " has " + held + " of blob " + content.id() + ", which it says is complete";
            }
            for (int leaf = 0; leaf < content.layout().leafCount(); leaf++) {
                if (!isRight(content.id(), leaf, node.store().read(content.id(), leaf))) {
                    return node.id() + " has wrong bytes in leaf " + leaf + " of blob " + content.id();
                }
            }
            return null;
        } catch (IOException e) {
            return node.id() + " cannot read blob " + content.id() + ": " + e;
        }
    }
}
