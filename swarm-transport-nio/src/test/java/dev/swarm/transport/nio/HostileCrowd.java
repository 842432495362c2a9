package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Connections that want to wear a server out: silent ones, slow speakers and slow readers, a third each.
 *
 * <p>Every second each of them moves one byte. One that is cut comes back after a while. Safe for many threads.
 */
final class HostileCrowd implements AutoCloseable {

    /** Every other one is a member, and a server grants eight connections to each of those. */
    private static final int PER_IDENTITY = 16;
    /** Seconds until one that was cut comes back. */
    private static final int AWAY = 10;
    /** Longest wait for a byte; the next connection is waiting for its turn. */
    private static final int TURN_MILLIS = 5;

    private static final int HANDSHAKE_MILLIS = 5_000;

    private final PeerAddress server;
    private final String target;
    private final List<Hostile> all = new ArrayList<>();
    private final List<MemberTls> identities = new ArrayList<>();
    private final byte[] hello;
    private final List<Future<?>> turns = new ArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);

    /** A crowd of {@code count} that asks for {@code target} slowly. */
    HostileCrowd(TestFleet fleet, PeerAddress server, String target, int count) throws SSLException {
        this.server = server;
        this.target = target;
        for (int i = 0; i <= count / PER_IDENTITY; i++) {
            identities.add(new MemberTls(fleet, fleet.node("hostile-" + i)));
        }
        hello = hello(identities.get(0), server);
        for (int i = 0; i < count; i++) {
            all.add(hostile(i));
        }
    }

    /** Begins, each at its own moment of the first second. */
    void start() {
        for (int i = 0; i < all.size(); i++) {
            Hostile one = all.get(i);
            long moment = i * 1_000_000L / all.size();
            turns.add(threads.scheduleAtFixedRate(one::turn, moment, 1_000_000, TimeUnit.MICROSECONDS));
        }
    }

    /** How many are connected. */
    long connected() {
        if (turns.stream().anyMatch(Future::isDone)) {
            throw new AssertionError("one of the crowd has failed");
        }
        return all.stream().filter(Hostile::isConnected).count();
    }

    /** How many of them are connected with a certificate. */
    long members() {
        return all.stream()
                .filter(one -> one instanceof Member && one.isConnected())
                .count();
    }

    /** How many were cut so far. */
    long cut() {
        return all.stream().mapToLong(one -> one.cuts.get()).sum();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(Hostile::leave);
    }

    private Hostile hostile(int index) throws SSLException {
        return switch (index % 6) {
            case 0, 3 -> new Stranger(index, new byte[0]);
            case 1 -> new Stranger(index, hello);
            case 4 -> new Member(index, false);
            default -> new Member(index, true);
        };
    }

    private static byte[] hello(MemberTls member, PeerAddress server) throws SSLException {
        SSLEngine engine = member.context().createSSLEngine(server.ip().getHostAddress(), server.port());
        engine.setUseClientMode(true);
        ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), bytes);
        byte[] hello = new byte[bytes.flip().remaining()];
        bytes.get(hello);
        return hello;
    }

    private static InetAddress source(int index) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + index % 250)});
    }

    /** One connection. Its turns follow each other. */
    private abstract static class Hostile {

        final int index;
        volatile boolean connected;
        final AtomicInteger cuts = new AtomicInteger();
        private int away;

        Hostile(int index) {
            this.index = index;
        }

        abstract void connect() throws IOException;

        abstract void move() throws IOException;

        abstract void disconnect() throws IOException;

        boolean isConnected() {
            return connected;
        }

        void turn() {
            if (away > 0) {
                away--;
                return;
            }
            try {
                if (!connected) {
                    connect();
                    connected = true;
                }
                move();
            } catch (IOException e) {
                cuts.incrementAndGet();
                away = AWAY;
                leave();
            }
        }

        void leave() {
            connected = false;
            try {
                disconnect();
            } catch (IOException e) {
                // It is gone either way.
                away = AWAY;
            }
        }
    }

    /** Somebody without a certificate who says a few bytes of a greeting, or none. */
    private final class Stranger extends Hostile {

        private final byte[] speech;
        private final ByteBuffer heard = ByteBuffer.allocate(1_024);
        private SocketChannel socket;
        private int said;

        Stranger(int index, byte[] speech) {
            super(index);
            this.speech = speech;
        }

        @Override
        void connect() throws IOException {
            said = 0;
            socket = SocketChannel.open();
            socket.bind(new InetSocketAddress(source(index), 0));
            socket.connect(server.toSocketAddress());
            socket.configureBlocking(false);
        }

        @Override
        void move() throws IOException {
            if (said < speech.length) {
                said += socket.write(ByteBuffer.wrap(speech, said, 1));
            }
            if (socket.read(heard.clear()) < 0) {
                throw new IOException("cut");
            }
        }

        @Override
        void disconnect() throws IOException {
            if (socket != null) {
                socket.close();
            }
        }
    }

    /** A member that says a request, or takes its answer, one byte a second. */
    private final class Member extends Hostile {

        private final boolean reads;
        private Socket plain;
        private SSLSocket socket;

        Member(int index, boolean reads) {
            super(index);
            this.reads = reads;
        }

        @Override
        void connect() throws IOException {
            plain = new Socket();
            plain.setReceiveBufferSize(8_192);
            plain.bind(new InetSocketAddress(source(index), 0));
            plain.connect(server.toSocketAddress(), HANDSHAKE_MILLIS);
            plain.setSoTimeout(HANDSHAKE_MILLIS);
            socket = identities.get(index / PER_IDENTITY).over(plain);
            socket.startHandshake();
            String head = "GET " + target + " HTTP/1.1\r\nHost: a\r\n";
            MemberTls.send(socket, reads ? head + "\r\n" : head + "X: ");
            plain.setSoTimeout(TURN_MILLIS);
        }

        @Override
        void move() throws IOException {
            if (!reads) {
                MemberTls.send(socket, "y");
                return;
            }
            try {
                if (socket.getInputStream().read() < 0) {
                    throw new IOException("cut");
                }
            } catch (SocketTimeoutException e) {
                // Nothing came in this second, which is what it is here for.
                plain.setSoTimeout(TURN_MILLIS);
            }
        }

        @Override
        void disconnect() throws IOException {
            if (plain != null) {
                plain.close();
            }
        }
    }
}
