package dev.swarm.sim;

import java.util.Locale;
import java.util.stream.LongStream;

/**
 * How much a simulation does.
 *
 * <p>Set by {@code -Dswarm.simulation=}: {@code short} takes a few minutes in all, {@code full}, the default of the Maven profile
 * {@code simulation}, half an hour. Without either they do as much as fits an ordinary build. Stateless.
 */
public enum Simulation {
    /** In an ordinary build. */
    OFF,
    /** In a few minutes. */
    SHORT,
    /** As the documents tell. */
    FULL;

    /** The level of this run. */
    public static Simulation level() {
        String ordinary = System.getProperty("swarm.simulation.default", "off");
        return valueOf(System.getProperty("swarm.simulation", ordinary).toUpperCase(Locale.ROOT));
    }

    /** The amount for this run. */
    public static <T> T pick(T ordinary, T brief, T full) {
        return switch (level()) {
            case OFF -> ordinary;
            case SHORT -> brief;
            case FULL -> full;
        };
    }

    /**
     * The seeds of this run: from 0 as many as it is to have, or those that were asked for, one with {@code -Dswarm.seed=7}, many
     * with {@code -Dswarm.seeds=1000-2000}, the last not included.
     */
    public static LongStream seeds(int ordinary, int brief, int full) {
        Long one = Long.getLong("swarm.seed");
        String many = System.getProperty("swarm.seeds", "0-" + pick(ordinary, brief, full));
        String[] ends = many.split("-", 2);
        return one != null
                ? LongStream.of(one)
                : LongStream.range(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }
}
