package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The questions of other nodes whose answers are held back until there is news. Confined.
 *
 * <p>One question per peer: a newer one has the older answered at once.
 *
 * <p>Of a change in the manifest some askers are told at once and the others after a random while, unless they are heard to have
 * it by then: the first carry it through the fleet in a few round trips, and the rest reach whomever those left out, at hardly
 * more than one message for each pair of neighbours.
 */
final class ParkedWatches {

    /** Askers told of a change at once. With three, 94 of 100 nodes have heard of it before anyone waits. */
    static final int TOLD_AT_ONCE = 3;

    /** The others are told after this at least: the round trips in which they would hear of it from elsewhere. */
    static final long MIN_LATER_NANOS = 150_000_000L;

    static final long MAX_LATER_NANOS = 900_000_000L;

    /** When the time between reports has become shorter by one such part, who waits is looked at anew. */
    private static final int GAP_STEPS = 16;

    /**
     * Askers told of new leaves before their time, at most so many at a time, when nothing waits to be sent here: one of them will ask.
     * Without, 32 MiB take two hundred simulated nodes 1.30 of the bound instead of 1.23. Six instead of three bring nothing.
     */
    private static final int INVITED = 3;

    /** Invitations are so far apart at least, as each is a message. */
    private static final long MIN_INVITE_GAP_NANOS = 5_000_000L;

    /**
     * And by such a part of the time between reports. Where receivers' lines are full there is always somebody with nothing to send:
     * eight nodes invited each other more often than they sent each other content, with a quarter of their processor time. From none to
     * 15 ms among many, which this is, simulated fleets are as fast.
     */
    private static final int INVITES_TO_A_REPORT = 4;

    /** Peers named to an asker who comes for the first time, and when a wait is over without news. */
    private static final int PEERS_AT_FIRST = 16;

    private static final int PEERS_IN_PASSING = 2;

    /** Who asked so lately asks again as soon as it has its answer. */
    private static final long ASKS_AGAIN_NANOS = 5_000_000_000L;

    /** Where an asker listens is noted so often at most. */
    private static final long REPEAT_NANOS = 1_000_000_000L;

    /** Before any time there is, and yet the time since can be told. */
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** Every peer that ever asked. */
    private final Map<PeerId, Asker> askers = new HashMap<>();

    private @Nullable Asker lookedUp;

    private final ParkedQuestions parked = new ParkedQuestions();
    private final NodeEffects effects;
    private final Holdings holdings;
    private final Function<Fingerprint, SyncFrame> missing;
    private final Supplier<List<PeerAddress>> peers;
    private final RandomGenerator random;
    private Standing told = Standing.UNKNOWN;
    private boolean leavesChanged;

    /** Before this, as long as nothing but time and the leaves here change, nobody is to be answered. */
    private long lookAt = Long.MIN_VALUE;

    /** The time between reports that it was found with. */
    private long gapThen = Long.MAX_VALUE;

    /** When askers were last invited, or would have been. */
    private long invitedAt = NEVER;

    /** When to invite again, if nothing is to be sent by then. */
    private long inviteAt = Long.MAX_VALUE;

    /** Whether someone who may be told of new leaves at once had heard of all there were. */
    private boolean someoneListens;

    /** What there is here of blobs. */
    interface Holdings {

        /** A peer wants these blobs and no others. */
        void asked(PeerId peer, List<Watch.Want> wants, long now);

        /** A peer went away. */
        void gone(PeerId peer);

        /**
         * What a peer is told of a blob that it wants; null if it was told that already.
         *
         * @param takesMore whether it takes {@link Watch.Extent#MORE}
         */
        Watch.@Nullable Share news(PeerId peer, Watch.Want want, boolean takesMore, long now);

        /** How long to wait between two reports to one peer, in nanoseconds. */
        long reportGap(long now);

        /** How much longer to wait with who listens at an address. */
        default long reportDelay(PeerAddress listens) {
            return 0;
        }
    }

    /** A peer that asked. */
    static final class Asker {
        private final PeerId id;
        private @Nullable Parked waiting;
        private @Nullable PeerAddress namedAddress;
        private long askedAt = NEVER;
        private long namedAt = NEVER;

        /** When it was last told of leaves, or later if it is to be told less often than others. */
        private long reportedAt = NEVER;

        Asker(PeerId id) {
            this.id = id;
        }
    }

    /** A question and what is known of who asked it. */
    static final class Parked {
        private final Asker asker;
        private final long exchange;
        private final Watch.Question question;
        private long deadline;
        private Fingerprint theirs;
        private long newsAt = Long.MAX_VALUE;

        Parked(Asker asker, long exchange, Watch.Question question, long deadline) {
            this.asker = asker;
            this.exchange = exchange;
            this.question = question;
            this.deadline = deadline;
            this.theirs = question.ownManifest();
        }

        boolean lacks(Standing standing) {
            return !standing.manifest().equals(question.knownManifest())
                    && !standing.manifest().equals(theirs);
        }
    }

