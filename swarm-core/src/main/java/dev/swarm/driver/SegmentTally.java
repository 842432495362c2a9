package dev.swarm.driver;

import java.util.concurrent.atomic.AtomicLong;

/** How many datagrams went out and came in on one segment since the node started. Safe for many threads. */
final class SegmentTally {

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong heardOwn = new AtomicLong();
    private final AtomicLong heardOthers = new AtomicLong();

    void sent() {
        sent.incrementAndGet();
    }

    /** A datagram of a member was heard, of this node itself or of another. */
    void heard(boolean own) {
        (own ? heardOwn : heardOthers).incrementAndGet();
    }

    long sentCount() {
        return sent.get();
    }

    long ownCount() {
        return heardOwn.get();
    }

    long othersCount() {
        return heardOthers.get();
    }
}
