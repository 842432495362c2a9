package dev.swarm.subsystem;

/** Makes a subsystem. Found by {@link java.util.ServiceLoader}; implemented by plugins, with a public constructor. */
public interface SubsystemProvider {

    /** The subsystem's name: its gate, its channel in the manifest, its directory. {@code [a-z0-9-]{1,32}}. */
    String name();

    /** A new subsystem for one node. Opens nothing yet. */
    Subsystem create();
}
