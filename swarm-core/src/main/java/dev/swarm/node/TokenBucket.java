package dev.swarm.node;

/**
 * An allowance that refills at a steady rate and starts full. Pure and confined. What was spent without asking may overdraw it, by
 * as much as it holds at most.
 */
final class TokenBucket {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double capacity;
    private final double perNano;
    private double level;
    private long levelAt;

    TokenBucket(double capacity, double perSecond) {
        this.capacity = capacity;
        this.perNano = perSecond / NANOS_PER_SECOND;
        this.level = capacity;
    }

    boolean holds(double tokens, long now) {
        refill(now);
        return level >= tokens;
    }

    boolean tryDraw(double tokens, long now) {
        if (!holds(tokens, now)) {
            return false;
        }
        level -= tokens;
        return true;
    }

    /** Takes note of what was spent anyway. */
    void draw(double tokens, long now) {
        refill(now);
        level = Math.max(-capacity, level - tokens);
    }

    /** The first moment at which it holds so much, if nothing is spent meanwhile. */
    long whenHolds(double tokens, long now) {
        return holds(tokens, now) ? now : now + 1 + (long) ((tokens - level) / perNano);
    }

    private void refill(long now) {
        if (now > levelAt) {
            level = Math.min(capacity, level + (now - levelAt) * perNano);
            levelAt = now;
        }
    }
}
