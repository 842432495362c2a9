package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportIdentityContract;
import dev.swarm.transport.TransportProvider;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The selector transport, held to the contract of certificates that change or stop to count. */
final class NioTransportIdentityIT extends TransportIdentityContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }

    @Test
    void send_ownSessionIsResumedThoughTheServerWasDenied_requestStaysHere() {
        AtomicBoolean denied = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger checks = new AtomicInteger();
        TestNode server = node(
                        FLEET.node("server"), builder -> builder.limits(limits(limits -> limits.maxConnectionBytes(1))))
                .serve(Route.get("/x", exchange -> {
                    served.incrementAndGet();
                    exchange.respond(200, NO_FIELDS, utf8("x"));
                }));
        TestNode client = node(FLEET.node("client"), builder -> builder.admitted(peer -> !denied.get())
                .memberCheck(certificate -> {
                    checks.incrementAndGet();
                    return MemberCertificates.read(certificate);
                }));
        int own = checks.getAndSet(0);
        client.get(server, "/x").text();
        int whole = checks.getAndSet(0);
        client.get(server, "/x").text();
        int resumed = checks.getAndSet(0);

        denied.set(true);
        client.get(server, "/x").failure();

        assertThat(own).as("checks of its own chain").isEqualTo(1);
        assertThat(whole)
                .as("checks in a whole handshake: of the chain, then of who it is")
                .isEqualTo(2);
        assertThat(resumed).as("checks in a resumed one: of who it is").isEqualTo(1);
        assertThat(checks).as("checks in the last one, so it was resumed").hasValue(1);
        assertThat(served).hasValue(2);
    }
}
