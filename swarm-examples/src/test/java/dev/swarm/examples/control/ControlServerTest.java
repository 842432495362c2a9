package dev.swarm.examples.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {

    @TempDir
    Path directory;

    @Test
    void verb_callerThatWaits_isThereUntilItLeaves() throws Exception {
        Path socket = directory.resolve("control.sock");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        ControlVerb untilGone = (request, caller) -> {
            boolean there = !caller.isGone();
            if (there) {
                asked.countDown();
            }
            while (!caller.isGone()) {
                Thread.onSpinWait();
            }
            left.countDown();
            return Map.of();
        };
        try (UnixSockets sockets = UnixSockets.open(UnixSockets.Look.NONE);
                ControlServer server = new ControlServer(sockets, socket, Map.of("wait", untilGone))) {
            assertThat(server).isNotNull();
            try (SocketChannel channel = ControlSocket.connect(socket)) {
                ControlSocket.writeLine(channel, Map.of("verb", "wait"));
                asked.await();
                assertThat(left.getCount()).isOne();
            }
            left.await();
        }
    }

    @Test
    void verb_thatLooksWhetherSomebodyWaits_isAnsweredAllTheSame() throws Exception {
        Path socket = directory.resolve("control.sock");
        try (UnixSockets sockets = UnixSockets.open(UnixSockets.Look.NONE);
                ControlServer server = new ControlServer(
                        sockets, socket, Map.of("look", (request, caller) -> Map.of("gone", caller.isGone())))) {
            assertThat(server).isNotNull();
            assertThat(ControlClient.call(socket, Map.of("verb", "look"))).isEqualTo(Map.of("gone", false));
        }
    }
}
