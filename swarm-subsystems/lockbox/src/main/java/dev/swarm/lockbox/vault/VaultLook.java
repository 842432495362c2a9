package dev.swarm.lockbox.vault;

import java.util.Set;

/**
 * How much of a vault to look at.
 *
 * @param everything whether at all of it
 * @param paths else at these alone, with all that is below them; the empty path is the vault
 */
public record VaultLook(boolean everything, Set<String> paths) {

    /** At all of it. */
    public static final VaultLook EVERYTHING = new VaultLook(true, Set.of());

    /** Keeps a copy. */
    public VaultLook {
        paths = Set.copyOf(paths);
    }

    /** At some of it, or at all of it if the vault itself is among the paths. */
    public static VaultLook at(Set<String> paths) {
        return paths.contains("") ? EVERYTHING : new VaultLook(false, paths);
    }
}
