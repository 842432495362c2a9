package dev.swarm.crdt;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer being put together within the bounds of one message.
 *
 * <p>Work goes from low keys to high. When a bound is reached the draft is full, and everything from that key on
 * becomes one closing claim.
 */
final class AnswerDraft {

    private final ReconcileIndex index;
    private final List<RangeClaim> claims = new ArrayList<>();
    private final List<VersionedKey> toSend = new ArrayList<>();
    private final List<VersionedKey> wanted = new ArrayList<>();
    private int listed;
    private @Nullable KeyHash stoppedAt;

    AnswerDraft(ReconcileIndex index) {
        this.index = index;
    }

    boolean isFull() {
        return stoppedAt != null;
    }

    /** Works through one claim of the peer, or stops within it. */
    void answer(RangeClaim claim) {
        if (claim instanceof RangeClaim.Listing listing) {
            compare(listing.range(), listing.keys());
        } else if (claim instanceof RangeClaim.Summary theirs) {
            answer(theirs);
        } else {
            throw new AssertionError(claim);
        }
    }

    private void answer(RangeClaim.Summary theirs) {
        RangeClaim.Summary mine = index.summarize(theirs.range());
        if (mine.equals(theirs)) {
            return;
        }
        if (theirs.count() == 0) {
            compare(theirs.range(), List.of());
        } else {
            claim(mine);
        }
    }

    /** Claims a range in detail: element by element if there are few, part by part otherwise. */
    void claim(RangeClaim.Summary mine) {
        if (mine.count() <= Reconciler.MAX_LIST) {
            list(mine);
        } else if (claims.size() + Reconciler.BRANCH_FACTOR < Reconciler.MAX_CLAIMS) {
            split(mine);
        } else {
            stoppedAt = mine.range().from();
        }
    }

    /** Closes the draft; {@code end} is where the last claim of the peer ended. */
    Reconciler.Answer finish(KeyHash end) {
        if (stoppedAt != null) {
            claims.add(index.summarize(new KeyRange(stoppedAt, end)));
        }
        return new Reconciler.Answer(claims, toSend, wanted);
    }

    private void list(RangeClaim.Summary mine) {
        List<VersionedKey> elements = index.list(mine.range(), Reconciler.MAX_LIST);
        if (listed + elements.size() > Reconciler.MAX_LISTED || claims.size() + 1 >= Reconciler.MAX_CLAIMS) {
            stoppedAt = mine.range().from();
            return;
        }
        listed += elements.size();
        claims.add(new RangeClaim.Listing(mine.range(), elements));
    }

    private void split(RangeClaim.Summary mine) {
        int first = index.rank(mine.range().from());
        KeyHash from = mine.range().from();
        for (int part = 1; part <= Reconciler.BRANCH_FACTOR; part++) {
            int rank = first + Math.toIntExact(part * mine.count() / Reconciler.BRANCH_FACTOR);
            KeyHash until = part == Reconciler.BRANCH_FACTOR ? mine.range().until() : boundBefore(rank);
            claims.add(index.summarize(new KeyRange(from, until)));
            from = until;
        }
    }

    private KeyHash boundBefore(int rank) {
        return KeyHash.shortestBound(
                index.select(rank - 1).key(), index.select(rank).key());
    }

    private void compare(KeyRange range, List<VersionedKey> theirs) {
        int limit = Reconciler.MAX_TO_SEND - toSend.size() + theirs.size() + 1;
        List<VersionedKey> mine = index.list(range, limit);
        int m = 0;
        int t = 0;
        while (!isFull() && (m < mine.size() || t < theirs.size())) {
            int side = compareHeads(mine, m, theirs, t);
            if (side <= 0 && toSend.size() == Reconciler.MAX_TO_SEND) {
                stoppedAt = mine.get(m).key();
            } else if (side < 0) {
                toSend.add(mine.get(m++));
            } else if (side > 0) {
                wanted.add(theirs.get(t++));
            } else {
                compareVersions(mine.get(m++), theirs.get(t++));
            }
        }
    }

    private static int compareHeads(List<VersionedKey> mine, int m, List<VersionedKey> theirs, int t) {
        if (m == mine.size()) {
            return 1;
        }
        return t == theirs.size()
                ? -1
                : mine.get(m).key().compareTo(theirs.get(t).key());
    }

    private void compareVersions(VersionedKey mine, VersionedKey theirs) {
        if (mine.equals(theirs)) {
            return;
        }
        int byClock = mine.clock().compareTo(theirs.clock());
        if (byClock >= 0) {
            toSend.add(mine);
        }
        if (byClock <= 0) {
            wanted.add(theirs);
        }
    }
}
