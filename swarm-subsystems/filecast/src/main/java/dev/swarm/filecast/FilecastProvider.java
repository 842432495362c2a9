package dev.swarm.filecast;

import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemProvider;

/** Makes {@link Filecast} for a node that finds it by {@link java.util.ServiceLoader}. */
public final class FilecastProvider implements SubsystemProvider {

    /** For the service loader. */
    public FilecastProvider() {}

    @Override
    public String name() {
        return Filecast.NAME;
    }

    @Override
    public Subsystem create() {
        return new Filecast();
    }
}
