package dev.swarm.transport.nio;

/** Tells one connection how much it may read now under a shared limit. Confined to its loop. */
final class ReadPace {

    private final RateLimit limit;
    private int version;
    private boolean reserved;
    private long readableAt;
    private int allowance;

    ReadPace(RateLimit limit) {
        this.limit = limit;
        this.version = limit.version();
    }

    /** Bytes that may be read now; 0 if none before {@link #readableAt}. */
    int allowance(long now) {
        if (!limit.isLimited()) {
            return Integer.MAX_VALUE;
        }
        if (version != limit.version()) {
            version = limit.version();
            reserved = false;
            allowance = 0;
        }
        if (allowance > 0) {
            return allowance;
        }
        int bytes = limit.reservedBytes();
        if (!reserved) {
            readableAt = limit.reserve(now, bytes);
            reserved = true;
        }
        if (now - readableAt < 0) {
            return 0;
        }
        reserved = false;
        allowance = bytes;
        return bytes;
    }

    /** When the reservation that is waited for comes up. */
    long readableAt() {
        return readableAt;
    }

    /** Takes note of what was read. */
    void read(int bytes) {
        allowance = Math.max(0, allowance - bytes);
    }
}
