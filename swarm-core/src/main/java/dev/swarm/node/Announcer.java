package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.Announcement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a node speaks on one segment, so that the segment carries about the same however many nodes share it. Pure and
 * confined.
 *
 * <p>Regular announcements keep the interval of RFC 3550 section 6.3: it grows with the number of nodes heard, and is drawn anew
 * when it is over ("timer reconsideration"), so that nodes which start in one moment do not speak in one moment. What others can
 * say as well, a greeting or news from elsewhere, waits for a random moment and is left out if enough of them were quicker
 * (RFC 6206 section 4.2) or if the segment is busy. What no other can say, this node's own news, goes out at once, within an
 * allowance.
 */
final class Announcer {

    /** What regular announcements of all nodes may take on a segment. Half of what a segment is to carry when nothing happens. */
    static final int REGULAR_BYTES_PER_SECOND = 1_000;

    /** What a segment is to carry over time, and how far it may be exceeded for a moment: 200 newcomers at once. */
    static final int BYTES_PER_SECOND = 2_000;

    static final int BURST_BYTES = 40_000;

    /** A newcomer speaks within this: two that start together hear each other, and finding a peer takes no longer. */
    static final long START_NANOS = 40_000_000L;

    /** Announcements of a newcomer, should one or two be lost; the second follows after this, the third after four times this. */
    private static final int STARTS = 3;

    private static final long RESTART_NANOS = 100_000_000L;

    /** Window in which something is said that others can say as well: so long for each node, that few speak at once. */
    private static final long OFFER_NANOS_PER_NODE = 5_000_000L;

    private static final long MIN_OFFER_NANOS = 20_000_000L;

    /** More wishes to speak than this are forgotten: the announcement that serves one serves all of them. */
    private static final int MAX_OFFERS = 16;

    /** Shortest time between two announcements of own news; what comes within it travels together. */
    private static final long NEWS_GAP_NANOS = 100_000_000L;

    /** Own news: so many announcements at once, then one a second. */
    private static final int NEWS_BURST = 10;

    /** Intervals after which a node that was not heard is gone, RFC 3550 section 6.3.5. */
    private static final int PATIENCE = 5;

    /** Reconsideration shortens intervals on average by this factor, e - 3/2, RFC 3550 section 6.3.1. */
    private static final double COMPENSATION = 1.21828;

    /** Holdings that are listed in any case, and what one takes; without any, a packet trace tells an operator nothing. */
    private static final int MIN_HOLDINGS = 3;

    private static final int HOLDING_BYTES = 77;

    /** Holdings beside which a datagram has no room for more. */
    private static final int MAX_HOLDINGS = 15;

    private static final double NANOS_PER_SECOND = 1e9;

    private final long cycleNanos;
    private final RandomGenerator random;
    private final Crowd crowd = new Crowd();
    private final Hearsay hearsay = new Hearsay();
    private final TokenBucket segment = new TokenBucket(BURST_BYTES, BYTES_PER_SECOND);
    private final TokenBucket allowance = new TokenBucket(NEWS_BURST, 1);
    private final List<Offer> offers = new ArrayList<>();
    private final Set<BlobId> fresh = new LinkedHashSet<>();
    private long interval;
    private long lastAt;
    private long regularAt;
    private long startAt;
    private long newsAt = Long.MAX_VALUE;
    private int starts;
    private int rotation;

    /** What there is here of blobs. */
    interface Holdings {

        /** What is here of a blob; null if there is nothing to be said of it. */
        Announcement.@Nullable Holding of(BlobId blob);

        /** What is here of every blob. Takes time for each. */
        List<Announcement.Holding> all();
    }

    /** A wish to say something that others can say as well. */
    private record Offer(Object topic, long at) {}

    /** The topic of having greeted a newcomer. */
    private record Newcomer(long announcer) {}

    /** The topic of the manifest's state, whatever it is by then. */
    private enum Topic {
        MANIFEST
    }

    Announcer(long cycleNanos, RandomGenerator random, long now) {
        this.cycleNanos = cycleNanos;
        this.random = random;
        this.interval = cycleNanos;
        this.lastAt = now;
        this.regularAt = now + drawInterval(now);
        this.startAt = now + random.nextLong(START_NANOS);
    }

    /** A datagram of another node, {@code bytes} long; only what a {@code member} of this fleet says is news. */
    void heard(Announcement said, int bytes, boolean member, long now) {
        long announcer = ((long) said.fleet().hashCode() << Integer.SIZE)
                | Integer.toUnsignedLong(said.host().hashCode());
        crowd.heard(announcer, bytes, now);
        segment.draw(bytes + Crowd.HEADER_BYTES, now);
        if (!member) {
            return;
        }
        if (said.manifest() != null) {
            hearsay.said(said.manifest(), announcer);
        }
        for (Announcement.Holding holding : said.holdings()) {
            if (holding.isComplete()) {
                hearsay.said(holding.blob(), announcer);
            }
        }
        for (Offer offer : offers) {
            if (offer.topic() instanceof Newcomer newcomer && newcomer.announcer() != announcer) {
                hearsay.said(newcomer, announcer);
            }
        }
        if (said.seeking() && starts > 0) {
            Newcomer newcomer = new Newcomer(announcer);
            hearsay.forget(newcomer);
            offer(newcomer, now);
        }
    }