    /**
     * Nothing parked.
     *
     * @param missing what a manifest of a given digest lacks, if that is known and little
     * @param peers those that proved themselves
     */
    ParkedWatches(
            NodeEffects effects,
            Holdings holdings,
            Function<Fingerprint, SyncFrame> missing,
            Supplier<List<PeerAddress>> peers,
            RandomGenerator random) {
        this.effects = effects;
        this.holdings = holdings;
        this.missing = missing;
        this.peers = peers;
        this.random = random;
    }

    private Asker asker(PeerId peer) {
        Asker last = lookedUp;
        if (last == null || !last.id.equals(peer)) {
            last = askers.computeIfAbsent(peer, Asker::new);
            lookedUp = last;
        }
        return last;
    }

    /** Whether a peer asked from the same address within a second. If not, this counts as when it did. */
    boolean askedLately(PeerId peer, PeerAddress listens, long now) {
        Asker asker = asker(peer);
        if (now - asker.namedAt < REPEAT_NANOS && listens.equals(asker.namedAddress)) {
            return true;
        }
        asker.namedAt = now;
        asker.namedAddress = listens;
        return false;
    }

    void park(PeerId peer, long exchange, Watch.Question question, Standing standing, long now) {
        Asker asker = asker(peer);
        Parked older = asker.waiting;
        if (older != null) {
            parked.remove(older);
            answerInShort(older, standing);
        }
        Parked fresh = new Parked(asker, exchange, question, now + Watch.MAX_WAIT_NANOS);
        if (fresh.lacks(standing)) {
            fresh.newsAt = now;
        }
        asker.waiting = fresh;
        asker.askedAt = now;
        parked.add(fresh, asker.reportedAt);
        holdings.asked(peer, question.wants(), now);
        leavesChanged = true;
        long gap = holdings.reportGap(now);
        boolean answerable = now - asker.reportedAt >= gap || isDue(fresh, standing, now);
        lookAt = answerable ? Long.MIN_VALUE : Math.min(lookAt, Math.min(fresh.deadline, asker.reportedAt + gap));
    }

    /** How many questions wait here. */
    int waiting() {
        return parked.size();
    }

    /** Whether a peer has a question here, or will have one again in a moment. */
    boolean isAsking(PeerId peer, long now) {
        Asker asker = askers.get(peer);
        return asker != null && (asker.waiting != null || now - asker.askedAt < ASKS_AGAIN_NANOS);
    }

    /** A peer was heard to have a manifest of this digest. */
    void heard(PeerId peer, Fingerprint manifest) {
        Asker asker = askers.get(peer);
        Parked question = asker == null ? null : asker.waiting;
        if (question != null && !manifest.equals(question.theirs)) {
            question.theirs = manifest;
            parked.lookAnew(question);
            lookAt = Long.MIN_VALUE;
        }
    }

    void abort(long exchange) {
        for (int i = 0; i < parked.size(); i++) {
            Parked question = parked.at(i);
            if (question.exchange == exchange) {
                parked.remove(question);
                question.asker.waiting = null;
                question.asker.askedAt = NEVER;
                holdings.gone(question.asker.id);
                return;
            }
        }
    }

    /** Ends a question's wait. */
    void hurry(long exchange, long now) {
        for (int i = 0; i < parked.size(); i++) {
            Parked question = parked.at(i);
            if (question.exchange == exchange) {
                question.deadline = Math.min(question.deadline, now);
                parked.lookAnew(question);
                lookAt = Math.min(lookAt, now);
            }
        }
    }

    /** Answers everything at once. */
    void release(Standing standing) {
        for (int i = 0; i < parked.size(); i++) {
            Parked question = parked.at(i);
            question.asker.waiting = null;
            answerInShort(question, standing);
        }
        parked.clear();
    }

    void leavesChanged() {
        if (!leavesChanged || someoneListens) {
            leavesChanged = true;
            lookAt = Long.MIN_VALUE;
        }
    }

    /** Answers what has an answer. */
    void advance(Standing standing, Moment moment) {
        long now = moment.nanos();
        long gap = holdings.reportGap(now);
        boolean sameStanding = standing.equals(told);
        int invitations = invitations(gap, now);
        if (sameStanding && invitations == 0 && now < lookAt && gap > gapThen - gapThen / GAP_STEPS) {
            return;
        }
        if (!standing.manifest().equals(told.manifest())) {
            planNews(standing, now);
        }
        if (!sameStanding) {
            parked.lookAnewAtAll();
        }
        told = standing;
        gapThen = gap;
        long next = Long.MAX_VALUE;
        someoneListens = false;
        boolean waiting = false;
        int kept = 0;
        for (int i = 0; i < parked.size(); i++) {
            long sinceReport = now - parked.reportedAt(i);
            boolean isTime = sinceReport >= gap;
            waiting |= !isTime;
            // Who is far away was told a while after now, as it is told less often.
            boolean mayReport = leavesChanged && (isTime || (invitations > 0 && sinceReport >= 0));
            if (now >= parked.dueAt(i) || mayReport) {
                List<Watch.Share> shares = mayReport ? shares(parked.at(i), now) : List.of();
                if (isAnswered(i, shares, invitations > 0, moment)) {
                    invitations -= shares.isEmpty() ? 0 : 1;
                    continue;
                }
            }
            next = Math.min(next, parked.dueAt(i));
            someoneListens |= isTime;
            if (leavesChanged && !isTime) {
                next = Math.min(next, parked.reportedAt(i) + gap);
            }
            parked.move(i, kept++);
        }
        parked.truncate(kept);
        inviteAt = invitations == INVITED ? Long.MAX_VALUE : inviteAt;
        leavesChanged &= waiting;
        lookAt = next;
    }

