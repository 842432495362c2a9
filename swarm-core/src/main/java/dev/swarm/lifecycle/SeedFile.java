package dev.swarm.lifecycle;

import org.jspecify.annotations.Nullable;

/**
 * A file in the seed directory, as a look at it tells. Immutable.
 *
 * @param name its name, which becomes the label
 * @param size its size in bytes; -1 if only the {@code .swarm} file is there
 * @param modifiedMillis when it was last changed, milliseconds since the epoch
 * @param terms the text of the {@code .swarm} file beside it, or null if there is none, or none that can be read
 * @param obstacle why the {@code .swarm} file cannot be read, to be put after its name; null if it can
 */
public record SeedFile(
        String name,
        long size,
        long modifiedMillis,
        @Nullable String terms,
        @Nullable String obstacle) {

    /** A file whose {@code .swarm} was read, or is not there. */
    public SeedFile(String name, long size, long modifiedMillis, @Nullable String terms) {
        this(name, size, modifiedMillis, terms, null);
    }
}
