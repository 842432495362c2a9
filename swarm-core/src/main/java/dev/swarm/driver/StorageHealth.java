package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.disk.DiskGate;
import dev.swarm.peer.PeerAddress;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps pushes off full disks, at both ends: tells peers how full the file system is that a plugin writes to, asks them the same
 * before a push, and refuses a push before its body is read. Safe for many threads.
 */
final class StorageHealth {

    /** How long a peer's answer counts, so that a burst of pushes asks once. */
    static final Duration FRESH = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(StorageHealth.class);

    private static final String PATH = "/health/storage";
    private static final Headers JSON = Headers.of("content-type", "application/json");
    private static final int MAX_ANSWER_BYTES = 4 * 1024;

    /** Answers kept: a fleet of a thousand with a few plugins. The oldest goes first. */
    private static final int MAX_KEPT = 4_096;

    /** Another name of a subsystem in what peers ask. */
    private static final Map<String, String> ALIASES = Map.of("payload", "filecast");

    private final NodeParts parts;
    private final double minFreePercent;
    private final Map<String, Function<@Nullable String, @Nullable Path>> places = new ConcurrentHashMap<>();
    private final Object lock = new Object();

    /** Guarded by lock. */
    private final Map<Asked, Kept> kept = new LinkedHashMap<>();

    private record Asked(
            PeerAddress peer, String subsystem, @Nullable String user) {}

    private record Kept(CompletableFuture<Double> freePercent, long at) {}

    StorageHealth(NodeParts parts, double minFreePercent) {
        this.parts = parts;
        this.minFreePercent = minFreePercent;
    }

    void addTo(Router router) {
        router.add(Route.get(PATH, this::serve).asReserved());
    }

    /** Says where a subsystem's bytes land. */
    void storesIn(String subsystem, Function<@Nullable String, @Nullable Path> place) {
        places.put(subsystem, place);
    }

    /** Says that a subsystem takes nothing any more. */
    void storesNothing(String subsystem) {
        places.remove(subsystem);
    }

    /** Whether a peer may be sent more for a subsystem; fails if it cannot be asked. */
    CompletableFuture<Boolean> hasRoom(PeerAddress peer, String subsystem, @Nullable String user) {
        return freePercent(new Asked(peer, subsystem, user)).thenApply(free -> {
            boolean room = free > minFreePercent;
            if (!room) {
                log.warn(
                        "{} is skipped for {}: {} % of its disk is free, needs more than {} %",
                        peer, subsystem, free, minFreePercent);
                parts.events().skipped(subsystem, "disk of " + peer);
            }
            return room;
        });
    }

    /** Promises room for a push, or answers it with 507 and gives null. */
    DiskGate.@Nullable Reservation admit(Exchange exchange, Path directory, long bytes) throws IOException {
        try {
            return parts.disk().reserve(directory, bytes, 0);
        } catch (SwarmException e) {
            log.warn("push from {} refused: {}", exchange.peer().host(), e.getMessage());
            parts.events().skipped("push of " + exchange.peer().host(), String.valueOf(e.getMessage()));
            exchange.respond(507, Headers.of("content-type", "text/plain"), Texts.buffer(e.getMessage() + "\n"));
            return null;
        }
    }

    private void serve(Exchange exchange) {
        String asked = exchange.query().get("for");
        String subsystem = asked == null ? null : ALIASES.getOrDefault(asked, asked);
        try {
            Path place = placeOf(subsystem, exchange.query().get("user"));
            if (place == null) {
                respond(exchange, 404, Map.of("error", "nothing is stored here for " + asked));
                return;
            }
            DiskGate.DiskState state = parts.disk().measure(place);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("free_pct", Math.round(state.freePercent() * 100) / 100.0);
            members.put("usable_bytes", state.usableBytes());
            members.put("total_bytes", state.totalBytes());
            members.put("open", state.open());
            respond(exchange, 200, members);
        } catch (IOException e) {
            respond(exchange, 500, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    /** Where bytes would land: of the node itself if no subsystem is named, nowhere of one that is unknown or closed. */
    private @Nullable Path placeOf(@Nullable String subsystem, @Nullable String user) {
        if (subsystem == null) {
            return parts.blobs().contentDirectory();
        }
        Function<@Nullable String, @Nullable Path> place = places.get(subsystem);
        return place == null ? null : place.apply(user);
    }

    private static void respond(Exchange exchange, int status, Map<String, ?> members) {
        String body = JsonText.write(json -> JsonText.writeValue(json, members));
        exchange.respond(status, JSON, Texts.buffer(body + "\n"));
    }

    private CompletableFuture<Double> freePercent(Asked asked) {
        long now = parts.ticker().nanoTime();
        synchronized (lock) {
            Kept answer = kept.remove(asked);
            if (answer == null || now - answer.at >= FRESH.toNanos() || answer.freePercent.isCompletedExceptionally()) {
                answer = new Kept(ask(asked), now);
            }
            kept.put(asked, answer);
            if (kept.size() > MAX_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            return answer.freePercent;
        }
    }

    private CompletableFuture<Double> ask(Asked asked) {
        CompletableFuture<Double> free = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink(
                MAX_ANSWER_BYTES,
                answer -> {
                    try {
                        free.complete(read(answer));
                    } catch (IllegalArgumentException e) {
                        free.completeExceptionally(e);
                    }
                },
                free::completeExceptionally);
        String target =
                PATH + "?for=" + encoded(asked.subsystem) + (asked.user == null ? "" : "&user=" + encoded(asked.user));
        sink.send(parts.client(), asked.peer, Lane.CONTROL, Request.get(target));
        return free;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static double read(Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalArgumentException("status " + answer.status());
        }
        String text = StandardCharsets.UTF_8.decode(answer.body()).toString();
        if (JsonText.readObject(text).get("free_pct") instanceof Number free) {
            return free.doubleValue();
        }
        throw new IllegalArgumentException("answer without free_pct: " + text);
    }
}
