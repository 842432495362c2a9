package dev.swarm.sim;

import java.io.IOException;
import java.util.random.RandomGenerator;

/** How one simulated node's disk is at present. Confined. */
final class NodeDisk {

    /** What every file system here has. */
    static final long TOTAL_BYTES = 2L << 30;

    /** One change of so many fails on a failing disk. */
    private static final int FAILS_ONE_IN = 4;

    private final RandomGenerator random;
    private final SightLog sights;
    private boolean full;
    private boolean failing;
    private boolean slow;
    private boolean everFailed;
    private boolean off;
    private long takenBytes;
    private long changesLeft = Long.MAX_VALUE;
    private Runnable crash = () -> {};

    NodeDisk(RandomGenerator random, SightLog sights) {
        this.random = random;
        this.sights = sights;
    }

    void fill(boolean isFull) {
        full = isFull;
    }

    void fail(boolean isFailing) {
        failing = isFailing;
        everFailed |= isFailing;
    }

    /** Whether it failed since this was asked last: a store may want a new start. */
    boolean takeFailed() {
        boolean failed = everFailed;
        everFailed = false;
        return failed;
    }

    void slowDown(boolean isSlow) {
        slow = isSlow;
    }

    boolean isSlow() {
        return slow;
    }

    /** Others take so many bytes of it. */
    void take(long bytes) {
        takenBytes = Math.max(0, bytes);
    }

    long takenBytes() {
        return takenBytes;
    }

    boolean isOff() {
        return off;
    }

    boolean isBad() {
        return full || failing;
    }

    /** The machine stops in the change after so many; {@code crash} has it stop for good. */
    void crashAfter(long changes, Runnable newCrash) {
        changesLeft = changes;
        crash = newCrash;
    }

    /** A process starts. */
    void powerOn() {
        off = false;
    }

    /** Nothing is wrong with it any more. */
    void mend() {
        full = false;
        failing = false;
        slow = false;
        takenBytes = 0;
        changesLeft = Long.MAX_VALUE;
    }

    /** Before every change. */
    void strike() throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
        if (changesLeft-- <= 0) {
            off = true;
            changesLeft = Long.MAX_VALUE;
            sights.saw(Sight.CRASH_IN_DISK_CHANGE);
            crash.run();
            throw new IOException("the power is off");
        }
        if (full) {
            sights.saw(Sight.DISK_FULL);
            throw new IOException("No space left on device");
        }
        if (failing && random.nextInt(FAILS_ONE_IN) == 0) {
            sights.saw(Sight.DISK_ERROR);
            throw new IOException("Input/output error");
        }
    }
}
