package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.examples.control.SessionServer;
import dev.swarm.examples.control.SessionVerb;
import dev.swarm.examples.control.UnixSockets;
import dev.swarm.lockbox.Lockbox;
import dev.swarm.puddle.Puddle;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session socket for each user whom a node acts for, while puddle is open; looked after every two seconds. */
final class SessionSockets implements AutoCloseable {

    static final String NAME = "session.sock";

    private static final Logger log = LoggerFactory.getLogger(SessionSockets.class);

    private static final long LOOK_MILLIS = 2_000;
    private static final long FIRST_LOOKS_MILLIS = 20;
    private static final long PATIENCE_SECONDS = 5;

    private final SwarmNode node;
    private final NodeUsers users;
    private final CountDownLatch settled = new CountDownLatch(1);

    // Both guarded by servers.
    private final Map<UserName, SessionServer> servers = new HashMap<>();

    private boolean closed;

    /** Why there is no socket, so that it is told once. Confined to the sockets' thread. */
    private final Map<UserName, String> failures = new HashMap<>();

    SessionSockets(SwarmNode node, NodeUsers users) {
        this.node = node;
        this.users = users;
    }

    /** Opens the sockets of the users of the present, and closes those of others; returns when to look again, in milliseconds. */
    long look(UnixSockets sockets) {
        try {
            follow(sockets);
        } catch (RuntimeException e) {
            log.warn("looking after the session sockets failed", e);
        }
        return settled.getCount() > 0 ? FIRST_LOOKS_MILLIS : LOOK_MILLIS;
    }

    /** Waits until the sockets of the users of the present are open; one that cannot be is named in the log. */
    void await() {
        try {
            if (!settled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("the session sockets are not open yet; puddle takes long to start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(UnixSockets sockets) {
        Puddle puddle = node.subsystem(Puddle.class);
        Set<UserName> wanted = puddle == null ? Set.of() : users.all().keySet();
        boolean starting = false;
        synchronized (servers) {
            servers.entrySet().removeIf(each -> {
                boolean gone = !wanted.contains(each.getKey());
                if (gone) {
                    close(each.getKey(), each.getValue());
                }
                return gone;
            });
            for (UserName user : wanted) {
                if (!closed && !servers.containsKey(user) && puddle != null) {
                    starting |= !open(sockets, puddle, user);
                }
            }
        }
        if (!starting) {
            settled.countDown();
        }
    }

    /** Opens a socket; false if puddle has not started yet. */
    private boolean open(UnixSockets sockets, Puddle puddle, UserName user) {
        try {
            servers.put(user, new SessionServer(sockets, puddle.directory(user).resolve(NAME), verbs(user)));
            failures.remove(user);
        } catch (IOException | SwarmException e) {
            if (e instanceof SwarmException refusal && refusal.reason() == SwarmException.Reason.CLOSED) {
                return false;
            }
            String why = String.valueOf(e.getMessage());
            if (!why.equals(failures.put(user, why))) {
                log.warn("no session socket for {}: {}", user, why);
            }
        }
        return true;
    }

    private Map<String, SessionVerb> verbs(UserName user) {
        return Map.of(
                Puddle.NAME,
                (request, secret, content) -> PuddleVerbs.run(node, user, request, secret),
                Lockbox.NAME,
                (request, secret, content) -> LockboxVerbs.run(node, user, request, content));
    }

    private static void close(UserName user, SessionServer server) {
        try {
            server.close();
        } catch (IOException e) {
            log.warn("the session socket of {} did not close: {}", user, e.toString());
        }
    }

    @Override
    public void close() {
        synchronized (servers) {
            closed = true;
            servers.forEach(SessionSockets::close);
            servers.clear();
        }
    }
}
