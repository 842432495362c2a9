package dev.swarm.examples;

import dev.swarm.disk.DiskGate;
import dev.swarm.peer.PeerAddress;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemProvider;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A plugin that keeps what peers push to it, in a directory of its own, if there is room. */
final class PushBox implements Subsystem {

    static final String NAME = "pushbox";
    static final int MAX_BYTES = 16 << 20;

    private final AtomicLong received = new AtomicLong();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile SubsystemContext context;

    private PushBox() {}

    /** Makes the plugin. */
    public static final class Provider implements SubsystemProvider {

        /** For the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Subsystem create() {
            return new PushBox();
        }
    }

    /** Starts something whose nodes find this plugin beside those of the class path. */
    static <T> T foundBy(Path directory, Supplier<T> start) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF").resolve("services"));
        Files.writeString(services.resolve(SubsystemProvider.class.getName()), Provider.class.getName());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader with =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            thread.setContextClassLoader(with);
            return start.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    static Path directory(Path data) {
        return data.resolve(NAME);
    }

    @Override
    public void start(SubsystemContext newContext) {
        Path box = directory(newContext.dataDirectory());
        try {
            Files.createDirectories(box);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        newContext.storesIn(user -> user == null || user.equals("ann") ? box : null);
        newContext.serve(Route.streaming("POST", "/pushbox/{name}", MAX_BYTES, this::push));
        context = newContext;
        started.countDown();
    }

    /** Waits until this plugin serves: a node starts its plugins when it itself has started. */
    void awaitStart() throws InterruptedException {
        if (!started.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("pushbox did not start within a minute");
        }
    }

    /** Whether this node may push to a peer. */
    boolean mayPush(PeerAddress peer) {
        return context.hasRoom(peer, null).join();
    }

    /** Bytes of bodies that reached this plugin. */
    long received() {
        return received.get();
    }

    private void push(Exchange push) {
        Path box = directory(context.dataDirectory());
        try (DiskGate.Reservation room = context.admit(push, box, MAX_BYTES / 16)) {
            if (room == null) {
                return;
            }
            byte[] body = push.bodyStream().readAllBytes();
            received.addAndGet(body.length);
            Files.write(box.resolve(push.pathParameter("name")), body);
            room.written(body.length);
            push.respond(200, Headers.empty(), ByteBuffer.allocate(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {}
}
