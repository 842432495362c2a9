package dev.swarm.transport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Finds the route that a method and path belong to. Safe for many threads; routes may be added at any time. */
public final class Router {

    private final List<Compiled> routes = new CopyOnWriteArrayList<>();

    /** A router without routes. */
    public Router() {}

    /** What came of looking for a route. */
    public sealed interface Lookup permits Found, WrongMethod, Unknown {}

    /** A route with the values of its pattern's names. */
    public record Found(Route route, Map<String, String> parameters) implements Lookup {}

    /** The path exists, but not for this method: 405, with the value of {@code Allow}. */
    public record WrongMethod(String allow) implements Lookup {}

    /** No route has this path: 404. */
    public record Unknown() implements Lookup {}

    private record Compiled(Route route, List<String> segments) {}

    /**
     * Adds a route.
     *
     * @throws IllegalArgumentException if one with the same method and pattern is there already
     */
    public void add(Route route) {
        boolean taken = routes.stream()
                .anyMatch(other -> other.route().method().equals(route.method())
                        && other.route().pattern().equals(route.pattern()));
        if (taken) {
            throw new IllegalArgumentException("route " + route.method() + " " + route.pattern() + " is taken");
        }
        routes.add(new Compiled(route, List.of(route.pattern().split("/", -1))));
    }

    /** Takes a route away; requests under way are answered. */
    public void remove(Route route) {
        routes.removeIf(compiled -> compiled.route().equals(route));
    }

    /**
     * Looks for the route of a request.
     *
     * @param method as sent; HEAD is looked up as GET
     * @param path percent-decoded path without the query
     */
    public Lookup find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        List<String> segments = List.of(path.split("/", -1));
        List<String> allowed = new ArrayList<>();
        for (Compiled compiled : routes) {
            Map<String, String> parameters = match(compiled.segments(), segments);
            if (parameters != null) {
                if (compiled.route().method().equals(wanted)) {
                    return new Found(compiled.route(), parameters);
                }
                allowed.add(compiled.route().method());
            }
        }
        return allowed.isEmpty() ? new Unknown() : new WrongMethod(allowValue(allowed));
    }

    private static String allowValue(List<String> methods) {
        TreeSet<String> names = new TreeSet<>(methods);
        if (names.contains("GET")) {
            names.add("HEAD");
        }
        return String.join(", ", names);
    }

    private static @Nullable Map<String, String> match(List<String> pattern, List<String> path) {
        if (pattern.size() != path.size()) {
            return null;
        }
        for (int i = 0; i < pattern.size(); i++) {
            boolean fits = isName(pattern.get(i))
                    ? !path.get(i).isEmpty()
                    : pattern.get(i).equals(path.get(i));
            if (!fits) {
                return null;
            }
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            if (isName(part)) {
                parameters.put(part.substring(1, part.length() - 1), path.get(i));
            }
        }
        return parameters;
    }

    private static boolean isName(String part) {
        return part.startsWith("{") && part.endsWith("}");
    }
}
