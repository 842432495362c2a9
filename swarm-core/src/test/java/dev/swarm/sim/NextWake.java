package dev.swarm.sim;

/** When a simulated node acts next if nothing happens to it; of the wakes that were planned only the last counts. */
final class NextWake {

    private final VirtualTime time;
    private final Runnable wake;
    private long at = Long.MAX_VALUE;
    private long plans;

    NextWake(VirtualTime time, Runnable wake) {
        this.time = time;
        this.wake = wake;
    }

    void cancel() {
        at = Long.MAX_VALUE;
        plans++;
    }

    /** The node has acted and has to do so again by then. A wake that comes earlier stays. */
    void by(long moment) {
        if (moment < at || at <= time.now()) {
            at = moment;
            long plan = ++plans;
            if (moment < Long.MAX_VALUE) {
                time.at(moment, () -> {
                    if (plan == plans) {
                        wake.run();
                    }
                });
            }
        }
    }
}
