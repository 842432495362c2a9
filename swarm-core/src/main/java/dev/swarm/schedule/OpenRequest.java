package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;

/** A run of leaves that a source was asked for. Confined. */
final class OpenRequest {

    private final long number;
    private final Source source;
    private final int first;
    private final int end;
    private final boolean again;
    private final long sentAt;
    private long owedBytes;

    /**
     * A request that was just sent.
     *
     * @param number its own, higher than that of every request before
     * @param again whether its leaves are under way from elsewhere as well
     */
    OpenRequest(long number, Source source, int first, int end, boolean again, long sentAt, long owedBytes) {
        this.number = number;
        this.source = source;
        this.first = first;
        this.end = end;
        this.again = again;
        this.sentAt = sentAt;
        this.owedBytes = owedBytes;
    }

    long number() {
        return number;
    }

    Source source() {
        return source;
    }

    int first() {
        return first;
    }

    int end() {
        return end;
    }

    boolean again() {
        return again;
    }

    long sentAt() {
        return sentAt;
    }

    /** Whether everything that it is for is here. */
    boolean isUseless(LeafSet held) {
        return held.containsRange(first, end);
    }

    /** So many bytes, or what is owed if that is less, are owed no more; how many these were. */
    long settle(long bytes) {
        long settled = Math.min(bytes, owedBytes);
        owedBytes -= settled;
        return settled;
    }
}
