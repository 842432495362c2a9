package dev.swarm.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Nodes on the loopback interface for the tests that every transport runs. */
public abstract class TransportFixture {

    protected static final TestFleet FLEET = new TestFleet("contract fleet");
    protected static final Headers NO_FIELDS = Headers.empty();
    protected static final long WAIT_SECONDS = 20;

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Opens the transports under test. */
    protected abstract TransportProvider provider();

    @AfterEach
    void closeNodes() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** A node of the fleet with its own certificate. */
    protected TestNode node(String host) {
        return node(FLEET.node(host), UnaryOperator.identity());
    }

    /** A node with some part out of the ordinary. */
    protected TestNode node(NodeCredentials credentials, UnaryOperator<TransportConfig.Builder> configuration) {
        TestNode node = new TestNode(provider(), credentials, configuration);
        opened.add(node);
        return node;
    }

    protected static Route text(String pattern, String text) {
        return Route.get(pattern, exchange -> exchange.respond(200, NO_FIELDS, utf8(text)));
    }

    protected static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    protected static boolean await(CountDownLatch latch) throws InterruptedException {
        return latch.await(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    protected static TransportLimits limits(UnaryOperator<TransportLimits.Builder> change) {
        return change.apply(TransportLimits.builder()).build();
    }
}
