package dev.swarm.node;

/**
 * When a peer may be asked again after an answer. Pure and confined.
 *
 * <p>Whoever holds questions back answers when there is news, and so sets the pace itself. Who answers at once, on purpose or for want of
 * patience, would else be asked without a pause.
 */
final class AskPace {

    /** After an answer without news the next question is so much later than the last: a peer may hold them for half a minute. */
    static final long WITHOUT_NEWS_NANOS = 1_000_000_000L;

    /** Questions in a row and a second: twice what a peer with news every few milliseconds, who tells some of many each time, has. */
    private static final int PER_SECOND = 200;

    private final TokenBucket questions = new TokenBucket(PER_SECOND, PER_SECOND);
    private long askedAt = Long.MIN_VALUE / 2;
    private long askAt = Long.MIN_VALUE;

    void asked(long now) {
        askedAt = now;
        questions.draw(1, now);
    }

    void answered(boolean withNews, long now) {
        long rested = questions.whenHolds(1, now);
        askAt = withNews ? rested : Math.max(rested, askedAt + WITHOUT_NEWS_NANOS);
    }

    /** When the last question was asked. */
    long askedAt() {
        return askedAt;
    }

    /** The first moment at which the peer may be asked. */
    long askAt() {
        return askAt;
    }
}
