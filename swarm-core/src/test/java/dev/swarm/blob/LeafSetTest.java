package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class LeafSetTest {

    @Test
    void containsRange_oneOfItMissing_isFalse() {
        LeafSet set = LeafSet.all(40);
        set.remove(20);

        assertThat(set.containsRange(0, 20)).isTrue();
        assertThat(set.containsRange(21, 40)).isTrue();
        assertThat(set.containsRange(15, 21)).isFalse();
        assertThat(set.containsRange(20, 25)).isFalse();
    }

    @Test
    void decode_bitsBeyondTheLastLeaf_isRefused() {
        assertThat(LeafSet.decode(12, ByteBuffer.wrap(new byte[] {-1, 0x0f})).isFull())
                .isTrue();
        assertThatThrownBy(() -> LeafSet.decode(12, ByteBuffer.wrap(new byte[] {-1, 0x1f})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decode_wrongLength_isRefused() {
        assertThatThrownBy(() -> LeafSet.decode(12, ByteBuffer.allocate(3)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fullChunks_lastOneIsShort_countsWhenItsLeavesAreThere() {
        LeafSet set = LeafSet.none(BlobLayout.LEAVES_PER_CHUNK + 1);
        set.add(BlobLayout.LEAVES_PER_CHUNK);

        assertThat(set.fullChunks()).isEqualTo(1);
    }
}
