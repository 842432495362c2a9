package dev.swarm.benchmarks.rig;

/**
 * What a process took for one transfer. Immutable.
 *
 * @param cpuNanos processor time of all its threads, the JVM's own included
 * @param allocatedBytes what its Java threads allocated on the heap
 * @param pauseMicros its longest garbage collection pause
 * @param peakRssBytes the most memory it had resident
 * @param connections TCP connections to the sender that were open at the end; 0 for the receiver
 */
public record Usage(long cpuNanos, long allocatedBytes, long pauseMicros, long peakRssBytes, int connections) {

    /** One line, for {@link #parse}. */
    public String encode() {
        return cpuNanos + " " + allocatedBytes + " " + pauseMicros + " " + peakRssBytes + " " + connections;
    }

    /** Reads what {@link #encode} wrote. */
    public static Usage parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Usage(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Integer.parseInt(parts[4]));
    }
}
