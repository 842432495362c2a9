package dev.swarm.examples;

import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A plugin that does nothing by itself: tests act through the contexts that it is started with. */
public final class PlantedPlugin implements Subsystem {

    static final String NAME = "planted";

    private static final AtomicReference<PlantedPlugin> MADE = new AtomicReference<>();

    private final BlockingQueue<SubsystemContext> contexts = new LinkedBlockingQueue<>();

    /** Found in the service file that {@link #startNode} writes. */
    public static final class Provider implements SubsystemProvider {

        /** For the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Subsystem create() {
            PlantedPlugin plugin = new PlantedPlugin();
            MADE.set(plugin);
            return plugin;
        }
    }

    /** Starts a node that finds this plugin beside the others, and gives its plugin. */
    static PlantedPlugin startNode(Path directory, Runnable start) {
        Path services = directory.resolve("planted/META-INF/services");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            Files.createDirectories(services);
            Files.writeString(services.resolve(SubsystemProvider.class.getName()), Provider.class.getName());
            URL planted = directory.resolve("planted").toUri().toURL();
            try (URLClassLoader with = new URLClassLoader(new URL[] {planted}, before)) {
                thread.setContextClassLoader(with);
                start.run();
                return MADE.getAndSet(null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The context of the next start that no call of this has given yet. */
    SubsystemContext context() throws InterruptedException {
        SubsystemContext context = contexts.poll(30, TimeUnit.SECONDS);
        if (context == null) {
            throw new AssertionError("the plugin was not started");
        }
        return context;
    }

    @Override
    public void start(SubsystemContext context) {
        contexts.add(context);
    }

    @Override
    public void close() {}
}
