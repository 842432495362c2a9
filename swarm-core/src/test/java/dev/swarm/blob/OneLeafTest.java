package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLeafTest {

    private static final Path DATA = Path.of("/data");
    private static final byte[] CONTENT = "a blob of one leaf".getBytes(StandardCharsets.UTF_8);
    private static final BlobCache.Seeded BLOB = hash(CONTENT);

    private PowerCutDisk disk;
    private BlobCache store;

    @BeforeEach
    void open() throws IOException {
        disk = new PowerCutDisk();
        store = FileBlobCache.open(DATA, disk, InstantSource.system());
    }

    @ParameterizedTest(name = "names that were not flushed are kept: {0}")
    @ValueSource(booleans = {true, false})
    void commit_powerCutBeforeAnyChange_losesOnlyWhatWasNotReported(boolean namesKept) throws IOException {
        int cuts = 0;
        boolean reported = false;
        for (; !reported; cuts++) {
            open();
            disk.cutAfter(cuts);
            reported = receive();
            disk.restart(namesKept);
            BlobCache after = FileBlobCache.open(DATA, disk, InstantSource.system());

            assertThat(!reported || after.complete().containsKey(BLOB.id()))
                    .as("cut %s", cuts)
                    .isTrue();
            if (after.complete().containsKey(BLOB.id())) {
                ByteBuffer read = ByteBuffer.allocate(CONTENT.length);
                after.read(BLOB.id(), 0, read);
                assertThat(read.array()).isEqualTo(CONTENT);
            }
            assertThat(disk.list(DATA.resolve(".blobs")))
                    .allMatch(name -> name.equals(BLOB.id().hex()));
        }
        assertThat(cuts).isGreaterThan(4);
    }

    @Test
    void commit_blobOfOneLeaf_makesOneFileAndDeletesNone() throws IOException {
        int made = disk.filesMade();
        int deleted = disk.deletions();

        assertThat(receive()).isTrue();

        assertThat(disk.filesMade() - made).isEqualTo(1);
        assertThat(disk.deletions() - deleted).isZero();
    }

    @Test
    void read_beforeTheCommit_givesTheVerifiedLeaf() throws IOException {
        PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        assertThat(store.holding(BLOB.id()).leaves().isFull()).isFalse();

        partial.write(0, ByteBuffer.wrap(CONTENT));

        ByteBuffer read = ByteBuffer.allocate(CONTENT.length);
        store.read(BLOB.id(), 0, read);
        assertThat(read.array()).isEqualTo(CONTENT);
        assertThat(store.holding(BLOB.id()).complete()).isFalse();
    }

    @Test
    void write_otherBytes_areRefusedAndNotKept() throws IOException {
        PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());

        assertThat(partial.write(0, ByteBuffer.allocate(CONTENT.length))).isFalse();

        assertThat(partial.held().size()).isZero();
        assertThatThrownBy(partial::commit).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void commit_contentOfAnotherId_isRefusedAndNothingStays() throws IOException {
        BlobId other = hash("another".getBytes(StandardCharsets.UTF_8)).id();
        PartialBlob partial = store.receive(other, BLOB.layout(), BLOB.tree());
        partial.write(0, ByteBuffer.wrap(CONTENT));

        assertThat(partial.commit()).isFalse();

        assertThat(disk.list(DATA.resolve(".blobs"))).isEmpty();
        assertThat(store.holding(other)).isNull();
    }

    @Test
    void receive_afterClose_startsAgain() throws IOException {
        PartialBlob first = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        first.write(0, ByteBuffer.wrap(CONTENT));
        first.close();

        PartialBlob second = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());

        assertThat(second.held().size()).isZero();
        assertThatThrownBy(first::commit).isInstanceOf(IOException.class);
    }

    @Test
    void evict_whileReceiving_endsIt() throws IOException {
        PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        partial.write(0, ByteBuffer.wrap(CONTENT));

        store.evict(BLOB.id());

        assertThatThrownBy(partial::commit).isInstanceOf(IOException.class);
        assertThat(store.complete()).isEmpty();
    }

    /** Whether the store reported the blob as complete. */
    private boolean receive() {
        try (PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree())) {
            partial.write(0, ByteBuffer.wrap(CONTENT));
            return partial.commit();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("the power is off");
            return false;
        }
    }

    private static BlobCache.Seeded hash(byte[] content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        return hasher.finish();
    }
}
