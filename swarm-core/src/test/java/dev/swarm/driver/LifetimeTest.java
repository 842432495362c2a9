package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LifetimeTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Lifetime lifetime = new Lifetime(now::get);

    @Test
    void onDisk_openNode_givesWhatThereIsAndFailsAsItDoes() throws IOException {
        IOException broken = new IOException("broken");

        assertThat(lifetime.onDisk(() -> "read")).isEqualTo("read");
        assertThatThrownBy(() -> lifetime.onDisk(() -> {
                    throw broken;
                }))
                .isSameAs(broken);
    }

    @Test
    void onDisk_diskFailsAsTheNodeCloses_saysThatItIsClosed() {
        IOException gone = new IOException("the store is closed");

        assertThatThrownBy(() -> lifetime.onDisk(() -> {
                    lifetime.begin();
                    throw gone;
                }))
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED))
                .hasCause(gone);
    }

    @Test
    void onDisk_failsForAnotherReasonAsTheNodeCloses_keepsIt() {
        SwarmException storage = new SwarmException(Reason.STORAGE, "cannot publish");
        SwarmException forbidden = new SwarmException(Reason.FORBIDDEN, "not allowed");

        assertThatThrownBy(() -> closesAndThrows(forbidden)).isSameAs(forbidden);
        Lifetime other = new Lifetime(now::get);
        assertThatThrownBy(() -> other.onDisk(() -> {
                    other.begin();
                    throw storage;
                }))
                .hasMessage("the node is closed")
                .hasCause(storage);
    }

    @Test
    void onDisk_onceTheEndHasBegun_isNotTried() {
        assertThat(lifetime.begin()).isTrue();
        assertThat(lifetime.begin()).isFalse();

        assertThatThrownBy(() -> lifetime.onDisk(() -> {
                    throw new AssertionError("tried");
                }))
                .hasMessage("the node is closed");
    }

    @Test
    void left_stepsThatTakeTheirTime_leaveLessForThoseAfterThem() {
        Duration two = Duration.ofSeconds(2);
        lifetime.begin();

        assertThat(lifetime.left(two)).isEqualTo(two);
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(lifetime.left(two)).isEqualTo(Duration.ofSeconds(1));
        now.addAndGet(two.toNanos());
        assertThat(lifetime.left(two)).isZero();
    }

    private void closesAndThrows(SwarmException failure) throws IOException {
        lifetime.onDisk(() -> {
            lifetime.begin();
            throw failure;
        });
    }
}
