package dev.swarm.user;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The identities of this machine's users. A plugin offers it to others with
 * {@link dev.swarm.subsystem.SubsystemContext#offer}. Safe for many threads.
 */
public interface UserIdentities {

    /** Users who have an identity here and whom the policy allows it. */
    List<UserIdentity> identities();

    /** The identity of a user of this machine, or null. */
    @Nullable
    UserIdentity of(UserName user);

    /** The identity that has this id, if its user is one of this machine's; else null. */
    @Nullable
    UserIdentity of(UserId id);

    /**
     * Calls {@code listener} after an identity was made, unlocked, locked or removed, or its devices changed. On some thread, one
     * call at a time; it is not to block.
     *
     * @return ends the calls
     */
    Runnable onChange(Runnable listener);
}
