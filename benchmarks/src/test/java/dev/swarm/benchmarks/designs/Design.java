package dev.swarm.benchmarks.designs;

/** A way to bring what node 0 holds to all others. */
public interface Design {

    /** What it is called. */
    String name();

    /** Where it is described and what it was given. */
    String source();

    /** About how many microseconds of processor time each parcel takes to simulate. */
    default double microsPerParcel() {
        return 3;
    }

    /** Begins; what happens next follows from what arrives. */
    void start(Lines lines);
}
