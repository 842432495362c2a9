package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The questions of other nodes whose answers are held back until there is news. Confined.
 *
 * <p>One question per peer: a newer one has the older answered at once.
 */
final class ParkedWatches {

    /**
     * Shortest time between two reports of new leaves to one peer. A leaf of 64 KiB takes 5 ms at 100 Mbit/s: reporting each
     * would cost more than it carries, and a pipeline of a megabyte bridges the wait.
     */
    static final long REPORT_NANOS = 25_000_000L;

    private final Map<PeerId, Parked> parked = new LinkedHashMap<>();
    private final Map<PeerId, Long> lastReport = new LinkedHashMap<>();
    private final NodeEffects effects;
    private final Function<BlobId, @Nullable LeafSet> holdings;
    private final Supplier<List<PeerAddress>> peers;
    private boolean leavesChanged;

    ParkedWatches(
            NodeEffects effects, Function<BlobId, @Nullable LeafSet> holdings, Supplier<List<PeerAddress>> peers) {
        this.effects = effects;
        this.holdings = holdings;
        this.peers = peers;
    }

    private record Parked(long exchange, Watch.Question question, long deadline) {}

    void park(PeerId peer, long exchange, Watch.Question question, Fingerprint manifest, long now) {
        Parked older = parked.remove(peer);
        if (older != null) {
            effects.answerWatch(older.exchange(), new Watch.Reply(manifest, List.of(), List.of()));
        }
        parked.put(peer, new Parked(exchange, question, now + Watch.MAX_WAIT_NANOS));
        leavesChanged = true;
    }

    void abort(long exchange) {
        parked.values().removeIf(watch -> watch.exchange() == exchange);
    }

    /** Answers everything at once. */
    void release(Fingerprint manifest) {
        parked.values()
                .forEach(watch ->
                        effects.answerWatch(watch.exchange(), new Watch.Reply(manifest, List.of(), List.of())));
        parked.clear();
    }

    void leavesChanged() {
        leavesChanged = true;
    }

    /** Answers what has an answer. */
    void advance(Fingerprint manifest, long now) {
        Iterator<Map.Entry<PeerId, Parked>> all = parked.entrySet().iterator();
        boolean waiting = false;
        while (all.hasNext()) {
            Map.Entry<PeerId, Parked> entry = all.next();
            Parked watch = entry.getValue();
            boolean due = !watch.question().hold() || now - watch.deadline() >= 0;
            boolean mayReport = mayReport(entry.getKey(), now);
            List<Watch.Share> shares = mayReport && leavesChanged ? shares(watch.question()) : List.of();
            waiting |= !mayReport;
            if (due || !shares.isEmpty() || !manifest.equals(watch.question().knownManifest())) {
                all.remove();
                if (!shares.isEmpty()) {
                    lastReport.put(entry.getKey(), now);
                }
                effects.answerWatch(watch.exchange(), new Watch.Reply(manifest, shares, peers.get()));
            }
        }
        leavesChanged &= waiting;
    }

    /** When {@link #advance} may answer something without news; {@link Long#MAX_VALUE} for never. */
    long wakeAt(long now) {
        long wake = Long.MAX_VALUE;
        for (Map.Entry<PeerId, Parked> entry : parked.entrySet()) {
            wake = Math.min(wake, entry.getValue().deadline());
            Long reported = lastReport.get(entry.getKey());
            if (leavesChanged && reported != null && reported + REPORT_NANOS > now) {
                wake = Math.min(wake, reported + REPORT_NANOS);
            }
        }
        return wake;
    }

    private boolean mayReport(PeerId peer, long now) {
        Long reported = lastReport.get(peer);
        return reported == null || now - reported >= REPORT_NANOS;
    }

    private List<Watch.Share> shares(Watch.Question question) {
        List<Watch.Share> shares = new ArrayList<>();
        int bytes = 0;
        for (Watch.Want want : question.wants()) {
            LeafSet leaves = holdings.apply(want.blob());
            if (Watch.Share.versionOf(leaves) != want.knownVersion()) {
                Watch.Share share = Watch.Share.of(want.blob(), leaves);
                bytes += share.bits().remaining();
                if (bytes > Watch.MAX_REPLY_BYTES) {
                    break;
                }
                shares.add(share);
            }
        }
        return shares;
    }
}
