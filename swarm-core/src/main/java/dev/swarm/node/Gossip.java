package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.InvalidClaimException;
import dev.swarm.crdt.KeyHash;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestSync;
import dev.swarm.manifest.MergeResult;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How what changes in one manifest reaches all others. Pure and confined.
 *
 * <p>Three ways, of which each covers for the one before. A change goes to the neighbours with the answers to their standing
 * questions, as push gossip whose receivers are told apart from those who know already (Demers et al., "Epidemic algorithms for
 * replicated database maintenance", PODC 1987, section 1.4). A neighbour whose digest differs for a reason that is not known is
 * asked to compare manifests. And a digest heard on the segment leads to whoever said it.
 */
final class Gossip {

    private static final Logger log = LoggerFactory.getLogger(Gossip.class);

    /**
     * A strange digest on the segment is left to the neighbours for this long, and then asked about at a random moment within the
     * next, so that whoever said it is not asked by all at once.
     */
    private static final long HEARSAY_NANOS = 500_000_000L;

    private static final long HEARSAY_SPREAD_NANOS = 1_500_000_000L;

    /** A deny list that was asked for and did not come is asked for elsewhere after this. */
    private static final long DENY_LIST_RETRY_NANOS = 5_000_000_000L;

    /** Of the same peer after this, and twice as late each time, {@link #MAX_DENY_LIST_DOUBLINGS} times at most: it may claim any number. */
    private static final long SAME_DENY_LIST_RETRY_NANOS = 2 * DENY_LIST_RETRY_NANOS;

    private static final int MAX_DENY_LIST_DOUBLINGS = 9;

    private static final int MAX_DENY_LIST_ASKED = 64;

    private final ManifestCrdt manifest;
    private final ManifestSync sync;
    private final Neighbourhood neighbourhood;
    private final ParkedWatches parked;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final RecentChanges changes = new RecentChanges();
    private final PeerClocks clocks = new PeerClocks();
    private @Nullable Heard heard;

    /** What was found last, of which version of the manifest. */
    private @Nullable Standing standing;

    private long standingVersion;
    private long denyList;
    private long denyListRetryAt = Long.MIN_VALUE;

    /** Peers that were asked for a deny list since one came into force. */
    private final Map<PeerAddress, DenyListAsked> denyListAsked = new HashMap<>();

    /** Whether an entry of this node's own is new. */
    private boolean published;

    /** How often a peer was asked for its deny list, and when it may be again. */
    private record DenyListAsked(int times, long againAt) {}

    /** A digest that this node does not know, and who said it. */
    private record Heard(PeerAddress address, Fingerprint manifest, long askAt) {}

    Gossip(
            ManifestCrdt manifest,
            Neighbourhood neighbourhood,
            NodeEffects effects,
            ParkedWatches.Holdings holdings,
            RandomGenerator random) {
        this.manifest = manifest;
        this.sync = ManifestSync.over(manifest);
        this.neighbourhood = neighbourhood;
        this.effects = effects;
        this.random = random;
        this.parked = new ParkedWatches(effects, holdings, this::missing, this::provenAddresses, random);
    }

    /** Takes an entry into the manifest. */
    MergeResult merge(VerifiedEntry entry, Moment now) {
        Fingerprint before = manifest.digest();
        MergeResult result = manifest.merge(entry, now.epochMillis());
        if (result.isMerged()) {
            changes.changed(entry.signed().version().key(), before, manifest.digest());
        }
        return result;
    }

    /** Takes an entry of this node's own in. */
    MergeResult publish(VerifiedEntry entry, Moment now) {
        MergeResult result = merge(entry, now);
        published |= result.isMerged();
        return result;
    }

    /** The number of the deny list in force here. */
    void denyListInForce(long number) {
        denyList = number;
        denyListRetryAt = Long.MIN_VALUE;
        denyListAsked.clear();
    }

    /** A member's digest was heard on a segment; null if it said none. */
    void heard(PeerAddress address, @Nullable Fingerprint digest, long now) {
        if (digest != null && heard == null && isStrange(digest) && !neighbourhood.isNeighbour(address)) {
            heard = new Heard(address, digest, now + HEARSAY_NANOS + random.nextLong(HEARSAY_SPREAD_NANOS));
        }
    }

    /** A neighbour's answer, whose news is merged; null if it counts no longer. */
    Neighbourhood.@Nullable Neighbour answered(long ask, PeerId id, Watch.Reply reply, Moment now) {
        parked.heard(id, reply.manifest());
        Neighbourhood.Neighbour asked = neighbourhood.asked(ask);
        if (reply.epochMillis() != 0 && (asked == null || !asked.isNoted(now.nanos()))) {
            clocks.told(id, reply.epochMillis(), now);
        }
        return neighbourhood.answered(ask, id, reply, manifest.digest(), now.nanos());
    }

    /** Whether a peer asked from the same address only just now. */
    boolean askedLately(PeerId peer, PeerAddress listens, long now) {
        return parked.askedLately(peer, listens, now);
    }

    void asked(long exchange, PeerId peer, PeerAddress listens, Watch.Question question, long now) {
        neighbourhood.askedBy(peer, listens, now);
        parked.park(peer, exchange, question, standing(), now);
    }

    void aborted(long exchange) {
        parked.abort(exchange);
    }

    void hurried(long exchange, long now) {
        parked.hurry(exchange, now);
    }

    /** What is here of some blob is other than before. */
    void leavesChanged() {
        parked.leavesChanged();
    }

    /** A neighbour's frame, whose entries are merged. */
    void syncAnswered(long ask, SyncFrame frame, long now) {
        Neighbourhood.Neighbour neighbour = neighbourhood.syncing(ask);
        if (neighbour == null) {
            return;
        }
        SyncFrame answer = answerTo(frame);
        if (frame.more() || (answer != null && answer.more())) {
            neighbour.leftSomethingOut();
        }
        if (answer != null && !answer.isFinished() && neighbour.mayGoOn()) {
            effects.sync(neighbour.address(), ask, answer);
            return;
        }
        PeerId id = neighbour.id();
        if (answer != null && answer.isFinished() && !frame.more() && id != null) {
            parked.heard(id, manifest.digest());
        }
        neighbourhood.endSync(ask, manifest.digest(), now);
    }

    void syncFailed(long ask, long now) {
        neighbourhood.endSync(ask, manifest.digest(), now);
    }

    /** A peer's frame, whose entries are merged. */
    void syncAsked(long exchange, PeerId peer, SyncFrame frame, long now) {
        SyncFrame answer = answerTo(frame);
        neighbourhood.comparedBy(peer, answer != null && !answer.isFinished(), now);
        effects.answerSync(exchange, answer == null ? SyncFrame.FINISHED : answer);
    }

    /** How many peers have told their time of late. */
    int clocksTold(Moment now) {
        return clocks.told(now);
    }

    /** By how many milliseconds this node's wall clock is ahead of its peers', if that is known. */
    OptionalLong aheadMillis(Moment now) {
        return clocks.aheadMillis(now);
    }

    /** Gives everyone who waits an answer. */
    void release() {
        parked.release(standing());
    }

    /** Asks and answers what is due, for a node that receives some blobs and follows others. */
    void advance(List<BlobId> wants, Collection<BlobId> followed, Moment moment) {
        long now = moment.nanos();
        follow(now);
        Standing standing = standing();
        neighbourhood.advance(wants, followed, standing, now);
        for (Neighbourhood.Neighbour other = neighbourhood.toCompareWith(standing, changes, now);
                other != null;
                other = neighbourhood.toCompareWith(standing, changes, now)) {
            effects.sync(other.address(), neighbourhood.startSync(other, standing.manifest(), now), sync.open());
        }
        if (published) {
            published = false;
            tellWhoDoesNotAsk(standing, now);
        }
        PeerAddress ahead =
                now >= denyListRetryAt && neighbourhood.highestDenyList() > denyList ? withNewerDenyList(now) : null;
        if (ahead != null) {
            denyListRetryAt = now + DENY_LIST_RETRY_NANOS;
            effects.fetchDenyList(ahead);
        }
        parked.advance(standing, moment);
    }

    /** A neighbour that says that it has a deny list of a higher number and was not asked for it lately, or null. */
    private @Nullable PeerAddress withNewerDenyList(long now) {
        List<PeerAddress> ahead = neighbourhood.proven().stream()
                .filter(neighbour -> neighbour.denyList() > denyList)
                .map(Neighbourhood.Neighbour::address)
                .filter(peer -> !denyListAsked.containsKey(peer)
                        || now >= denyListAsked.get(peer).againAt())
                .toList();
        if (ahead.isEmpty()) {
            return null;
        }
        PeerAddress chosen = ahead.get(random.nextInt(ahead.size()));
        DenyListAsked before = denyListAsked.get(chosen);
        int times = before == null ? 0 : Math.min(before.times() + 1, MAX_DENY_LIST_DOUBLINGS);
        if (denyListAsked.size() >= MAX_DENY_LIST_ASKED) {
            denyListAsked.clear();
        }
        denyListAsked.put(chosen, new DenyListAsked(times, now + (SAME_DENY_LIST_RETRY_NANOS << times)));
        return chosen;
    }

    /**
     * Compares manifests with neighbours, if too few of them ask here to carry the news: each is asked by whom it asks where that has
     * room for it, and one in four of fifty nodes that all begin at once finds none with room.
     */
    private void tellWhoDoesNotAsk(Standing standing, long now) {
        List<Neighbourhood.Neighbour> quiet = new ArrayList<>(neighbourhood.proven());
        int told = quiet.size();
        quiet.removeIf(neighbour -> neighbour.id() == null || parked.isAsking(neighbour.id(), now));
        told = Math.max(told - quiet.size(), parked.waiting());
        for (; told < ParkedWatches.TOLD_AT_ONCE && !quiet.isEmpty(); told++) {
            Neighbourhood.Neighbour other = quiet.remove(random.nextInt(quiet.size()));
            if (!other.isComparing()) {
                effects.sync(other.address(), neighbourhood.startSync(other, standing.manifest(), now), sync.open());
            }
        }
    }

    /** When {@link #advance} has to be called again at the latest. */
    long wakeAt() {
        Heard hearsay = heard;
        long wake = Math.min(parked.wakeAt(), neighbourhood.wakeAt());
        return hearsay == null ? wake : Math.min(wake, hearsay.askAt());
    }

    private void follow(long now) {
        Heard hearsay = heard;
        if (hearsay != null && now >= hearsay.askAt()) {
            heard = null;
            if (isStrange(hearsay.manifest())) {
                neighbourhood.meet(hearsay.address(), now);
            }
        }
    }

    private boolean isStrange(Fingerprint digest) {
        return changes.missing(digest, manifest.digest()) == null;
    }

    private List<PeerAddress> provenAddresses() {
        return neighbourhood.proven().stream()
                .map(Neighbourhood.Neighbour::address)
                .toList();
    }

    private SyncFrame missing(Fingerprint theirs) {
        List<KeyHash> keys = changes.missing(theirs, manifest.digest());
        return keys == null ? SyncFrame.FINISHED : sync.bring(keys, Watch.MAX_NEWS_BYTES);
    }

    private Standing standing() {
        Standing known = standing;
        if (known == null || standingVersion != manifest.version() || known.denyList() != denyList) {
            known = new Standing(manifest.digest(), manifest.size(), denyList);
            standing = known;
            standingVersion = manifest.version();
        }
        return known;
    }

    private @Nullable SyncFrame answerTo(SyncFrame frame) {
        try {
            return sync.answer(frame);
        } catch (InvalidClaimException e) {
            log.debug("manifest frame breaks the rules of reconciliation: {}", e.getMessage());
            return null;
        }
    }
}
