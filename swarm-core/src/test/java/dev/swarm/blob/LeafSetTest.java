package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest(name = "{0} leaves")
    @ValueSource(ints = {0, 1, 7, 8, 9, 63, 64, 65, 128, 1_000})
    void everyQuestion_anyLeaves_isAnsweredAsByABitSet(int leaves) {
        RandomGenerator random = new SplittableRandom(leaves);
        LeafSet set = LeafSet.none(leaves);
        BitSet bits = new BitSet();

        for (int change = 0; change < 3 * leaves; change++) {
            int leaf = random.nextInt(leaves);
            boolean isNew = !bits.get(leaf);
            if (random.nextInt(3) > 0) {
                assertThat(set.add(leaf)).isEqualTo(isNew);
                bits.set(leaf);
            } else {
                assertThat(set.remove(leaf)).isNotEqualTo(isNew);
                bits.clear(leaf);
            }
        }

        assertThat(set.size()).isEqualTo(bits.cardinality());
        for (int leaf = 0; leaf <= leaves; leaf++) {
            assertThat(set.contains(leaf)).isEqualTo(bits.get(leaf));
            assertThat(set.nextIn(leaf)).isEqualTo(bits.nextSetBit(leaf));
            int missing = bits.nextClearBit(leaf);
            assertThat(set.nextMissing(leaf)).isEqualTo(missing < leaves ? missing : -1);
            assertThat(set.containsRange(leaf / 2, leaf)).isEqualTo(bits.nextClearBit(leaf / 2) >= leaf);
        }
    }

    @ParameterizedTest(name = "{0} leaves")
    @ValueSource(ints = {0, 1, 7, 8, 9, 63, 64, 65, 128, 1_000})
    void decode_whatEncodeGave_isTheSameSet(int leaves) {
        RandomGenerator random = new SplittableRandom(leaves);
        LeafSet set = LeafSet.none(leaves);
        random.ints(leaves / 2, 0, Math.max(1, leaves)).forEach(set::add);

        ByteBuffer bytes = set.encode();
        LeafSet decoded = LeafSet.decode(leaves, bytes);

        assertThat(bytes.remaining()).isEqualTo(LeafSet.encodedLength(leaves));
        assertThat(decoded.size()).isEqualTo(set.size());
        for (int leaf = 0; leaf < leaves; leaf++) {
            assertThat(bytes.get(leaf / 8) >>> leaf % 8 & 1).isEqualTo(set.contains(leaf) ? 1 : 0);
            assertThat(decoded.contains(leaf)).isEqualTo(set.contains(leaf));
        }
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
