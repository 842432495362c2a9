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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transfer during which the keys change many times; in a Java of its own, as the limit is read once. */
class KeyUpdateIT {

    private static final long BODY_BYTES = 64L << 20;

    @Test
    void get_keysChangeEveryMebibyte_bodyArrivesWhole(@TempDir Path directory) throws Exception {
        Path properties = Files.writeString(
                directory.resolve("java.security"), "jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^20\n");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.security.properties=" + properties,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Transfer.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).endsWith("received " + BODY_BYTES + "\n");
    }

    /** What the other Java runs. */
    static final class Transfer {

        private Transfer() {}

        public static void main(String[] arguments) {
            TestFleet fleet = new TestFleet("fleet");
            NioTransportProvider provider = new NioTransportProvider();
            try (TestNode server = new TestNode(provider, fleet.node("server"))
                            .serve(Route.get(
                                    "/big",
                                    exchange ->
                                            exchange.respond(200, Headers.empty(), new PatternContent(BODY_BYTES))));
                    TestNode client = new TestNode(provider, fleet.node("client"))) {
                CollectingSink answer = client.send(server.address(), Lane.BULK, Request.get("/big"));
                System.out.println("received " + answer.body().length);
            }
        }
    }
}
