package dev.swarm.examples.control;

/** Who asks a node over its control socket. For the thread that answers. */
@FunctionalInterface
public interface Caller {

    /** Whether nobody waits for the answer any more, as after an interrupt. Asks the operating system, and does not block. */
    boolean isGone();
}
