package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.NodeEffects;
import dev.swarm.node.Watch;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerView;
import dev.swarm.schedule.Scheduler;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Notes what one life of a node's machine wants done, and may end that life in the middle of it. */
final class WatchedEffects implements NodeEffects {

    private final SimulatedNode node;
    private final FaultyWorld world;
    private final int born;
    private final Map<BlobId, Map<Long, Scheduler.Fetch>> fetches = new HashMap<>();
    private final Set<BlobId> transfers = new HashSet<>();

    WatchedEffects(SimulatedNode node, FaultyWorld world) {
        this.node = node;
        this.world = world;
        this.born = node.incarnation();
    }

    /** Whether the effect takes place; whoever is dead causes none. */
    private boolean happens(String effect) {
        if (!node.isRunning() || node.incarnation() != born) {
            return false;
        }
        world.fleetOf().time().trace(node.id() + " " + effect);
        world.effect(node);
        return node.isRunning();
    }

    private void saw(Sight sight) {
        world.sights().saw(sight);
    }

    @Override
    public void watch(PeerAddress peer, long ask, Watch.Question question) {
        if (happens("watch " + peer + " " + ask)) {
            node.watch(peer, ask, question);
        }
    }

    @Override
    public void sync(PeerAddress peer, long ask, SyncFrame frame) {
        if (happens("sync " + peer + " " + ask)) {
            saw(Sight.MANIFESTS_COMPARED);
            node.sync(peer, ask, frame);
        }
    }

    @Override
    public void fetchDenyList(PeerAddress peer) {
        node.fetchDenyList(peer);
    }

    @Override
    public void fetchTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root) {
        if (happens("tree " + peer + " " + blob)) {
            node.fetchTree(peer, blob, layout, root);
        }
    }

    @Override
    public void open(BlobId blob, BlobLayout layout, HashTree tree) {
        if (happens("open " + blob)) {
            if (!transfers.add(blob)) {
                throw new AssertionError(node.id() + " downloads blob " + blob + " twice at once");
            }
            world.begins(node, blob);
            node.open(blob, layout, tree);
        }
    }

    @Override
    public void fetch(BlobId blob, Scheduler.Fetch fetch) {
        if (happens("fetch " + blob + " " + fetch)) {
            PeerView asked = node.machine()
                    .peers()
                    .peer(fetch.peer(), world.fleetOf().time().now());
            if (asked != null && asked.trust() < 0) {
                throw new AssertionError(node.id() + " asks " + asked + " for leaves, which it has banned");
            }
            Map<Long, Scheduler.Fetch> open = fetches.computeIfAbsent(blob, id -> new HashMap<>());
            for (Scheduler.Fetch other : open.values()) {
                if (other.first() < fetch.end() && fetch.first() < other.end()) {
                    saw(Sight.LEAF_ASKED_FOR_TWICE);
                }
            }
            open.put(fetch.request(), fetch);
            node.fetch(blob, fetch);
        }
    }

    /** A fetch is over. */
    void ended(BlobId blob, long request) {
        fetches.getOrDefault(blob, new HashMap<>()).remove(request);
    }

    @Override
    public void cancelFetch(BlobId blob, long request) {
        if (happens("cancel " + blob + " " + request)) {
            saw(Sight.FETCH_CANCELLED);
            ended(blob, request);
            node.cancelFetch(blob, request);
        }
    }

    @Override
    public void commit(BlobId blob) {
        if (happens("commit " + blob)) {
            over(blob);
            node.commit(blob);
        }
    }

    /** From here on the blob may be opened anew. */
    private void over(BlobId blob) {
        fetches.remove(blob);
        transfers.remove(blob);
    }

    /** An opening that failed is over. */
    void openFailed(BlobId blob) {
        transfers.remove(blob);
    }

    @Override
    public void close(BlobId blob, boolean delete) {
        if (happens("close " + blob + " " + delete)) {
            if (delete && node.held(blob) > 0) {
                saw(Sight.REVOKED_IN_MID_TRANSFER);
            }
            over(blob);
            node.close(blob, delete);
        }
    }

    @Override
    public void discard(BlobId blob) {
        if (happens("discard " + blob)) {
            saw(Sight.PARTIAL_DISCARDED);
            node.discard(blob);
        }
    }

    @Override
    public void revive(BlobId blob) {
        if (happens("revive " + blob)) {
            node.revive(blob);
        }
    }

    @Override
    public void retire(BlobId blob, HybridTimestamp clock) {
        if (happens("retire " + blob)) {
            saw(Sight.RETIRED_BY_AUTHOR);
            node.retire(blob, clock);
        }
    }

    @Override
    public void evict(BlobId blob, boolean bury) {
        if (happens("evict " + blob + " " + bury)) {
            if (!node.machine().manifest().endedBlobs().contains(blob)) {
                saw(Sight.EVICTED_AT_RECEIVER_WHILE_ACTIVE);
            }
            node.evict(blob, bury);
        }
    }

    @Override
    public void tellServed(BlobId blob, boolean tell) {
        if (happens("tell " + blob + " " + tell)) {
            saw(Sight.SUPER_SEEDING);
            node.tellServed(blob, tell);
        }
    }

    @Override
    public void answerWatch(long exchange, Watch.Reply reply) {
        if (happens("answer " + exchange)) {
            if (!reply.news().isFinished()) {
                saw(Sight.NEWS_WITH_ANSWER);
            }
            if (reply.shares().stream().anyMatch(share -> share.extent() == Watch.Extent.LEASED)) {
                saw(Sight.LEASE_GIVEN);
            }
            node.answerWatch(exchange, reply);
        }
    }

    @Override
    public void answerSync(long exchange, SyncFrame frame) {
        if (happens("frame " + exchange)) {
            node.answerSync(exchange, frame);
        }
    }

    @Override
    public void announce(String segment, Announcement announcement) {
        if (happens("announce")) {
            node.announce(segment, announcement);
        }
    }

    @Override
    public long roundTripNanos(PeerAddress peer) {
        return node.roundTripNanos(peer);
    }

    @Override
    public boolean isUplinkIdle() {
        return node.isUplinkIdle();
    }

    @Override
    public void banned(PeerAddress peer) {
        if (happens("ban " + peer)) {
            saw(Sight.PEER_BANNED);
        }
    }

    @Override
    public void manifestChanged() {
        if (happens("manifest")) {
            node.manifestChanged();
        }
    }
}
