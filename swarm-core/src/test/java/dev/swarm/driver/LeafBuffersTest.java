package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class LeafBuffersTest {

    private final LeafBuffers buffers = new LeafBuffers();
    private final Deque<ByteBuffer> out = new ArrayDeque<>();

    @Test
    void take_afterGive_isTheSameBufferWithTheLengthAskedFor() {
        ByteBuffer first = buffers.take(65_536);
        first.position(10);
        buffers.give(first);

        ByteBuffer second = buffers.take(100);

        assertThat(second).isSameAs(first);
        assertThat(second.position()).isZero();
        assertThat(second.limit()).isEqualTo(100);
    }

    @Test
    void holdBack_manyAreOut_isResumedWhenHalfAreBack() {
        int[] resumed = new int[1];
        takeMany(LeafBuffers.MAX_WAITING);
        assertThat(buffers.isBehind()).isTrue();

        assertThat(buffers.holdBack(() -> resumed[0]++)).isTrue();
        giveMany(LeafBuffers.MAX_WAITING / 2 - 1);
        assertThat(resumed[0]).isZero();
        giveMany(1);

        assertThat(resumed[0]).isOne();
        giveMany(LeafBuffers.MAX_WAITING / 2);
        assertThat(resumed[0]).isOne();
    }

    @Test
    void holdBack_fewAreOut_isNotDone() {
        takeMany(LeafBuffers.MAX_WAITING / 2);

        assertThat(buffers.isBehind()).isFalse();
        assertThat(buffers.holdBack(() -> {
                    throw new AssertionError("resumed");
                }))
                .isFalse();
        giveMany(LeafBuffers.MAX_WAITING / 2);
    }

    private void takeMany(int count) {
        for (int i = 0; i < count; i++) {
            out.add(buffers.take(1));
        }
    }

    private void giveMany(int count) {
        for (int i = 0; i < count; i++) {
            buffers.give(out.remove());
        }
    }
}