    /** This node changed the manifest. */
    void published(BlobId blob, long now) {
        listFirst(blob);
        newsAt = Math.min(newsAt, Math.max(now, starts > 0 ? lastAt + NEWS_GAP_NANOS : now));
    }

    /** The manifest changed by what another node said. */
    void learned(long now) {
        offer(Topic.MANIFEST, now);
    }

    /** A blob became complete here. */
    void completed(BlobId blob, long now) {
        listFirst(blob);
        offer(blob, now);
    }

    /** Whether to speak now; {@code manifest} is this node's digest. If so, {@link #spoke} has to follow. */
    boolean isDue(long now, String manifest) {
        return newsDue(now) || startDue(now) || offersDue(now, manifest) || regularDue(now);
    }

    /** Whether nobody was heard of late. */
    boolean isSeeking(long now) {
        return crowd.size(now, PATIENCE * interval) == 1;
    }

    /**
     * The holdings that the next announcement lists: fresh ones, then others in turn. The very first lists fresh ones only: when
     * a whole fleet starts, nobody knows of the others yet.
     */
    List<Announcement.Holding> select(Holdings holdings, long now) {
        List<Announcement.Holding> news = new ArrayList<>();
        for (BlobId blob : fresh) {
            Announcement.Holding holding = holdings.of(blob);
            if (holding != null) {
                news.add(holding);
            }
        }
        int most = starts == 0 ? 0 : holdingsPerAnnouncement(now);
        if (most <= news.size()) {
            return news;
        }
        List<Announcement.Holding> rest = new ArrayList<>(holdings.all());
        rest.removeIf(holding -> fresh.contains(holding.blob()));
        int others = Math.min(rest.size(), most - news.size());
        if (others > 0) {
            Collections.rotate(rest, -(rotation % rest.size()));
            rotation = (rotation % rest.size()) + others;
            news.addAll(rest.subList(0, others));
        }
        return news;
    }

    /** As many as fit this node's share of what regular announcements may take, if it speaks once a cycle. */
    private int holdingsPerAnnouncement(long now) {
        double share = REGULAR_BYTES_PER_SECOND / NANOS_PER_SECOND * cycleNanos / crowd.size(now, PATIENCE * interval);
        return (int) Math.min(MAX_HOLDINGS, Math.max(MIN_HOLDINGS, share / HOLDING_BYTES));
    }

    /** The node spoke, {@code bytes} of it. */
    void spoke(int bytes, long now) {
        crowd.spoke(bytes);
        segment.draw(bytes + Crowd.HEADER_BYTES, now);
        offers.clear();
        fresh.clear();
        newsAt = Long.MAX_VALUE;
        if (starts < STARTS) {
            long gap = RESTART_NANOS << (2 * starts);
            starts++;
            startAt = starts < STARTS ? now + gap + random.nextLong(gap) : Long.MAX_VALUE;
        }
        lastAt = now;
        regularAt = now + drawInterval(now);
    }

    long wakeAt() {
        long wake = Math.min(Math.min(newsAt, startAt), regularAt);
        for (Offer offer : offers) {
            wake = Math.min(wake, offer.at());
        }
        return wake;
    }

    private void listFirst(BlobId blob) {
        if (fresh.size() < MAX_HOLDINGS) {
            fresh.add(blob);
        }
    }

    private void offer(Object topic, long now) {
        boolean firstIsToCome = starts == 0;
        if (firstIsToCome
                || offers.size() >= MAX_OFFERS
                || offers.stream().anyMatch(offer -> offer.topic().equals(topic))) {
            return;
        }
        long window = Math.max(MIN_OFFER_NANOS, OFFER_NANOS_PER_NODE * crowd.size(now, PATIENCE * interval));
        offers.add(new Offer(topic, now + random.nextLong(window)));
    }

    private boolean newsDue(long now) {
        if (now < newsAt) {
            return false;
        }
        if (allowance.tryDraw(1, now)) {
            return true;
        }
        newsAt = allowance.whenHolds(1, now);
        return false;
    }

    private boolean startDue(long now) {
        if (now < startAt) {
            return false;
        }
        if (segment.holds(crowd.meanBytes(), now)) {
            return true;
        }
        // Many started at once and those that were quicker were heard: the regular announcement has to do.
        starts = STARTS;
        startAt = Long.MAX_VALUE;
        regularAt = Math.min(regularAt, now + drawInterval(now));
        return false;
    }

    private boolean offersDue(long now, String manifest) {
        boolean due = false;
        Iterator<Offer> all = offers.iterator();
        while (all.hasNext()) {
            Offer offer = all.next();
            if (now >= offer.at()) {
                all.remove();
                Object topic = offer.topic() == Topic.MANIFEST ? manifest : offer.topic();
                due |= !hearsay.isEnough(topic);
            }
        }
        return due && segment.holds(crowd.meanBytes(), now);
    }

    private boolean regularDue(long now) {
        if (now < regularAt) {
            return false;
        }
        regularAt = lastAt + drawInterval(now);
        return now >= regularAt;
    }

    private long drawInterval(long now) {
        int nodes = crowd.size(now, PATIENCE * interval);
        double share = nodes * crowd.meanBytes() / REGULAR_BYTES_PER_SECOND * NANOS_PER_SECOND;
        interval = Math.max(cycleNanos, (long) share);
        return (long) ((0.5 + random.nextDouble()) / COMPENSATION * interval);
    }
}
