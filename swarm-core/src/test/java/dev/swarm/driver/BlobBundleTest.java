package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobBundleTest {

    private static List<BlobId> blobs(int count) {
        return LongStream.range(0, count).mapToObj(i -> new BlobId(i, 1, 2, 3)).toList();
    }

    @ParameterizedTest(name = "{0} blobs")
    @ValueSource(ints = {1, 2, 256})
    void decode_whatWasEncoded_isTheSame(int count) {
        assertThat(BlobBundle.decode(BlobBundle.encode(blobs(count)))).isEqualTo(blobs(count));
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, 31, 33, 63, 256 * 32 + 1, 257 * 32})
    void decode_otherThanWholeIdsOfAFew_isRefused(int bytes) {
        assertThatThrownBy(() -> BlobBundle.decode(ByteBuffer.allocate(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(bytes + " bytes");
    }

    @Test
    void encode_fullQuestion_isNoLongerThanTheLimit() {
        assertThat(BlobBundle.encode(blobs(BlobBundle.MAX_BLOBS)).remaining()).isEqualTo(BlobBundle.MAX_QUESTION_BYTES);
    }
}
