package dev.swarm.node;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.BlobView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A transfer by itself: what it asks for is noted down, and comes if the test says so. */
final class TransferRig {

    /** Whom it asked for the leaf hashes. */
    static final PeerAddress FIRST = PeerAddress.parse("192.0.2.1:1531");

    static final PeerId FIRST_ID = new PeerId("peer");

    /** What was asked for. */
    final List<Scheduler.Fetch> asked = new ArrayList<>();

    boolean storeIsBehind;

    private final NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
        if (method.equals("fetch")) {
            asked.add((Scheduler.Fetch) given[1]);
        }
        return method.equals("storeIsBehind") ? storeIsBehind : null;
    });

    /**
     * A transfer of so many leaves that is about to fetch.
     *
     * @param told what the first peer says it holds
     * @param held what is here
     */
    Transfer open(int leaves, LeafSet told, LeafSet held, long now) {
        Transfer transfer = waiting(leaves, now);
        transfer.report(FIRST, FIRST_ID, told, false, now);
        openAgain(transfer, held, now);
        return transfer;
    }

    /** A transfer of so many leaves that has heard of nobody. */
    Transfer waiting(int leaves, long now) {
        BlobCache.Seeded blob = hash(leaves);
        Transfer transfer = new Transfer(
                new PeerId("self"),
                blob.id(),
                new BlobView.Shape(blob.layout().size(), blob.tree().root()),
                effects,
                new Random(1),
                new Downlink());
        transfer.startAt(now);
        return transfer;
    }

    /** Has a transfer that waits begin a run with these leaves, whose hashes the first peer gives. */
    void openAgain(Transfer transfer, LeafSet held, long now) {
        transfer.advance(now, now);
        transfer.treeAnswered(FIRST, hash(transfer.layout().leafCount()).tree());
        transfer.opened(held, now);
    }

    private static BlobCache.Seeded hash(int leaves) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.allocate(leaves * BlobLayout.LEAF_BYTES));
        return hasher.finish();
    }
}
