package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemProvider;
import dev.swarm.user.UserPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugins of one node: starts those whose gate is open and calls each one method at a time. Safe for many threads. */
final class SubsystemHost {

    private static final Logger log = LoggerFactory.getLogger(SubsystemHost.class);

    /** Complete blobs that a plugin is told of in one call: enough that what it asks of the node's loop once costs little for each. */
    private static final int MAX_TOLD_TOGETHER = 256;

    private final NamedThreads closers = new NamedThreads("swarm-closing");
    private final PeerId self;
    private final Executor workers;
    private final UserPolicy users;
    private final Map<String, Hosted> hosted = new LinkedHashMap<>();
    private final Map<String, Boolean> assigning = new ConcurrentHashMap<>();
    private final Map<Class<?>, Offer> offers = new ConcurrentHashMap<>();

    private @Nullable Function<String, PluginContext> contexts;

    /** What a plugin offers to others. */
    private record Offer(String plugin, Object service) {}

    /** One plugin; its context is used in its own order only. */
    private static final class Hosted {

        private final Subsystem subsystem;
        private final SerialExecutor order;
        private final Queue<BlobView> completed = new ConcurrentLinkedQueue<>();
        private volatile boolean open;
        private volatile @Nullable PluginContext context;

        Hosted(Subsystem subsystem, SerialExecutor order, boolean open) {
            this.subsystem = subsystem;
            this.order = order;
            this.open = open;
        }

        void withdraw() {
            PluginContext last = context;
            if (last != null) {
                last.withdraw();
            }
        }
    }

    SubsystemHost(PeerId self, Executor workers, UserPolicy users) {
        this.self = self;
        this.workers = workers;
        this.users = users;
    }

