package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.SwarmNode;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.puddle.Founding;
import dev.swarm.puddle.Puddle;
import dev.swarm.puddle.PuddleStatus;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a running node does with the identity of the user at the other end of a session socket. */
final class PuddleVerbs {

    private PuddleVerbs() {}

    /** Does what the member {@code what} of a request says. */
    static Map<String, @Nullable Object> run(
            SwarmNode node, UserName user, Map<String, @Nullable Object> request, char[] secret) {
        Puddle puddle = puddle(node);
        switch (string(request, "what")) {
            case "init" -> {
                return init(puddle, user, request, secret);
            }
            case "pair" -> {
                return pair(node, user);
            }
            case "join" -> {
                return join(puddle, user, request);
            }
            case "resolve" -> {
                return id(user, puddle.resolve(string(request, "name")));
            }
            case "leave" -> {
                puddle.leave(user);
                return new LinkedHashMap<>();
            }
            case "status" -> {}
            case "unlock" -> puddle.unlock(user, secret);
            case "lock" -> puddle.lock(user);
            case "recover" -> recover(puddle, user, secret);
            case "name" -> puddle.name(user, string(request, "name"));
            case "evict" -> puddle.evict(user, new PeerId(string(request, "host")));
            default ->
                throw new IllegalArgumentException(
                        "the node does not know 'puddle " + request.get("what") + "'; is it of another version?");
        }
        return status(puddle.status(user), node.id());
    }

    /** Takes a machine out in the fleet's name, for the operator of the node. */
    static Map<String, @Nullable Object> evictAsOperator(SwarmNode node, Map<String, @Nullable Object> request) {
        puddle(node).evictAsOperator(new UserId(string(request, "user")), new PeerId(string(request, "host")));
        return new LinkedHashMap<>();
    }

    private static Map<String, @Nullable Object> init(
            Puddle puddle, UserName user, Map<String, @Nullable Object> request, char[] secret) {
        Founding founding = puddle.init(user, secret, Boolean.TRUE.equals(request.get("recovery")));
        Map<String, @Nullable Object> answer = id(user, founding.user());
        char[] printed = founding.recoveryKey();
        if (printed.length > 0) {
            answer.put("recovery_key", String.valueOf(printed));
            Arrays.fill(printed, '\0');
        }
        founding.wipe();
        return answer;
    }

    private static Map<String, @Nullable Object> pair(SwarmNode node, UserName user) {
        char[] code = puddle(node).pair(user);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("code", String.valueOf(code));
        answer.put("listen", node.address().toString());
        answer.put("expires_s", Puddle.PAIRING_LIFETIME.toSeconds());
        Arrays.fill(code, '\0');
        return answer;
    }

    private static Map<String, @Nullable Object> join(
            Puddle puddle, UserName user, Map<String, @Nullable Object> request) {
        UserId id = puddle.join(
                user,
                PeerAddress.parse(string(request, "from")),
                string(request, "code").toCharArray());
        return id(user, id);
    }

    private static Map<String, @Nullable Object> id(UserName user, UserId id) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("user", user.name());
        answer.put("id", id.hex());
        return answer;
    }

    /** The secret is the recovery key, a line feed and the passphrase. */
    private static void recover(Puddle puddle, UserName user, char[] secret) {
        int end = 0;
        while (end < secret.length && secret[end] != '\n') {
            end++;
        }
        char[] key = Arrays.copyOf(secret, end);
        char[] passphrase = end == secret.length ? new char[0] : Arrays.copyOfRange(secret, end + 1, secret.length);
        try {
            puddle.recover(user, key, passphrase);
        } finally {
            Arrays.fill(key, '\0');
            Arrays.fill(passphrase, '\0');
        }
    }

    private static Map<String, @Nullable Object> status(PuddleStatus status, PeerId self) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("user", status.user().name());
        answer.put("id", status.id().hex());
        answer.put("host", self.host());
        answer.put("unlocked", status.unlocked());
        answer.put("pairing", status.pairing());
        answer.put("recovery", status.recovery());
        answer.put("name", status.name());
        answer.put("ambiguous", status.contested());
        answer.put(
                "devices",
                status.devices().stream()
                        .map(UserDevice::host)
                        .map(PeerId::host)
                        .toList());
        return answer;
    }

    private static Puddle puddle(SwarmNode node) {
        Puddle puddle = node.subsystem(Puddle.class);
        if (puddle == null) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "puddle is not open on " + node.id() + "; open its gate, puddle.enabled, for this host");
        }
        return puddle;
    }

    private static String string(Map<String, @Nullable Object> request, String name) {
        if (request.get(name) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException("the request has no '" + name + "'");
    }
}
