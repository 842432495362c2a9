package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class DirectoryFlushTest {

    private final Queue<IOException> failures = new ArrayDeque<>();
    private final Disk disk = (Disk)
            Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, given) -> {
                if (!failures.isEmpty()) {
                    throw failures.remove();
                }
                return null;
            });
    private final DirectoryFlush flush = new DirectoryFlush(disk, Path.of("content"));

    @Test
    void force_interrupted_failsItsCallerAlone() {
        failures.add(new ClosedByInterruptException());

        assertThatIOException().isThrownBy(flush::force).withMessageContaining("interrupted");

        assertThat(flush.problem()).isNull();
        assertThatCode(flush::force).doesNotThrowAnyException();
    }

    @Test
    void force_thatFailed_failsForAllFromThenOn() {
        failures.add(new IOException("I/O error"));

        assertThatIOException().isThrownBy(flush::force);

        assertThat(flush.problem()).contains("content", "I/O error");
        assertThatIOException().isThrownBy(flush::force).withMessageContaining("restart the node");
    }
}
