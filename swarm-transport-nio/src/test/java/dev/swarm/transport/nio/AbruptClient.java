package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PatternContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;

/** A client that goes away at a point left to chance, in order or with a reset. One thread each. */
final class AbruptClient {

    /** How far a client gets before it goes; the weights keep most of them short of the costly handshake. */
    enum Point {
        BEFORE_THE_HANDSHAKE(38),
        WITHIN_THE_CLIENT_HELLO(24),
        WITHIN_THE_HANDSHAKE(6),
        WITHIN_A_HEAD(6),
        BEHIND_A_HEAD(6),
        WITHIN_AN_UPLOAD(7),
        WITHIN_A_DOWNLOAD(7),
        BEHIND_A_HALF_CLOSE(6);

        private final int weight;

        Point(int weight) {
            this.weight = weight;
        }

        static Point random(Random random) {
            int left = random.nextInt(100);
            for (Point point : values()) {
                left -= point.weight;
                if (left < 0) {
                    return point;
                }
            }
            throw new AssertionError("weights do not add up to 100");
        }
    }

    static final String DOWNLOAD = "/download";
    static final int DOWNLOAD_BYTES = 1 << 20;
    static final String UPLOAD = "/upload";
    static final int UPLOAD_BYTES = 100_000;

    private final MemberTls member;
    private final PeerAddress server;
    private final Random random;

    AbruptClient(MemberTls member, PeerAddress server, Random random) {
        this.member = member;
        this.server = server;
        this.random = random;
    }

    /** Connects, goes as far as chance says, and goes away. */
    void run() throws IOException {
        run(Point.random(random));
    }

    /** Connects, goes to {@code point}, and goes away. */
    void run(Point point) throws IOException {
        try (Socket plain = MemberTls.plain(server, InetAddress.getLoopbackAddress())) {
            if (random.nextBoolean()) {
                plain.setSoLinger(true, 0);
            }
            switch (point) {
                case BEFORE_THE_HANDSHAKE -> {}
                case WITHIN_THE_CLIENT_HELLO -> sendHello(plain, false);
                case WITHIN_THE_HANDSHAKE -> sendHello(plain, true);
                case WITHIN_A_HEAD -> send(plain, cut(get()));
                case BEHIND_A_HEAD -> send(plain, get());
                case WITHIN_AN_UPLOAD -> send(plain, upload());
                case WITHIN_A_DOWNLOAD -> read(send(plain, get()));
                case BEHIND_A_HALF_CLOSE -> halfClose(send(plain, random.nextBoolean() ? get() : ""));
            }
        }
    }

    private void sendHello(Socket plain, boolean whole) throws IOException {
        SSLEngine engine = member.context().createSSLEngine("127.0.0.1", server.port());
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        int length = whole ? hello.position() : 1 + random.nextInt(hello.position() - 1);
        plain.getOutputStream().write(hello.array(), 0, length);
        if (whole) {
            int some = plain.getInputStream().read(new byte[1 + random.nextInt(1_000)]);
            if (some < 0) {
                throw new IOException("server closed the connection during the handshake");
            }
        }
    }

    private SSLSocket send(Socket plain, String text) throws IOException {
        SSLSocket socket = member.over(plain);
        socket.startHandshake();
        MemberTls.send(socket, text);
        return socket;
    }

    private void read(SSLSocket socket) throws IOException {
        socket.getInputStream().readNBytes(random.nextInt(DOWNLOAD_BYTES));
    }

    private void halfClose(SSLSocket socket) throws IOException {
        socket.shutdownOutput();
        socket.getInputStream().readNBytes(random.nextInt(10_000));
    }

    private String cut(String text) {
        return text.substring(0, 1 + random.nextInt(text.length() - 1));
    }

    private String upload() {
        String body = new String(PatternContent.bytes(0, random.nextInt(UPLOAD_BYTES)), StandardCharsets.ISO_8859_1);
        return "POST " + UPLOAD + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + UPLOAD_BYTES + "\r\n\r\n" + body;
    }

    private static String get() {
        return "GET " + DOWNLOAD + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
}
