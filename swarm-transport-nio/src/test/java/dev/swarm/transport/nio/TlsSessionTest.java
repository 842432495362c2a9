package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.TestFleet;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSessionTest {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final NodeCredentials SERVER = FLEET.node("server");
    private static final NodeCredentials CLIENT = FLEET.node("client");
    private static final int ENDLESS = 1_000_000;

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen == null ? LongStream.range(0, 20) : LongStream.of(chosen);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transfer_randomSplitsBothWays_arrivesWhole(long seed) throws SSLException {
        Random random = new Random(seed);
        Wire wire = new Wire(random, 40_000);
        byte[] up = PatternContent.bytes(seed, random.nextInt(200_000));
        byte[] down = PatternContent.bytes(seed + 1, random.nextInt(200_000));
        wire.client.toSend = ByteBuffer.wrap(up);
        wire.server.toSend = ByteBuffer.wrap(down);

        wire.run();

        assertThat(wire.server.received()).isEqualTo(up);
        assertThat(wire.client.received()).isEqualTo(down);
    }

    @ParameterizedTest(name = "{0} bytes at a time")
    @ValueSource(ints = {1, 2, 5, 17, 1_000})
    void transfer_fixedSplits_arrivesWhole(int most) throws SSLException {
        Wire wire = new Wire(null, most);
        byte[] up = PatternContent.bytes(3, 20_000);
        wire.client.toSend = ByteBuffer.wrap(up);

        wire.run();

        assertThat(wire.server.received()).isEqualTo(up);
    }

    @Test
    void established_bothEnds_knowEachOther() throws Exception {
        Wire wire = new Wire(null, ENDLESS);

        wire.run();

        assertThat(MemberCertificates.read(wire.server.session.peerCertificate())
                        .host())
                .isEqualTo(new PeerId("client"));
        assertThat(MemberCertificates.read(wire.client.session.peerCertificate())
                        .host())
                .isEqualTo(new PeerId("server"));
    }

    @Test
    void read_afterCloseNotice_endsInOrder() throws SSLException {
        Wire wire = new Wire(null, ENDLESS);
        wire.run();

        wire.client.session.writeClose();
        wire.run();
        wire.server.session.endInput();

        assertThat(wire.server.session.read()).isEqualTo(RecordLayer.Step.END);
        assertThat(wire.server.session.truncated()).isFalse();
    }

    @Test
    void read_endWithoutCloseNotice_isTruncated() throws SSLException {
        Wire wire = new Wire(null, ENDLESS);
        wire.run();

        wire.server.session.endInput();

        assertThat(wire.server.session.read()).isEqualTo(RecordLayer.Step.END);
        assertThat(wire.server.session.truncated()).isTrue();
    }

    @Test
    void read_nothingMore_asksForInputAndStops() throws SSLException {
        Wire wire = new Wire(null, ENDLESS);
        wire.run();

        assertThat(wire.server.session.read()).isEqualTo(RecordLayer.Step.NEED_READ);
        assertThat(wire.server.session.read()).isEqualTo(RecordLayer.Step.NEED_READ);
    }

    @Test
    void write_outputNotDrained_asksForIt() throws SSLException {
        Wire wire = new Wire(null, ENDLESS);
        wire.run();
        ByteBuffer source = ByteBuffer.allocate(1 << 20);

        RecordLayer.Step step = RecordLayer.Step.PROGRESS;
        while (step == RecordLayer.Step.PROGRESS) {
            step = wire.client.session.write(source);
        }

        assertThat(step).isEqualTo(RecordLayer.Step.NEED_WRITE);
        assertThat(source.hasRemaining()).isTrue();
    }

    @Test
    void read_alteredRecord_isRefused() throws SSLException {
        Wire wire = new Wire(null, ENDLESS);
        wire.run();
        wire.client.session.write(ByteBuffer.wrap(new byte[100]));
        ByteBuffer record = wire.client.session.beginDrain();
        record.put(50, (byte) (record.get(50) ^ 1));
        wire.server.session.beginFill().put(record);
        wire.server.session.endFill();

        assertThatThrownBy(() -> wire.server.session.read()).isInstanceOf(SSLException.class);
    }

    @Test
    void handshake_peerOfAnotherFleet_failsNamingTheAuthority() {
        NodeCredentials stranger = new TestFleet("other").node("server");

        assertThatThrownBy(() -> new Wire(context(CLIENT), context(stranger), null, ENDLESS).run())
                .satisfies(e -> assertThat(Reasons.of(e)).contains("was not issued by this fleet's authority"));
    }

    @Test
    void handshake_certificateLacksUsage_failsNamingIt() throws SSLException {
        NodeCredentials lacking =
                FLEET.issue("web-01").usages(TestFleet.Usage.CLIENT_AUTH).build();
        Function<X509Certificate, PeerCertificate> lenient =
                certificate -> new PeerCertificate(new PeerId("any"), Set.of(), certificate);
        Wire wire = new Wire(context(CLIENT), new TlsContext(lacking, lenient), null, ENDLESS);

        assertThatThrownBy(wire::run).satisfies(e -> assertThat(Reasons.of(e))
                .isEqualTo("certificate of web-01 does not allow extended key usage serverAuth;"
                        + " issue it again with clientAuth and serverAuth"));
    }

    @Test
    void handshake_again_resumesTheSession() throws SSLException {
        TlsContext client = context(CLIENT);
        int[] checks = new int[1];
        TlsContext server = new TlsContext(SERVER, certificate -> {
            checks[0]++;
            return MemberCertificates.read(certificate);
        });
        new Wire(client, server, null, ENDLESS).run();
        int afterFirst = checks[0];

        Wire second = new Wire(client, server, null, ENDLESS);
        second.run();

        assertThat(second.server.session.established()).isTrue();
        assertThat(checks[0]).as("resumption asks no trust manager").isEqualTo(afterFirst);
    }

    private static TlsContext context(NodeCredentials credentials) {
        return new TlsContext(credentials, MemberCertificates::read);
    }

    /** One end with what it sends and what it got. */
    private static final class End {
        private final TlsSession session;
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();
        private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
        private ByteBuffer toSend = ByteBuffer.allocate(0);

        private End(TlsSession session) {
            this.session = session;
        }

        private byte[] received() {
            return got.toByteArray();
        }

        /** Steps until nothing moves. */
        private boolean step() throws SSLException {
            boolean moved = false;
            boolean again = true;
            while (again) {
                again = read();
                if (session.established() && toSend.hasRemaining()) {
                    again |= session.write(toSend) == RecordLayer.Step.PROGRESS;
                }
                if (session.hasOutput()) {
                    drain();
                    again = true;
                }
                moved |= again;
            }
            return moved;
        }

        private boolean read() throws SSLException {
            return switch (session.read()) {
                case PROGRESS -> {
                    byte[] data = new byte[session.plain().remaining()];
                    session.plain().get(data);
                    got.writeBytes(data);
                    yield true;
                }
                case NEED_TASK -> {
                    for (Runnable task = session.task(); task != null; task = session.task()) {
                        task.run();
                    }
                    yield true;
                }
                case NEED_READ, NEED_WRITE, END -> false;
            };
        }

        private void drain() {
            ByteBuffer out = session.beginDrain();
            byte[] data = new byte[out.remaining()];
            out.get(data);
            session.endDrain();
            wire.writeBytes(data);
        }

        /** Puts the first bytes of what was sent before the peer; answers whether there were any. */
        private boolean carryTo(End peer, int most) {
            byte[] sent = wire.toByteArray();
            ByteBuffer room = peer.session.beginFill();
            int count = Math.min(Math.min(most, sent.length), room.remaining());
            room.put(sent, 0, count);
            peer.session.endFill();
            wire.reset();
            wire.writeBytes(Arrays.copyOfRange(sent, count, sent.length));
            return count > 0;
        }
    }

    /** Two ends back to back, with pieces of chosen sizes between them. */
    private static final class Wire {
        private final End client;
        private final End server;
        private final Random random;
        private final int most;

        private Wire(Random random, int most) throws SSLException {
            this(context(CLIENT), context(SERVER), random, most);
        }

        private Wire(TlsContext client, TlsContext server, Random random, int most) throws SSLException {
            this.client = new End(client.client(PeerAddress.parse("192.0.2.1:1531")));
            this.server = new End(server.server());
            this.random = random;
            this.most = most;
        }

        private void run() throws SSLException {
            boolean moved = true;
            while (moved) {
                moved = client.step();
                moved |= server.step();
                moved |= client.carryTo(server, size());
                moved |= server.carryTo(client, size());
            }
        }

        private int size() {
            return random == null ? most : 1 + random.nextInt(most);
        }
    }
}
