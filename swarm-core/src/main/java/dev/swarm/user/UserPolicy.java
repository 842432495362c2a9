package dev.swarm.user;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For whom plugins may act on this machine: the second of two layers that have to say yes, after the node's gate. Implemented by
 * host applications. Asked at every cycle and by many threads; an answer may change at any time, and a user who is no longer
 * allowed has what a plugin holds for them scrubbed in the next cycle.
 */
@FunctionalInterface
public interface UserPolicy {

    /** Nobody: what holds unless the host says otherwise. */
    UserPolicy NOBODY = subsystem -> Map.of();

    /**
     * The users that a plugin may act for, each with their home directory, which need not exist.
     *
     * @param subsystem the plugin's name, as {@code lockbox}
     */
    Map<UserName, Path> allowed(String subsystem);

    /** The home directory of a user whom a plugin may act for; null if it may not. */
    default @Nullable Path home(String subsystem, UserName user) {
        return allowed(subsystem).get(user);
    }

    /** A policy that allows these users everything, for as long as the node runs. */
    static UserPolicy of(Map<UserName, Path> users) {
        Map<UserName, Path> copy = Map.copyOf(users);
        return subsystem -> copy;
    }
}
