package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLeafTest {

    private static final Path DATA = Path.of("/data");
    private static final byte[] CONTENT = "a blob of one leaf".getBytes(StandardCharsets.UTF_8);
    private static final BlobCache.Seeded BLOB = hash(CONTENT);

    private static final byte[] FIRST = "the first of others".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = "the second of others".getBytes(StandardCharsets.UTF_8);
    private static final Map<BlobId, byte[]> CONTENTS =
            Map.of(BLOB.id(), CONTENT, hash(FIRST).id(), FIRST, hash(SECOND).id(), SECOND);

    private PowerCutDisk disk;
    private BlobCache store;

    @BeforeEach
    void open() throws IOException {
        disk = new PowerCutDisk();
        store = FileBlobCache.open(DATA, disk, InstantSource.system());
    }

    @ParameterizedTest(name = "names that were not flushed are kept: {0}, flushed with others: {1}")
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void commit_powerCutBeforeAnyChange_losesOnlyWhatWasNotReported(boolean namesKept, boolean shared)
            throws IOException {
        int cuts = 0;
        boolean reported = false;
        for (; !reported; cuts++) {
            open();
            disk.cutAfter(cuts);
            reported = shared ? receiveWithOthers() : receive();
            disk.restart(namesKept);
            BlobCache after = FileBlobCache.open(DATA, disk, InstantSource.system());

            assertThat(!reported || after.complete().containsKey(BLOB.id()))
                    .as("cut %s", cuts)
                    .isTrue();
            for (BlobId kept : after.complete().keySet()) {
                byte[] content = CONTENTS.getOrDefault(kept, new byte[0]);
                ByteBuffer read = ByteBuffer.allocate(content.length);
                after.read(kept, 0, read);
                assertThat(read.array()).isEqualTo(content);
            }
            assertThat(disk.list(DATA.resolve(".blobs")))
                    .hasSameSizeAs(after.complete().keySet())
                    .allMatch(name -> CONTENTS.containsKey(BlobId.parse(name)));
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

    @Test
    void take_bytesOfTheLeaf_areKeptAsWrittenOnesAre() throws IOException {
        try (PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree())) {
            assertThat(partial.take(new byte[CONTENT.length])).isFalse();
            assertThat(partial.held().size()).isZero();
            assertThatThrownBy(() -> partial.take(new byte[1])).isInstanceOf(IllegalArgumentException.class);

            assertThat(partial.take(CONTENT.clone())).isTrue();
            assertThat(partial.commit()).isTrue();
        }

        assertThat(store.readSmall(BLOB.id())).isEqualTo(CONTENT);
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

    /** Whether the store reported the blob as complete, having flushed it with two others. */
    private boolean receiveWithOthers() {
        try {
            receiveUnflushed(FIRST);
            receiveUnflushed(CONTENT);
            receiveUnflushed(SECOND);
            store.flush();
            return true;
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("the power is off");
            return false;
        }
    }

    private void receiveUnflushed(byte[] content) throws IOException {
        BlobCache.Seeded blob = hash(content);
        try (PartialBlob partial = store.receive(blob.id(), blob.layout(), blob.tree())) {
            partial.write(0, ByteBuffer.wrap(content));
            assertThat(partial.commitUnflushed()).isTrue();
        }
    }

    private static BlobCache.Seeded hash(byte[] content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        return hasher.finish();
    }
}
