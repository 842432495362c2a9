package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportException;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transfer during which the keys change many times; in a Java of its own, as the limit is read once. */
@Tag("hardening")
class KeyUpdateIT {

    private static final long MEBIBYTE = 1 << 20;
    private static final long BODY_BYTES = Hardening.pick(64, 1_024, 10_240) * MEBIBYTE;

    @Test
    void get_keysChangeEveryMebibyte_bodyArrivesWhole(@TempDir Path directory) throws Exception {
        Path properties = Files.writeString(
                directory.resolve("java.security"), "jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^20\n");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djava.security.properties=" + properties,
                        "-Djavax.net.debug=ssl:handshake",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Transfer.class.getName(),
                        String.valueOf(BODY_BYTES))
                .redirectErrorStream(true)
                .start();

        long updates = 0;
        String last = "";
        try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                updates += line.contains("Produced KeyUpdate post-handshake message") ? 1 : 0;
                last = line.startsWith("received ") ? line : last;
            }
        }

        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(last).isEqualTo("received " + BODY_BYTES + ", 0 wrong");
        System.out.println(updates + " key updates in " + BODY_BYTES / MEBIBYTE + " MiB");
        assertThat(updates).isGreaterThan(BODY_BYTES / MEBIBYTE / 2);
    }

    /** What the other Java runs. */
    static final class Transfer {

        private Transfer() {}

        public static void main(String[] arguments) throws InterruptedException {
            long bytes = Long.parseLong(arguments[0]);
            TestFleet fleet = new TestFleet("fleet");
            NioTransportProvider provider = new NioTransportProvider();
            CheckingSink sink = new CheckingSink();
            try (TestNode server = new TestNode(provider, fleet.node("server"))
                            .serve(Route.get(
                                    "/big",
                                    exchange -> exchange.respond(200, Headers.empty(), new PatternContent(bytes))));
                    TestNode client = new TestNode(provider, fleet.node("client"))) {
                client.transport().client().send(server.address(), Lane.BULK, Request.get("/big"), sink);
                sink.over.await();
            }
            System.out.println("received " + sink.bytes() + ", " + sink.wrong + " wrong");
        }
    }

    /** Compares what comes with the pattern. */
    private static final class CheckingSink extends CollectingSink {

        private final CountDownLatch over = new CountDownLatch(1);
        private long position;
        private long wrong;

        @Override
        protected void keep(byte[] data) {
            long differing = 0;
            for (byte b : data) {
                differing += b == PatternContent.at(position++) ? 0 : 1;
            }
            wrong += differing;
        }

        @Override
        public void onEnd() {
            super.onEnd();
            over.countDown();
        }

        @Override
        public void onFailure(TransportException failure) {
            super.onFailure(failure);
            over.countDown();
        }
    }
}
