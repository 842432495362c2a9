package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashTreeTest {

    /** The inputs of the Certificate Transparency reference tests for RFC 6962. */
    private static final String[] INPUTS = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    };

    @ParameterizedTest
    @CsvSource({
        "1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "4, d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "5, 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "6, 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "7, ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    })
    void root_referenceInputs_areThoseOfRfc6962(int count, String root) {
        ByteBuffer hashes = ByteBuffer.allocate(count * HashTree.HASH_BYTES);
        for (int i = 0; i < count; i++) {
            hashes.put(HashTree.leafHash(ByteBuffer.wrap(HexFormat.of().parseHex(INPUTS[i]))));
        }

        assertThat(HexFormat.of()
                        .formatHex(HashTree.ofLeafHashes(hashes.flip()).root().toBytes()))
                .isEqualTo(root);
    }

    @Test
    void root_noLeaves_isTheHashOfNothing() throws NoSuchAlgorithmException {
        assertThat(HashTree.ofLeafHashes(ByteBuffer.allocate(0)).root().toBytes())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_048_576, 1_048_577, 3_000_000})
    void hasher_anySplit_givesWholeHashAndTree(int size) throws NoSuchAlgorithmException {
        byte[] content = new byte[size];
        Random random = new Random(size);
        random.nextBytes(content);
        BlobHasher hasher = new BlobHasher();
        for (int at = 0; at < size; ) {
            int length = Math.min(size - at, 1 + random.nextInt(200_000));
            hasher.update(ByteBuffer.wrap(content, at, length));
            at += length;
        }

        BlobCache.Seeded blob = hasher.finish();
        assertThat(blob.id().toBytes())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
        assertThat(blob.tree().leafCount()).isEqualTo(blob.layout().leafCount());
        for (int leaf = 0; leaf < blob.layout().leafCount(); leaf++) {
            int offset = (int) blob.layout().leafOffset(leaf);
            ByteBuffer bytes = ByteBuffer.wrap(content, offset, blob.layout().leafLength(leaf))
                    .slice();
            assertThat(blob.tree().matches(leaf, bytes)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a\u0000b", "a\nb", "nul", "CON.txt", "a\u0301\u0000"})
    void label_thatCouldEscapeOrHide_isRefused(String name) {
        assertThatThrownBy(() -> Label.of(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leafSet_encodeDecode_isIdentity() {
        Random random = new Random(3);
        for (int count : new int[] {0, 1, 7, 8, 9, 64, 1000}) {
            LeafSet set = LeafSet.none(count);
            for (int leaf = 0; leaf < count; leaf++) {
                if (random.nextBoolean()) {
                    set.add(leaf);
                }
            }
            LeafSet decoded = LeafSet.decode(count, set.encode());
            assertThat(decoded.size()).isEqualTo(set.size());
            assertThat(decoded.encode()).isEqualTo(set.encode());
        }
    }

    @Test
    void leafSet_bitBeyondTheLastLeaf_isRefused() {
        assertThatThrownBy(() -> LeafSet.decode(3, ByteBuffer.wrap(new byte[] {8})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leaf 3 of 3");
    }
}
