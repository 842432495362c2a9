package dev.swarm.transport.nio;

import dev.swarm.transport.Route;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Counts the requests under way on routes that bound them. Safe for many threads. */
final class RouteUse {

    private final ConcurrentMap<Route, Integer> running = new ConcurrentHashMap<>();

    /** Counts a request in; answers false if there are as many as the route takes. */
    boolean enter(Route route) {
        if (route.maxConcurrent() == Route.UNLIMITED) {
            return true;
        }
        boolean[] entered = new boolean[1];
        running.compute(route, (key, count) -> {
            int now = count == null ? 0 : count;
            entered[0] = now < key.maxConcurrent();
            return entered[0] ? Integer.valueOf(now + 1) : count;
        });
        return entered[0];
    }

    /** Counts a request out. */
    void leave(@Nullable Route route) {
        if (route != null && route.maxConcurrent() != Route.UNLIMITED) {
            running.computeIfPresent(route, (key, count) -> count == 1 ? null : count - 1);
        }
    }
}