    /** The plugins on the class path and the module path. */
    static List<SubsystemProvider> installed() {
        return ServiceLoader.load(SubsystemProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * Makes every plugin, and opens those whose gate lets this node in.
     *
     * @throws SwarmException with reason INVALID_INPUT if two have one name
     */
    void load(Collection<SubsystemProvider> providers, Function<String, Boolean> gates) {
        for (SubsystemProvider provider : providers) {
            boolean open = gates.apply(provider.name());
            Subsystem subsystem = provider.create();
            Hosted other = hosted.put(provider.name(), new Hosted(subsystem, new SerialExecutor(workers), open));
            if (other != null) {
                throw new SwarmException(
                        SwarmException.Reason.INVALID_INPUT,
                        "two plugins have the name " + provider.name() + ": "
                                + other.subsystem.getClass().getName() + " and "
                                + subsystem.getClass().getName() + "; take one of them off the path");
            }
            if (open && subsystem.assignsByTarget()) {
                assigning.put(provider.name(), true);
            }
            log.info("subsystem {} is {} on {}", provider.name(), open ? "open" : "closed by its gate", self);
        }
    }

    /** Starts those that are open, with a context made for each time that one is started. */
    void start(Function<String, PluginContext> newContexts) {
        contexts = newContexts;
        hosted.forEach((name, plugin) -> {
            if (plugin.open) {
                start(name, plugin);
            }
        });
    }

    /** Opens and closes plugins as other gates have it; whether that changed anything. For one thread at a time. */
    boolean regate(Function<String, Boolean> gates) {
        boolean changed = false;
        for (var each : hosted.entrySet()) {
            String name = each.getKey();
            Hosted plugin = each.getValue();
            boolean open = gates.apply(name);
            if (open != plugin.open) {
                changed = true;
                log.info("subsystem {} is {} on {}", name, open ? "open" : "closed by its gate", self);
                if (open) {
                    start(name, plugin);
                    plugin.open = true;
                } else {
                    plugin.open = false;
                    stop(name, plugin);
                }
                if (open && plugin.subsystem.assignsByTarget()) {
                    assigning.put(name, true);
                } else {
                    assigning.remove(name);
                }
            }
        }
        return changed;
    }

    private void start(String name, Hosted plugin) {
        Function<String, PluginContext> make = Objects.requireNonNull(contexts, "plugins have not been started");
        plugin.order.execute(() -> {
            PluginContext context = make.apply(name);
            plugin.context = context;
            guarded(name, () -> plugin.subsystem.start(context));
        });
    }

    private static void stop(String name, Hosted plugin) {
        plugin.order.execute(() -> {
            guarded(name, plugin.subsystem::close);
            plugin.withdraw();
        });
    }

    void cycle() {
        each((name, subsystem) -> subsystem.onCycle());
    }

    void completed(BlobView view) {
        String name = view.winner().entry().channel();
        Hosted plugin = hosted.get(name);
        if (plugin != null && plugin.open) {
            plugin.completed.add(view);
            plugin.order.execute(() -> tellCompleted(name, plugin));
        }
    }

    /** Tells of all that came meanwhile; those whose turn it would be later find nothing left. */
    private static void tellCompleted(String name, Hosted plugin) {
        List<BlobView> views = new ArrayList<>();
        BlobView view = plugin.completed.poll();
        while (view != null) {
            views.add(view);
            view = views.size() < MAX_TOLD_TOGETHER ? plugin.completed.poll() : null;
        }
        if (!views.isEmpty()) {
            ifOpen(name, plugin, () -> plugin.subsystem.onCompleteAll(views));
        }
    }

    void revoked(BlobView view) {
        on(view.winner().entry().channel(), subsystem -> subsystem.onRevoked(view));
    }

    /** Whether entries of this channel are taken by target here. */
    boolean assigns(ManifestEntry entry) {
        return assigning.containsKey(entry.channel());
    }

    /** For each plugin whether its gate is open. */
    Map<String, Boolean> gates() {
        Map<String, Boolean> gates = new TreeMap<>();
        hosted.forEach((name, plugin) -> gates.put(name, plugin.open));
        return gates;
    }

    /** The users whom some plugin may act for, with their homes. */
    Map<String, String> users() {
        Map<String, String> all = new TreeMap<>();
        hosted.keySet()
                .forEach(name -> users.allowed(name).forEach((user, home) -> all.put(user.name(), home.toString())));
        return all;
    }

    /** The plugin of a type whose gate is open, or null. */
    <T extends Subsystem> @Nullable T find(Class<T> type) {
        return hosted.values().stream()
                .filter(plugin -> plugin.open && type.isInstance(plugin.subsystem))
                .map(plugin -> type.cast(plugin.subsystem))
                .findFirst()
                .orElse(null);
    }

    /** Offers something of a plugin to the others. */
    <T> void offer(String plugin, Class<T> type, T service) {
        Offer before = offers.putIfAbsent(type, new Offer(plugin, type.cast(service)));
        if (before != null && !before.plugin.equals(plugin)) {
            throw new IllegalStateException(type.getName() + " is offered by subsystem " + before.plugin
                    + "; close the gate of one of the two");
        }
        offers.put(type, new Offer(plugin, service));
    }

    /** What some plugin offers, or null. */
    <T> @Nullable T service(Class<T> type) {
        Offer offer = offers.get(type);
        return offer == null ? null : type.cast(offer.service);
    }

    /** Takes back what a plugin offers. */
    void withdrawOffers(String plugin) {
        offers.values().removeIf(offer -> offer.plugin.equals(plugin));
    }

    /** Calls a task in a plugin's turn, if its gate is open then. */
    void execute(String name, Runnable task) {
        Hosted plugin = hosted.get(name);
        if (plugin != null) {
            plugin.order.execute(() -> ifOpen(name, plugin, task));
        }
    }

    /** Closes those that are open, all at once, and ends every context; none is waited for longer than that. */
    void close(Duration grace) {
        Map<String, CompletableFuture<@Nullable Void>> closing = new LinkedHashMap<>();
        hosted.forEach((name, plugin) -> {
            if (plugin.open) {
                plugin.open = false;
                closing.put(name, closeAside(name, plugin));
            }
        });
        Waiting.forEnd(CompletableFuture.allOf(closing.values().toArray(CompletableFuture[]::new)), grace);
        closing.forEach((name, closed) -> {
            if (!closed.isDone()) {
                log.warn("subsystem {} has not closed within {}; the node stops without it", name, grace);
            }
        });
        hosted.values().forEach(Hosted::withdraw);
    }

    private CompletableFuture<@Nullable Void> closeAside(String name, Hosted plugin) {
        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        closers.newThread(() -> {
                    guarded(name, plugin.subsystem::close);
                    plugin.withdraw();
                    closed.complete(null);
                })
                .start();
        return closed;
    }

    private interface NamedAction {
        void run(String name, Subsystem subsystem);
    }

    private void each(NamedAction action) {
        hosted.forEach((name, plugin) -> {
            if (plugin.open) {
                plugin.order.execute(() -> ifOpen(name, plugin, () -> action.run(name, plugin.subsystem)));
            }
        });
    }

    private void on(String name, Consumer<Subsystem> action) {
        Hosted plugin = hosted.get(name);
        if (plugin != null && plugin.open) {
            plugin.order.execute(() -> ifOpen(name, plugin, () -> action.accept(plugin.subsystem)));
        }
    }

    /** What was meant for a plugin before its gate was closed comes too late. */
    private static void ifOpen(String name, Hosted plugin, Runnable action) {
        if (plugin.open) {
            guarded(name, action);
        }
    }

    private static void guarded(String name, Runnable action) {
        try {
            action.run();
        } catch (SwarmException e) {
            if (e.reason() == SwarmException.Reason.CLOSED) {
                log.debug("subsystem {} was too late: {}", name, e.getMessage());
            } else {
                log.warn("subsystem {} failed; it is called again at the next occasion", name, e);
            }
        } catch (RuntimeException | Error e) {
            // A class that is missing or of another version is no reason to forget the plugin, nor to stop the node.
            log.warn("subsystem {} failed; it is called again at the next occasion", name, e);
        }
    }
}
