package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.SystemAdapters;
import dev.swarm.transport.MulticastConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** A cable whose both ends are on this machine, so that what comes in over it comes from outside as far as the system knows. */
    @Test
    void hearing_besideAnEndOnAnotherInterface_getsAllThatComesThere() throws Exception {
        MulticastConfig loopback = config();
        assumeTrue(ip("link", "add", "swarm-mc0", "type", "veth", "peer", "name", "swarm-mc1"), "needs root and ip");
        AtomicInteger heard = new AtomicInteger();
        AtomicInteger heardElsewhere = new AtomicInteger();
        try (EventLoop loop = new EventLoop("swarm-io-test", Thread::new, SystemAdapters.ticker())) {
            for (int end = 0; end < 2; end++) {
                assertThat(ip("addr", "add", "198.18.0." + (end + 1) + "/30", "dev", "swarm-mc" + end))
                        .isTrue();
                assertThat(ip("link", "set", "swarm-mc" + end, "up")).isTrue();
            }
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/swarm-mc0/accept_local"), "1");
            try (MulticastEnd first = MulticastEnd.open(
                            on("swarm-mc0", 1, loopback), (from, data) -> heard.incrementAndGet(), loop);
                    MulticastEnd second =
                            MulticastEnd.open(loopback, (from, data) -> heardElsewhere.incrementAndGet(), loop)) {
                // Each from a port of its own: which socket Linux would choose of several depends on that.
                for (int i = 0; i < 20; i++) {
                    try (MulticastEnd speaker =
                            MulticastEnd.open(on("swarm-mc1", 2, loopback), (from, data) -> {}, loop)) {
                        speaker.send(ByteBuffer.allocate(3));
                    }
                }
                for (int i = 0; i < 10 * WAIT_SECONDS && heard.get() + heardElsewhere.get() < 20; i++) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
                assertThat(first.problem()).isNull();
                assertThat(second.problem()).isNull();
            }
        } finally {
            ip("link", "del", "swarm-mc0");
        }

        assertThat(heard).hasValue(20);
        assertThat(heardElsewhere).hasValue(0);
    }

    private static MulticastConfig on(String name, int end, MulticastConfig like) throws IOException {
        return new MulticastConfig(like.group(), like.port(), name, InetAddress.getByName("198.18.0." + end));
    }

    private static boolean ip(String... arguments) throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(List.of("ip"));
            command.addAll(List.of(arguments));
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
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
