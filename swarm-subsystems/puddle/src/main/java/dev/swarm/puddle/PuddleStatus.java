package dev.swarm.puddle;

import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the identity of one user is on this machine. Immutable.
 *
 * @param user the user here
 * @param id the user everywhere
 * @param unlocked whether the key is in memory
 * @param pairing whether a pairing code is open
 * @param recovery whether a recovery key was made
 * @param name what the user wants to be called, or null
 * @param contested whether someone else wants to be called the same, so that the name resolves to nobody
 * @param devices the user's machines
 */
public record PuddleStatus(
        UserName user,
        UserId id,
        boolean unlocked,
        boolean pairing,
        boolean recovery,
        @Nullable String name,
        boolean contested,
        List<UserDevice> devices) {

    /** Keeps a copy. */
    public PuddleStatus {
        devices = List.copyOf(devices);
    }
}
