package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.BareEngines;
import dev.swarm.benchmarks.rig.Daemons;
import dev.swarm.benchmarks.rig.TlsSocket;
import dev.swarm.peer.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Sends what it is asked for, one thread a connection: from a file, or the same bytes again and again. */
final class BareSender implements Sender {

    /** Fills two batches exactly. */
    private static final int READ_BYTES = 2 * TlsSocket.RECORDS * TlsSocket.RECORD_BYTES;

    private final BareEngines engines;
    private final @Nullable FileChannel file;
    private final ServerSocketChannel listener;

    BareSender(BareEngines engines, @Nullable FileChannel file) throws IOException {
        this.engines = engines;
        this.file = file;
        this.listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Daemons.start("bare-accept", this::accept);
    }

    @Override
    public PeerAddress address() {
        return new PeerAddress(
                InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (file != null) {
            file.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel socket = listener.accept();
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Daemons.start("bare-send", () -> serve(socket));
            }
        } catch (ClosedChannelException e) {
            return;
        } catch (IOException e) {
            Daemons.report("bare sender cannot accept", e);
        }
    }

    private void serve(SocketChannel channel) {
        try (TlsSocket socket = new TlsSocket(channel, engines.server())) {
            ByteBuffer request = ByteBuffer.allocate(socket.recordBytes());
            ByteBuffer data = ByteBuffer.allocate(READ_BYTES);
            while (socket.read(request.clear()) == Stripe.REQUEST_BYTES) {
                request.flip();
                send(socket, request.getLong(), request.getLong(), data);
                socket.flush();
            }
        } catch (IOException e) {
            Daemons.report("bare sender cannot send", e);
        }
    }

    private void send(TlsSocket socket, long offset, long length, ByteBuffer data) throws IOException {
        long end = offset + length;
        for (long at = offset; at < end; at += data.limit()) {
            data.clear().limit((int) Math.min(READ_BYTES, end - at));
            if (file != null) {
                readFully(file, data, at);
                data.flip();
            }
            socket.write(data);
        }
    }

    static void readFully(FileChannel file, ByteBuffer target, long offset) throws IOException {
        while (target.hasRemaining()) {
            int count = file.read(target, offset);
            if (count < 0) {
                throw new IOException("source ends at " + offset);
            }
            offset += count;
        }
    }
}
