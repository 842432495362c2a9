package dev.swarm.sim;

import java.util.Locale;

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
}
