package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.TestFleet;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.security.cert.X509Certificate;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecureChannelTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);
    private static final int RUNS = 200;
    private static final int MANY_TURNS = 5 << 20;

    /** A socket that at times takes all, at times a part, and says when it takes more only to who asks. */
    private static final class UnsteadyWire implements Wire {
        private final Random random;
        private Loop.Ready owner;
        private int wanted;
        private long carried;
        private boolean connected = true;

        UnsteadyWire(long seed) {
            random = new Random(seed);
        }

        @Override
        public void attach(Loop.Ready newOwner) {
            owner = newOwner;
        }

        @Override
        public boolean isConnected() {
            return connected;
        }

        @Override
        public boolean finishConnect() {
            return true;
        }

        @Override
        public boolean isReadable() {
            return false;
        }

        @Override
        public int read(ByteBuffer target) {
            return 0;
        }

        @Override
        public int write(ByteBuffer source) {
            int count =
                    switch (random.nextInt(64)) {
                        case 0 -> 0;
                        case 1 -> random.nextInt(source.remaining() + 1);
                        default -> source.remaining();
                    };
            source.position(source.position() + count);
            carried += count;
            return count;
        }

        @Override
        public void shutdownOutput() {
            carried = -1;
        }

        @Override
        public void want(int operations) {
            wanted = operations;
        }

        @Override
        public void dropUnsent() {
            // Nothing stays behind in memory.
        }

        @Override
        public void close() {
            carried = -1;
        }

        boolean tell() {
            boolean writable = (wanted & SelectionKey.OP_WRITE) != 0;
            if (writable) {
                owner.ready();
            }
            return writable;
        }
    }

    /** An owner whose connection nobody ends. */
    private abstract static class LastingOwner implements ChannelOwner {
        @Override
        public void secured(X509Certificate peer) {
            // Nobody asks who it is.
        }

        @Override
        public void ended(boolean gone) {
            throw new AssertionError("nobody ended the connection");
        }

        @Override
        public void closed(Throwable cause) {
            throw new AssertionError("closed", cause);
        }

        @Override
        public void gone() {
            throw new AssertionError("gone");
        }
    }

    /** Sends so many bytes and wants none. */
    private static class Sender extends LastingOwner {
        private int left;
        private ByteBuffer piece = ByteBuffer.allocate(0);

        Sender(int bytes) {
            left = bytes;
        }

        @Override
        public boolean wantsInput() {
            return false;
        }

        @Override
        public void received(ByteBuffer plain) {
            throw new AssertionError("nothing was sent to this end");
        }

        @Override
        public ByteBuffer nextOutput() {
            if (!piece.hasRemaining() && left > 0) {
                piece = ByteBuffer.allocate(Math.min(left, 64 << 10));
                left -= piece.remaining();
            }
            return piece.hasRemaining() ? piece : null;
        }

        @Override
        public void settled() {
            // There is always more.
        }
    }

    /** Takes a body as long as it has room, and finds it complete only when it looks again with room. */
    private static final class Receiver extends LastingOwner {
        private final int bodyBytes;
        private int taken;
        private int room;
        private boolean complete;

        Receiver(int bodyBytes, int room) {
            this.bodyBytes = bodyBytes;
            this.room = room;
        }

        @Override
        public boolean wantsInput() {
            return room > 0;
        }

        @Override
        public void received(ByteBuffer plain) {
            int count = Math.min(room, plain.remaining());
            plain.position(plain.position() + count);
            taken += count;
            room -= count;
            complete |= room > 0 && taken == bodyBytes;
        }

        @Override
        public ByteBuffer nextOutput() {
            return null;
        }

        @Override
        public void settled() {
            // Whoever makes room pumps.
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 1_000})
    void receive_roomMadeBehindTheLastByte_ownerLooksOnceMore(int room) throws Exception {
        VirtualLoop loop = new VirtualLoop();
        MemoryWire[] wires = MemoryWire.pair(position -> Integer.MAX_VALUE, position -> Integer.MAX_VALUE);
        Receiver receiver = new Receiver(1_000, room);
        SecureChannel channel =
                new SecureChannel(loop, wires[1], clearText().server(), loop, new ReadPace(new RateLimit(0)), receiver);
        wires[0].write(ByteBuffer.allocate(1_000));

        channel.pump();
        for (int i = 0; i < 1_000 / room; i++) {
            assertThat(receiver.complete).as("after %d bytes", receiver.taken).isFalse();
            receiver.room = room;
            channel.pump();
        }

        assertThat(receiver.taken).isEqualTo(1_000);
        assertThat(receiver.complete).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, MANY_TURNS})
    void send_socketFullAtAnyMoment_allGoesOut(int bytes) throws Exception {
        ClearText security = clearText();
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            VirtualLoop loop = new VirtualLoop();
            UnsteadyWire wire = new UnsteadyWire(seed);
            SecureChannel channel = new SecureChannel(
                    loop, wire, security.server(), loop, new ReadPace(new RateLimit(0)), new Sender(bytes));
            channel.pump();

            boolean moving = true;
            while (moving) {
                moving = loop.runTasks();
                moving |= wire.tell();
            }

            assertThat(wire.carried).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    @Test
    void ready_socketHasJustConnected_ownerIsToldBeforeAnythingIsSent() throws Exception {
        UnsteadyWire wire = new UnsteadyWire(SEED);
        wire.connected = false;
        AtomicLong carriedThen = new AtomicLong(-1);
        LastingOwner owner = new Sender(MANY_TURNS) {
            @Override
            public void connected() {
                carriedThen.set(wire.carried);
            }
        };
        VirtualLoop loop = new VirtualLoop();
        SecureChannel channel =
                new SecureChannel(loop, wire, clearText().server(), loop, new ReadPace(new RateLimit(0)), owner);
        channel.pump();
        assertThat(carriedThen.get()).isEqualTo(-1);

        channel.ready();

        assertThat(carriedThen.get()).isZero();
        assertThat(wire.carried).isPositive();
    }

    private static ClearText clearText() {
        return new ClearText(new TestFleet("fleet").issue("a").build().certificate());
    }
}