    /** How many askers are to be told of new leaves before their time: none while something is to be sent. */
    private int invitations(long gap, long now) {
        inviteAt = Long.MAX_VALUE;
        if (!leavesChanged || parked.size() == 0 || !effects.isUplinkIdle()) {
            return 0;
        }
        long between = Math.max(MIN_INVITE_GAP_NANOS, gap / INVITES_TO_A_REPORT);
        boolean isTime = now - invitedAt >= between;
        invitedAt = isTime ? now : invitedAt;
        inviteAt = invitedAt + between;
        return isTime ? INVITED : 0;
    }

    /** Answers a question, if there is reason to; otherwise finds out when there will be one without news. */
    private boolean isAnswered(int index, List<Watch.Share> shares, boolean invites, Moment moment) {
        Parked question = parked.at(index);
        long now = moment.nanos();
        if (shares.isEmpty() && !isDue(question, told, now)) {
            parked.quietUntil(index, Math.min(question.deadline, question.newsAt));
            return false;
        }
        question.asker.waiting = null;
        if (!shares.isEmpty()) {
            PeerAddress listens = question.asker.namedAddress;
            question.asker.reportedAt = now + (listens == null ? 0 : holdings.reportDelay(listens));
        }
        answer(question, told, shares, invites && !shares.isEmpty(), moment);
        return true;
    }

    /** When {@link #advance} may answer something without news; {@link Long#MAX_VALUE} for never. */
    long wakeAt() {
        return Math.min(lookAt, inviteAt);
    }

    private void planNews(Standing standing, long now) {
        List<Parked> askers = new ArrayList<>();
        for (int i = 0; i < parked.size(); i++) {
            Parked question = parked.at(i);
            if (question.newsAt == Long.MAX_VALUE && question.lacks(standing)) {
                askers.add(question);
            }
        }
        for (int left = TOLD_AT_ONCE; left > 0 && !askers.isEmpty(); left--) {
            askers.remove(random.nextInt(askers.size())).newsAt = now;
        }
        askers.forEach(question -> question.newsAt = later(now));
    }

    private boolean isDue(Parked question, Standing standing, long now) {
        if (!question.lacks(standing)) {
            question.newsAt = Long.MAX_VALUE;
        } else if (question.newsAt == Long.MAX_VALUE) {
            question.newsAt = later(now);
        }
        return !question.question.hold()
                || now - question.deadline >= 0
                || now >= question.newsAt
                || standing.denyList() > question.question.denyList();
    }

    private long later(long now) {
        return now + random.nextLong(MIN_LATER_NANOS, MAX_LATER_NANOS);
    }

    private void answer(Parked question, Standing standing, List<Watch.Share> shares, boolean invites, Moment now) {
        SyncFrame news = question.lacks(standing) ? missing.apply(question.theirs) : SyncFrame.FINISHED;
        List<PeerAddress> named = List.of();
        if (!question.question.hold() || now.nanos() - question.deadline >= 0) {
            named = some(question.question.hold() ? PEERS_IN_PASSING : PEERS_AT_FIRST);
        }
        effects.answerWatch(
                question.exchange,
                new Watch.Reply(
                        standing.manifest(),
                        standing.entries(),
                        standing.denyList(),
                        now.epochMillis(),
                        news,
                        shares,
                        named,
                        invites));
    }

    private void answerInShort(Parked question, Standing standing) {
        effects.answerWatch(
                question.exchange,
                new Watch.Reply(
                        standing.manifest(),
                        standing.entries(),
                        standing.denyList(),
                        0,
                        SyncFrame.FINISHED,
                        List.of(),
                        List.of()));
    }

    private List<PeerAddress> some(int most) {
        List<PeerAddress> left = new ArrayList<>(peers.get());
        List<PeerAddress> chosen = new ArrayList<>();
        while (chosen.size() < most && !left.isEmpty()) {
            chosen.add(left.remove(random.nextInt(left.size())));
        }
        return chosen;
    }

    private List<Watch.Share> shares(Parked waiting, long now) {
        PeerId peer = waiting.asker.id;
        Watch.Question question = waiting.question;
        List<Watch.Share> shares = new ArrayList<>();
        int bytes = 0;
        for (Watch.Want want : question.wants()) {
            Watch.Share share = holdings.news(peer, want, question.takesMore(), now);
            if (share != null) {
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
