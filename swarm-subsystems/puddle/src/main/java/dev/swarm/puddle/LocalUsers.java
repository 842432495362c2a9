package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.user.UserId;
import dev.swarm.user.UserIdentities;
import dev.swarm.user.UserIdentity;
import dev.swarm.user.UserName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users of this machine who have an identity and whom the policy allows it. Safe for many threads. */
final class LocalUsers implements UserIdentities {

    private static final Logger log = LoggerFactory.getLogger(LocalUsers.class);

    private final Map<UserName, PuddleUser> users = new ConcurrentSkipListMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    LocalUsers() {}

    @Override
    public List<UserIdentity> identities() {
        return List.copyOf(users.values());
    }

    @Override
    public @Nullable PuddleUser of(UserName user) {
        return users.get(user);
    }

    @Override
    public @Nullable UserIdentity of(UserId id) {
        return users.values().stream()
                .filter(user -> user.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Runnable onChange(Runnable listener) {
        // A wrapper of its own, so that a listener that was added twice ends once.
        Runnable entry = () -> listener.run();
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    boolean has(UserId id) {
        return of(id) != null;
    }

    List<PuddleUser> all() {
        return List.copyOf(users.values());
    }

    /**
     * The identity of a user.
     *
     * @throws SwarmException with reason NOT_FOUND if there is none
     */
    PuddleUser require(UserName user) {
        PuddleUser known = users.get(user);
        if (known == null) {
            throw new SwarmException(
                    Reason.NOT_FOUND,
                    user + " has no identity on this machine; make one with 'init', or take yours over with 'join'");
        }
        return known;
    }

    void add(PuddleUser user) {
        users.put(user.user(), user);
    }

    /** Takes a user out and wipes their session; whether there was one. */
    boolean remove(UserName user) {
        PuddleUser gone = users.remove(user);
        if (gone != null) {
            gone.session().close();
        }
        return gone != null;
    }

    /** Calls the listeners; for one thread at a time. */
    void tell() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.warn("a listener of identities failed", e);
            }
        }
    }
}
