package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.BareEngines;
import dev.swarm.benchmarks.rig.Daemons;
import dev.swarm.benchmarks.rig.TlsSocket;
import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks for stripes on each connection, one thread a connection, the next always asked for before the last is read. */
final class BareReceiver implements Receiver {

    private final BareEngines engines;
    private final PeerAddress sender;
    private final BlobLayout layout;
    private final @Nullable LeafFile target;
    private final List<TlsSocket> sockets = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("bare-receive"));

    /** Writes to {@code target}, or drops what comes. */
    BareReceiver(BareEngines engines, PeerAddress sender, BlobLayout layout, @Nullable LeafFile target) {
        this.engines = engines;
        this.sender = sender;
        this.layout = layout;
        this.target = target;
    }

    @Override
    public void prepare(int connections) throws IOException {
        while (sockets.size() < connections) {
            SocketChannel channel = SocketChannel.open(sender.toSocketAddress());
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            sockets.add(new TlsSocket(channel, engines.client()));
        }
        while (sockets.size() > connections) {
            sockets.remove(sockets.size() - 1).close();
        }
        if (target != null) {
            target.restart();
        }
    }

    @Override
    public void fetch() throws IOException {
        AtomicInteger turn = new AtomicInteger();
        List<Callable<Boolean>> shares = new ArrayList<>();
        for (TlsSocket socket : sockets) {
            shares.add(() -> fetchShare(socket, turn));
        }
        try {
            for (Future<Boolean> share : threads.invokeAll(shares)) {
                share.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("a connection failed", e.getCause());
        }
        if (target != null) {
            target.finish();
        }
    }

    @Override
    public void settle() {}

    @Override
    public void close() throws IOException {
        for (TlsSocket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
        if (target != null) {
            target.close();
        }
    }

    private boolean fetchShare(TlsSocket socket, AtomicInteger turn) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BlobLayout.LEAF_BYTES + socket.recordBytes());
        Stripe current = ask(socket, turn);
        while (current != null) {
            Stripe next = ask(socket, turn);
            if (target == null) {
                drop(socket, current, buffer);
            } else {
                keep(socket, current, buffer, target);
            }
            current = next;
        }
        return true;
    }

    private @Nullable Stripe ask(TlsSocket socket, AtomicInteger turn) throws IOException {
        int number = turn.getAndIncrement();
        if (number >= Stripe.count(layout)) {
            return null;
        }
        Stripe stripe = Stripe.of(layout, number);
        socket.write(stripe.encode());
        socket.flush();
        return stripe;
    }

    private static void drop(TlsSocket socket, Stripe stripe, ByteBuffer buffer) throws IOException {
        for (long left = stripe.length(); left > 0; ) {
            left -= read(socket, buffer.clear());
        }
    }

    private void keep(TlsSocket socket, Stripe stripe, ByteBuffer buffer, LeafFile file) throws IOException {
        buffer.clear();
        for (int leaf = stripe.first(); leaf < stripe.end(); leaf++) {
            int length = layout.leafLength(leaf);
            while (buffer.position() < length) {
                read(socket, buffer);
            }
            int filled = buffer.position();
            file.take(leaf, buffer.flip().limit(length));
            buffer.limit(filled).position(length);
            buffer.compact();
        }
    }

    private static int read(TlsSocket socket, ByteBuffer buffer) throws IOException {
        int count = socket.read(buffer);
        if (count < 0) {
            throw new EOFException("sender closed the connection");
        }
        return count;
    }
}
