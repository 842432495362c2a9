package dev.swarm.transport.nio;

/**
 * A moment at which its event loop does something, which may be put off or called off at any time.
 *
 * <p>Putting it off costs an assignment: the loop looks again when the old moment comes. Confined to its loop.
 */
final class Deadline implements Comparable<Deadline> {

    private final Runnable action;

    private long at;
    private long queuedFor;
    private boolean armed;
    private boolean queued;

    Deadline(Runnable action) {
        this.action = action;
    }

    /** Sets the moment; answers whether the loop has to queue it anew because it came nearer. */
    boolean set(long nanoTime) {
        at = nanoTime;
        armed = true;
        return !queued || at - queuedFor < 0;
    }

    void cancel() {
        armed = false;
    }

    boolean isQueued() {
        return queued;
    }

    void enterQueue() {
        queued = true;
        queuedFor = at;
    }

    void leaveQueue() {
        queued = false;
    }

    boolean isArmed() {
        return armed;
    }

    boolean isDue(long now) {
        return armed && now - at >= 0;
    }

    long queuedFor() {
        return queuedFor;
    }

    void run() {
        armed = false;
        action.run();
    }

    @Override
    public int compareTo(Deadline other) {
        return Long.compare(queuedFor - other.queuedFor, 0);
    }

    // Order by time says nothing about identity, and the queue removes by identity.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
