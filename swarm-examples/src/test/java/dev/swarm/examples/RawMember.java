package dev.swarm.examples;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** One TLS connection of a member that speaks HTTP by hand, so that a test sees what becomes of this very connection. */
final class RawMember implements AutoCloseable {

    private static final int WAIT_SECONDS = 60;
    private static final int STEP_BYTES = 64 * 1024;

    private final SSLSocket socket;
    private final AtomicLong bytes = new AtomicLong();
    private final CompletableFuture<Long> ended = new CompletableFuture<>();
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    RawMember(NodeCredentials credentials, PeerAddress server) throws GeneralSecurityException, IOException {
        socket = (SSLSocket) context(credentials).getSocketFactory().createSocket();
        socket.setReceiveBufferSize(STEP_BYTES);
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        socket.connect(new InetSocketAddress(server.ip(), server.port()));
        socket.startHandshake();
    }

    X509Certificate peerCertificate() throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    /** Asks, reads the whole answer and keeps the connection. The status. */
    int get(String target) throws IOException {
        return answer(target).status();
    }

    /** Asks, reads the whole answer and keeps the connection. */
    Answer answer(String target) throws IOException {
        ask(target);
        return readAnswer();
    }

    /** Sends the head of a POST request with this field and some of its body, reads the first answer, whatever it is. */
    Answer post(String target, int length, String field, byte[] body) throws IOException {
        String head =
                "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n" + field + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        socket.getOutputStream().write(request.toByteArray());
        return readAnswer();
    }

    /** What came back. */
    record Answer(int status, ByteBuffer body) {

        String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }
    }

    private Answer readAnswer() throws IOException {
        String head = readHead();
        byte[] content = socket.getInputStream().readNBytes(contentLength(head));
        return new Answer(Integer.parseInt(head.substring(9, 12)), ByteBuffer.wrap(content));
    }

    /** Sends a body, which may be other than the length that is declared for it, and reads the head of the answer. The status. */
    int post(String target, int declared, byte[] body) throws IOException {
        String head = "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + declared + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        return Integer.parseInt(readHead().substring(9, 12));
    }

    /** Asks, and reads the answer in a thread of its own, at most that fast. */
    void startReading(String target, long rate) throws IOException {
        bytesPerSecond = rate;
        ask(target);
        int length = contentLength(readHead());
        start(length);
    }

    /** Waits for the end of the connection in a thread of its own. */
    void startReading() {
        start(Integer.MAX_VALUE);
    }

    /** Reads on as fast as it comes. */
    void hurry() {
        bytesPerSecond = Long.MAX_VALUE;
    }

    /** Bytes of body so far. */
    long bytes() {
        return bytes.get();
    }

    /** How long after a moment of the monotonic clock the connection ended with the answer incomplete. */
    Duration endedAfter(long nanos) throws Exception {
        return Duration.ofNanos(ended.get(WAIT_SECONDS, TimeUnit.SECONDS) - nanos);
    }

    /** The SHA-256 of the whole body. */
    String bodySha256() throws Exception {
        return body.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void start(int length) {
        Thread thread = new Thread(() -> read(length), "raw-member");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            CountDownLatch never = new CountDownLatch(1);
            byte[] step = new byte[STEP_BYTES];
            while (bytes.get() < length) {
                int count = socket.getInputStream().read(step, 0, Math.min(STEP_BYTES, length - (int) bytes.get()));
                if (count < 0) {
                    throw new IOException("the connection ended after " + bytes + " bytes");
                }
                digest.update(step, 0, count);
                bytes.addAndGet(count);
                never.await(TimeUnit.SECONDS.toNanos(count) / bytesPerSecond, TimeUnit.NANOSECONDS);
            }
            body.complete(HexFormat.of().formatHex(digest.digest()));
            ended.completeExceptionally(new AssertionError("the answer came to its end"));
        } catch (IOException e) {
            ended.complete(System.nanoTime());
            body.completeExceptionally(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            ended.completeExceptionally(e);
            body.completeExceptionally(e);
        }
    }

    private void ask(String target) throws IOException {
        socket.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private String readHead() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended within the head: " + head);
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .map(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    static SSLContext context(NodeCredentials credentials) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "node", credentials.key(), new char[0], credentials.chain().toArray(new X509Certificate[0]));
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("authority", credentials.authority());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, new char[0]);
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(authorities);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }
}
