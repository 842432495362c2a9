package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SystemAdapters;
import dev.swarm.transport.MulticastConfig;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MulticastEndIT {

    private static final long WAIT_SECONDS = 20;

    @Test
    void cut_byAnInternalFailure_hearsAgainByItself() throws Exception {
        BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        try (EventLoop loop = new EventLoop("swarm-io-test", Thread::new, SystemAdapters.ticker());
                MulticastEnd end =
                        MulticastEnd.open(config(), (from, datagram) -> heard.add(datagram.remaining()), loop)) {
            end.send(ByteBuffer.allocate(3));
            assertThat(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);

            assertThat(end.problem()).isNull();

            loop.execute(() -> end.cut(new IllegalStateException("broken")));
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            loop.execute(() -> told.add(String.valueOf(end.problem())));
            assertThat(told.poll(WAIT_SECONDS, TimeUnit.SECONDS)).contains("listening failed", "broken");
            Integer after = null;
            for (int i = 0; i < 10 * WAIT_SECONDS && after == null; i++) {
                end.send(ByteBuffer.allocate(4));
                after = heard.poll(100, TimeUnit.MILLISECONDS);
                after = after == null || after == 3 ? null : after;
            }

            assertThat(after).isEqualTo(4);
            assertThat(end.problem()).isNull();
        }
    }

    @Test
    void send_listenerThrows_laterDatagramsAreStillHeard() throws Exception {
        BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        try (EventLoop loop = new EventLoop("swarm-io-test", Thread::new, SystemAdapters.ticker());
                MulticastEnd end = MulticastEnd.open(
                        config(),
                        (from, datagram) -> {
                            heard.add(datagram.remaining());
                            throw new IllegalStateException("broken");
                        },
                        loop)) {
            end.send(ByteBuffer.allocate(3));
            end.send(ByteBuffer.allocate(4));

            assertThat(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(4);
        }
    }

    private static MulticastConfig config() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket free = new DatagramSocket(0)) {
            return new MulticastConfig(
                    InetAddress.getByName("224.0.0.42"),
                    free.getLocalPort(),
                    NetworkInterface.getByInetAddress(loopback).getName(),
                    loopback);
        }
    }
}
