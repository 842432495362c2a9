package dev.swarm.puddle;

import dev.swarm.SystemAdapters;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemProvider;

/** Makes {@link Puddle} for a node that finds it by {@link java.util.ServiceLoader}. */
public final class PuddleProvider implements SubsystemProvider {

    /** For the service loader. */
    public PuddleProvider() {}

    @Override
    public String name() {
        return Puddle.NAME;
    }

    @Override
    public Subsystem create() {
        return new Puddle(SystemAdapters.randomness(), Argon2Cost.DEFAULT, Puddle.DEFAULT_IDLE);
    }
}
