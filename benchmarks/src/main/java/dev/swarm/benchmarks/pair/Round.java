package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.Usage;

/**
 * One transfer. Immutable.
 *
 * @param nanos how long the receiver took
 * @param sender what the sender took
 * @param receiver what the receiver took
 */
record Round(long nanos, Usage sender, Usage receiver) {

    long cpuNanos() {
        return sender.cpuNanos() + receiver.cpuNanos();
    }

    long pauseMicros() {
        return Math.max(sender.pauseMicros(), receiver.pauseMicros());
    }
}
