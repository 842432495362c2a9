package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeafListTest {

    @Test
    void decode_whatEncodeWrote_isTheSameLeaves() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            int leafCount = 1 + random.nextInt(100_000);
            int[] leaves = random.ints(random.nextInt(200), 0, leafCount)
                    .distinct()
                    .sorted()
                    .toArray();

            assertThat(LeafList.decode(LeafList.encode(leaves), leafCount)).isEqualTo(leaves);
        }
    }

    @Test
    void encode_leavesInARow_takesAByteForEach() {
        int[] leaves = IntStream.range(3_000, 3_100).toArray();

        assertThat(LeafList.encode(leaves).remaining()).isEqualTo(1 + 2 + 99);
    }

    @Test
    void decode_leafBeyondTheBlob_isRefused() {
        ByteBuffer bytes = LeafList.encode(new int[] {0, 7, 8});

        assertThat(LeafList.decode(bytes.duplicate(), 9)).containsExactly(0, 7, 8);
        assertThatIllegalArgumentException().isThrownBy(() -> LeafList.decode(bytes.duplicate(), 8));
        assertThatIllegalArgumentException().isThrownBy(() -> LeafList.decode(bytes.duplicate(), 7));
    }

    @Test
    void decode_truncatedOrLonger_isRefused() {
        ByteBuffer bytes = LeafList.encode(new int[] {1, 300, 70_000});
        for (int length = 0; length < bytes.remaining(); length++) {
            ByteBuffer cut = bytes.duplicate().limit(length);
            assertThatIllegalArgumentException().isThrownBy(() -> LeafList.decode(cut, 100_000));
        }
        ByteBuffer longer = ByteBuffer.allocate(bytes.remaining() + 1)
                .put(bytes.duplicate())
                .rewind();
        assertThatIllegalArgumentException().isThrownBy(() -> LeafList.decode(longer, 100_000));
    }

    @Test
    void decode_longerListThanAllowed_isRefused() {
        int[] leaves = IntStream.range(0, LeafList.MAX_LEAVES + 1).toArray();

        assertThatIllegalArgumentException().isThrownBy(() -> LeafList.decode(LeafList.encode(leaves), 5_000));
    }
}
