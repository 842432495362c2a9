package dev.swarm.crdt;

import java.util.List;
import java.util.Objects;

/**
 * Finds what two copies of a map disagree on, with traffic in proportion to the differences.
 *
 * <p>One side sends {@link #open}; each side then answers the claims it receives until an answer carries none. A
 * range whose fingerprints agree is done with; one that differs is split by the receiver's own elements and claimed
 * part by part, until it is small enough to list. Whoever receives a list knows every difference in that range and
 * says which elements to send and which to ask for. Source: Meyer, "Range-Based Set Reconciliation", 2022
 * (arXiv:2212.13567).
 *
 * <p>Each call depends on its claims and the index alone, so the index may change between calls; what a change hides
 * from one exchange the next one finds. An answer that would grow too large claims the rest of its work as one range,
 * which later rounds take up: an exchange of honest sides ends after about log8(n) messages, or with many
 * differences after some more. What a call does is bounded whatever the claims; how many messages a peer may spend
 * is for the caller to limit.
 *
 * <p>Confined to the thread of its index.
 */
public final class Reconciler {

    /**
     * Parts a differing range is split into. Of two maps of 100,000 elements with 100 differences, twice as many cost a fifth
     * more bytes and as many round trips; half as many save a fiftieth and take one round trip more.
     */
    public static final int BRANCH_FACTOR = 8;

    /**
     * Elements up to which a range is listed instead of split, and most elements a peer may list for one range. A
     * longer list costs more bytes than the summaries of its parts, a shorter one would leave parts of a split empty.
     */
    public static final int MAX_LIST = 16;

    /** Most claims in one message: with {@link #MAX_LISTED} it keeps any message below a mebibyte. */
    public static final int MAX_CLAIMS = 8192;

    /** Most elements listed in one message, half a mebibyte of them. */
    public static final int MAX_LISTED = 16_384;

    /** Most elements one answer names for sending: what a new member lacks of a large map comes in such portions. */
    public static final int MAX_TO_SEND = 16_384;

    private final ReconcileIndex index;

    /** Creates a reconciler over an index, which the caller keeps and may change between calls. */
    public Reconciler(ReconcileIndex index) {
        this.index = Objects.requireNonNull(index, "index");
    }

    /**
     * Returns the claims that open an exchange. Worth sending only if {@link ReconcileIndex#fingerprint} differs from
     * the peer's.
     */
    public List<RangeClaim> open() {
        AnswerDraft draft = new AnswerDraft(index);
        draft.claim(index.summarize(KeyRange.ALL));
        return draft.finish(KeyHash.MAX).claims();
    }

    /**
     * Answers the claims of a peer.
     *
     * @param claims at most {@link #MAX_CLAIMS}, with at most {@link #MAX_LISTED} elements, ascending and disjoint
     * @throws InvalidClaimException if they are not
     */
    public Answer answer(List<RangeClaim> claims) {
        check(claims);
        AnswerDraft draft = new AnswerDraft(index);
        for (RangeClaim claim : claims) {
            draft.answer(claim);
            if (draft.isFull()) {
                break;
            }
        }
        return draft.finish(
                claims.isEmpty()
                        ? KeyHash.MAX
                        : claims.get(claims.size() - 1).range().until());
    }

    static void check(List<RangeClaim> claims) {
        if (claims.size() > MAX_CLAIMS) {
            throw new InvalidClaimException("message of " + claims.size() + " claims, limit " + MAX_CLAIMS);
        }
        long listed = 0;
        KeyHash end = KeyHash.MIN;
        for (RangeClaim claim : claims) {
            if (claim.range().from().compareTo(end) < 0) {
                throw new InvalidClaimException(
                        "claim over " + claim.range() + " begins before " + end + ", where the claim before it ends");
            }
            end = claim.range().until();
            listed +=
                    claim instanceof RangeClaim.Listing listing ? listing.keys().size() : 0;
        }
        if (listed > MAX_LISTED) {
            throw new InvalidClaimException("message lists " + listed + " elements, limit " + MAX_LISTED);
        }
    }

    /**
     * What one side does about the other's claims. Immutable.
     *
     * @param claims claims to send back; empty once this side has nothing left to find out
     * @param toSend versions held here that the peer lacks or holds older, ascending by key
     * @param wanted versions the peer holds that are missing or older here, ascending by key. Versions with equal
     *     clocks and different content are in both lists: the merge decides between them
     */
    public record Answer(List<RangeClaim> claims, List<VersionedKey> toSend, List<VersionedKey> wanted) {

        /** Copies the lists. */
        public Answer {
            claims = List.copyOf(claims);
            toSend = List.copyOf(toSend);
            wanted = List.copyOf(wanted);
        }
    }
}
