package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a blob of several leaves leaves on a disk that loses power, or fails, in the middle of its completion. */
class StoreCrashTest {

    private static final Path DATA = Path.of("/data");
    private static final Path BLOBS = DATA.resolve(".blobs");
    private static final byte[] CONTENT = new byte[3 * BlobLayout.LEAF_BYTES + 5];
    private static final BlobCache.Seeded BLOB;

    static {
        new Random(7).nextBytes(CONTENT);
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(CONTENT));
        BLOB = hasher.finish();
    }

    private PowerCutDisk disk;
    private BlobCache store;

    @BeforeEach
    void open() throws IOException {
        disk = new PowerCutDisk();
        store = reopen();
    }

    @ParameterizedTest(name = "names that were not flushed are kept: {0}")
    @ValueSource(booleans = {true, false})
    void commit_powerCutBeforeAnyChange_isWholeOnceReportedAndNeverFalse(boolean namesKept) throws IOException {
        int cuts = 0;
        boolean reported = false;
        for (; !reported; cuts++) {
            open();
            PartialBlob partial = received();
            disk.cutAfter(cuts);
            reported = commits(partial);
            disk.restart(namesKept);
            BlobCache after = reopen();

            assertThat(after.complete().containsKey(BLOB.id()) || !reported)
                    .as("cut %s", cuts)
                    .isTrue();
            if (after.complete().containsKey(BLOB.id())) {
                ByteBuffer read = ByteBuffer.allocate(CONTENT.length);
                after.read(BLOB.id(), 0, read);
                assertThat(read.array()).isEqualTo(CONTENT);
            }
        }
        assertThat(cuts).isGreaterThan(5);
    }

    @Test
    void flush_thatFailed_failsForGood() throws IOException {
        PartialBlob counted = received();
        disk.cutAfter(Integer.MAX_VALUE);
        counted.commit();
        int changes = disk.changes();
        int flushes = 0;
        for (int failing = 0; failing < changes; failing++) {
            open();
            PartialBlob partial = received();
            failOnce(failing);

            if (!commits(partial) && fails(store::flush)) {
                flushes++;
                assertThatThrownBy(store::flush).isInstanceOf(IOException.class);
                assertThat(store.problem()).contains("could not be flushed to disk: Input/output error");
            } else {
                assertThat(store.problem()).isNull();
            }
        }
        assertThat(flushes).isEqualTo(1);
    }

    @Test
    void commit_anyOneChangeFails_isCompleteOrNotInItsPlaceOrTheStoreSaysSo() throws IOException {
        int inPlace = 0;
        int faulty = 0;
        boolean struck = true;
        for (int failing = 0; struck; failing++) {
            open();
            PartialBlob partial = received();
            disk.cutAfter(Integer.MAX_VALUE);
            failOnce(failing);
            boolean reported = commits(partial);
            struck = disk.changes() >= failing;
            boolean there = disk.stat(BLOBS.resolve(BLOB.id().hex())) != null;

            assertThat(reported || store.problem() != null)
                    .as("change %s", failing)
                    .isEqualTo(there);
            faulty += store.problem() == null ? 0 : 1;
            inPlace += reported ? 1 : 0;
        }
        assertThat(faulty).isEqualTo(1);
        assertThat(inPlace).isGreaterThan(2);
    }

    @Test
    void commit_dataFlushFailed_isMarkedUntilItsBytesAreCopied() throws IOException {
        failOnce(Integer.MAX_VALUE);
        PartialBlob partial = received();
        failOnce(0);

        assertThatThrownBy(partial::commit).hasMessageContaining("hashed again");
        Path marker = BLOBS.resolve(BLOB.id().hex() + ".partial").resolve("suspect");
        assertThat(disk.stat(marker)).isNotNull();
        PartialBlob again = reopen().receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        assertThat(again.held().isFull()).isTrue();
        assertThat(disk.stat(marker)).isNull();
    }

    @Test
    void flushWritten_failed_blobCannotBeCommittedThoughTheNextFlushWouldSucceed() throws IOException {
        PartialBlob partial = received();
        failOnce(0);

        assertThatThrownBy(partial::flushWritten).hasMessageContaining("hashed again");
        assertThatThrownBy(partial::commit).hasMessageContaining("hashed again");

        assertThat(store.complete()).isEmpty();
        PartialBlob again = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        assertThat(again.held().isFull()).isTrue();
        assertThat(again.commit()).isTrue();
    }

    @Test
    void flushWritten_fileIsClosedMeanwhile_isNotTakenForAFailureOfTheDisk() throws IOException {
        PartialBlob partial = received();
        boolean[] closes = {true};
        disk.strikeWith(() -> {
            if (closes[0]) {
                throw new AsynchronousCloseException();
            }
        });

        assertThatThrownBy(partial::flushWritten).isInstanceOf(ClosedChannelException.class);
        closes[0] = false;

        assertThat(partial.commit()).isTrue();
    }

    @Test
    void flushWritten_leavesOfAPartialCopy_areOnDisk() throws IOException {
        PartialBlob partial = received();
        Path data = BLOBS.resolve(BLOB.id().hex() + ".partial").resolve("data");
        assertThat(disk.flushedBytes(data)).isNotEqualTo(CONTENT);

        partial.flushWritten();

        assertThat(disk.flushedBytes(data)).isEqualTo(CONTENT);
        assertThat(partial.commit()).isTrue();
    }

    @Test
    void flushWritten_blobThatIsNotReceivedAnyMore_doesNothing() throws IOException {
        PartialBlob partial = received();
        partial.commit();
        failOnce(0);

        partial.flushWritten();

        assertThat(store.complete()).containsKey(BLOB.id());
    }

    @Test
    void open_afterACrash_takesUnfinishedFilesAway() throws IOException {
        Path unfinished = StorePaths.temporary(BLOBS.resolve(BLOB.id().hex()));
        Path orphan = BLOBS.resolve(BLOB.id().hex() + ".tree");
        disk.put(unfinished, new byte[5]);
        disk.put(orphan, new byte[5]);

        reopen();

        assertThat(disk.stat(unfinished)).isNull();
        assertThat(disk.stat(orphan)).isNull();
    }

    private interface Change {
        void make() throws IOException;
    }

    private static boolean fails(Change change) {
        try {
            change.make();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private BlobCache reopen() throws IOException {
        return FileBlobCache.open(DATA, disk, InstantSource.system());
    }

    private void failOnce(int after) {
        int[] left = {after};
        disk.strikeWith(() -> {
            if (left[0]-- == 0) {
                throw new IOException("Input/output error");
            }
        });
    }

    private PartialBlob received() throws IOException {
        PartialBlob partial = store.receive(BLOB.id(), BLOB.layout(), BLOB.tree());
        for (int leaf = 0; leaf < BLOB.layout().leafCount(); leaf++) {
            int from = (int) BLOB.layout().leafOffset(leaf);
            partial.write(leaf, ByteBuffer.wrap(CONTENT, from, BLOB.layout().leafLength(leaf)));
        }
        return partial;
    }

    private static boolean commits(PartialBlob partial) {
        try {
            return partial.commit();
        } catch (IOException e) {
            return false;
        }
    }
}
