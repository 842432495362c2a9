package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraveyardTest {

    private static final Path DATA = Path.of("/data");
    private static final Instant BURIAL = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final byte[] CONTENT = new byte[3 * BlobLayout.LEAF_BYTES];

    static {
        new Random(3).nextBytes(CONTENT);
    }

    private final PowerCutDisk disk = new PowerCutDisk();
    private BlobCache store;
    private BlobId blob;
    private Path grave;

    @BeforeEach
    void bury() throws IOException {
        store = FileBlobCache.open(DATA, disk, () -> BURIAL);
        Path seed = DATA.resolve("seed").resolve("file.bin");
        disk.put(seed, CONTENT);
        blob = store.addSeed(seed).id();
        grave = DATA.resolve("graveyard").resolve(blob.hex());
        assertThat(store.bury(blob)).isTrue();
        assertThat(store.complete()).isEmpty();
    }

    @Test
    void resurrect_buriedBlob_isReadAsBefore() throws IOException {
        assertThat(store.resurrect(blob)).isTrue();

        ByteBuffer read = ByteBuffer.allocate(CONTENT.length);
        store.read(blob, 0, read);
        assertThat(read.array()).isEqualTo(CONTENT);
    }

    @Test
    void resurrect_bytesThatChangedInTheGrave_areDeleted() throws IOException {
        byte[] other = CONTENT.clone();
        other[70_000]++;
        disk.put(grave, other);

        assertThat(store.resurrect(blob)).isFalse();
        assertThat(disk.stat(grave)).isNull();
        assertThat(store.complete()).isEmpty();
    }

    @Test
    void purge_buriedBeforeThatTime_isDeletedAndNothingElse() throws IOException {
        assertThat(store.purgeGraveyard(BURIAL.toEpochMilli())).isZero();
        assertThat(disk.stat(grave)).isNotNull();

        assertThat(store.purgeGraveyard(BURIAL.toEpochMilli() + 1)).isEqualTo(1);
        assertThat(disk.stat(grave)).isNull();
    }
}
