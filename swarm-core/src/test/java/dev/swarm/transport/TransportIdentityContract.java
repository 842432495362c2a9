package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.TransportException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** What every transport does when certificates change or stop to count. */
public abstract class TransportIdentityContract extends TransportFixture {

    private static final int PART = 1 << 20;
    private static final int PARTS = 256;
    private static final int ROTATIONS = 8;

    @Test
    void get_byANodeThatListensOnOneAddress_comesFromThere() throws IOException {
        List<PeerAddress> remotes = new CopyOnWriteArrayList<>();
        TestNode server = node("server").serve(Route.get("/text", exchange -> {
            remotes.add(exchange.remote());
            exchange.respond(200, NO_FIELDS, utf8("text"));
        }));
        InetAddress second = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        TestNode client = node(FLEET.node("client"), config -> config.listen(new InetSocketAddress(second, 0)));

        assertThat(client.get(server, "/text").status()).isEqualTo(200);

        assertThat(remotes).extracting(PeerAddress::ip).containsExactly(second);
    }

    @Test
    void rotate_againAndAgainDuringTransfers_noneFailsAndTheNewestIsShown() throws InterruptedException {
        Set<BigInteger> seen = ConcurrentHashMap.newKeySet();
        TestNode server = node("server").serve(Route.get("/part/{n}", exchange -> {
            seen.add(exchange.peer().certificate().getSerialNumber());
            exchange.respond(200, NO_FIELDS, new PatternContent(PART + Long.parseLong(exchange.pathParameter("n"))));
        }));
        TestNode client = node("client");

        List<PatternSink> answers = new ArrayList<>();
        NodeCredentials newestServer = FLEET.node("server");
        NodeCredentials newestClient = FLEET.node("client");
        for (int n = 0; n < PARTS; n++) {
            PatternSink answer = new PatternSink();
            answers.add(answer);
            client.transport().client().send(server.address(), Lane.BULK, Request.get("/part/" + n), answer);
            if (n % (PARTS / ROTATIONS) == PARTS / ROTATIONS - 1) {
                answers.get(n / 2).head();
                newestServer = FLEET.node("server");
                newestClient = FLEET.node("client");
                server.transport().rotate(newestServer);
                client.transport().rotate(newestClient);
            }
        }

        for (int n = 0; n < PARTS; n++) {
            PatternSink answer = answers.get(n);
            answer.body();
            assertThat(answer.bytes()).isEqualTo(PART + n);
            assertThat(answer.differing).as("wrong bytes of part " + n).hasValue(0);
            assertThat(answer.lastCalls()).isEqualTo(1);
        }
        CollectingSink last = client.send(server.address(), Lane.BULK, Request.get("/part/0"));
        assertThat(last.body()).isEqualTo(PatternContent.bytes(0, PART));
        assertThat(last.peer().certificate()).isEqualTo(newestServer.certificate());
        assertThat(seen).contains(newestClient.certificate().getSerialNumber()).hasSizeGreaterThan(1);
    }

    @Test
    void get_sessionResumedAfterItsCertificateWasDenied_isRefused() throws Exception {
        AtomicBoolean denied = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        TestNode server = node(FLEET.node("server"), builder -> builder.admitted(peer -> !denied.get()))
                .serve(Route.get("/secret", exchange -> {
                    served.incrementAndGet();
                    exchange.respond(200, NO_FIELDS, utf8("secret"));
                }));
        CountingTrust trust = new CountingTrust();
        SSLContext context = context(FLEET.node("client"), trust);

        String before = get(context, server.address());
        String resumed = get(context, server.address());
        assertThat(trust.checks)
                .as("the second handshake resumes the first session")
                .hasValue(1);
        denied.set(true);
        String after = get(context, server.address());

        assertThat(before).startsWith("HTTP/1.1 200 ").endsWith("secret");
        assertThat(resumed).startsWith("HTTP/1.1 200 ").endsWith("secret");
        assertThat(trust.checks).as("so does the third").hasValue(1);
        assertThat(after).startsWith("HTTP/1.1 403 ").doesNotContain("secret");
        assertThat(served).hasValue(2);
    }

    @Test
    void send_sessionResumedAfterTheServersCertificateWasDenied_isNotSent() {
        AtomicBoolean denied = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        TestNode server = node(
                        FLEET.node("server"), builder -> builder.limits(limits(limits -> limits.maxConnectionBytes(1))))
                .serve(Route.get("/x", exchange -> {
                    served.incrementAndGet();
                    exchange.respond(200, NO_FIELDS, utf8("x"));
                }));
        TestNode client = node(FLEET.node("client"), builder -> builder.admitted(peer -> !denied.get()));
        assertThat(client.get(server, "/x").text()).isEqualTo("x");
        assertThat(client.get(server, "/x").text()).isEqualTo("x");

        denied.set(true);
        TransportException failure = client.get(server, "/x").failure();

        assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(failure).hasMessageContaining("not admitted");
        assertThat(served).hasValue(2);
    }

    private static SSLContext context(NodeCredentials credentials, CountingTrust trust)
            throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "node", credentials.key(), new char[0], credentials.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(factory.getKeyManagers(), new TrustManager[] {trust}, null);
        return context;
    }

    private static String get(SSLContext context, PeerAddress server) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(server.ip().getHostAddress(), server.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(WAIT_SECONDS).toMillis());
            socket.getOutputStream()
                    .write("GET /secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Compares what comes with what has to come, and keeps none of it. */
    private static final class PatternSink extends CollectingSink {
        private final AtomicInteger differing = new AtomicInteger();
        private long position;

        @Override
        protected void keep(byte[] data) {
            for (byte each : data) {
                if (each != PatternContent.at(position++)) {
                    differing.incrementAndGet();
                }
            }
        }
    }

    /** Trusts everyone and counts how often it is asked. */
    private static final class CountingTrust extends X509ExtendedTrustManager {
        private final AtomicInteger checks = new AtomicInteger();

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            checks.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            checks.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            checks.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            checks.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            checks.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            checks.incrementAndGet();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
