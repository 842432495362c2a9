package dev.swarm.node;

/**
 * A point in time on both clocks. Immutable.
 *
 * @param nanos monotonic nanoseconds since the node started, for timeouts and rates; at least 0
 * @param epochMillis wall clock, for what other nodes see
 */
public record Moment(long nanos, long epochMillis) {}
