package dev.swarm.examples.cli;

import dev.swarm.examples.config.NodeFile;
import dev.swarm.user.UserName;
import dev.swarm.user.UserPolicy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * For whom a node acts: those named by flags; else those that the configuration file names, as it changes; else the person who
 * runs it. Safe for many threads.
 */
final class NodeUsers implements UserPolicy {

    private final boolean given;
    private volatile Map<UserName, Path> allowed;

    /**
     * As the flags say.
     *
     * @param flags homes by name; empty if there were none
     */
    NodeUsers(Map<String, Path> flags) {
        this.given = !flags.isEmpty();
        this.allowed = given ? named(flags) : runner();
    }

    /** Takes over what a file says. */
    void follow(@Nullable NodeFile file) {
        Map<String, Path> users = file == null ? null : file.users();
        if (!given) {
            allowed = users == null ? runner() : named(users);
        }
    }

    @Override
    public Map<UserName, Path> allowed(String subsystem) {
        return allowed;
    }

    Map<UserName, Path> all() {
        return allowed;
    }

    private static Map<UserName, Path> named(Map<String, Path> homes) {
        Map<UserName, Path> users = new LinkedHashMap<>();
        homes.forEach((name, home) -> {
            if (!home.isAbsolute()) {
                throw new IllegalArgumentException(
                        "home of user " + name + " is '" + home + "'; write an absolute path, as --user ann=/home/ann");
            }
            users.put(Given.read("--user", name, UserName::new), home.normalize());
        });
        return Map.copyOf(users);
    }

    /** The person who runs this process. A name that no path can have is nobody's. */
    private static Map<UserName, Path> runner() {
        try {
            return Map.of(new UserName(System.getProperty("user.name")), home());
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    static Path home() {
        String home = System.getenv("HOME");
        return Path.of(home == null || home.isEmpty() ? Objects.requireNonNull(System.getProperty("user.home")) : home)
                .toAbsolutePath()
                .normalize();
    }
}
