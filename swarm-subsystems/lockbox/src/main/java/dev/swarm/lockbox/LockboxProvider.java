package dev.swarm.lockbox;

import dev.swarm.SystemAdapters;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemProvider;

/** Makes {@link Lockbox} for a node that finds it by {@link java.util.ServiceLoader}. */
public final class LockboxProvider implements SubsystemProvider {

    /** For the service loader. */
    public LockboxProvider() {}

    @Override
    public String name() {
        return Lockbox.NAME;
    }

    @Override
    public Subsystem create() {
        return new Lockbox(SystemAdapters.randomness());
    }
}
