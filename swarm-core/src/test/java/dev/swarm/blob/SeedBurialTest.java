package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a seed file that has ended, by itself, beside others of its content, and on a file system of its own. */
class SeedBurialTest {

    private static final Instant BURIAL = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path data;

    private BlobCache store;
    private Path first;
    private Path second;
    private BlobId blob;
    private boolean apart;

    @BeforeEach
    void open() throws IOException {
        Disk disk = new NioDisk(data);
        Path seed = data.resolve("seed");
        store = FileBlobCache.open(
                data,
                (Disk) Proxy.newProxyInstance(
                        Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                            if (apart
                                    && method.getName().equals("rename")
                                    && arguments[0] instanceof Path from
                                    && from.startsWith(seed)) {
                                throw new AtomicMoveNotSupportedException(from.toString(), "", "other file system");
                            }
                            try {
                                return method.invoke(disk, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }),
                () -> BURIAL);
        first = Files.write(seed.resolve("first"), CONTENT);
        second = seed.resolve("second");
        blob = store.addSeed(first).id();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void burySeed_fileThatTheStoreLists_liesInTheGraveyard() throws IOException {
        assertThat(store.burySeed(first, blob, true)).isEqualTo(BlobCache.SeedEnd.BURIED);

        assertThat(first).doesNotExist();
        assertThat(store.complete()).isEmpty();
        assertBuried();
        assertThat(store.burySeed(first, blob, true)).isEqualTo(BlobCache.SeedEnd.BURIED);
    }

    @Test
    void burySeed_oneOfTwoFilesOfAContent_leavesTheOtherListed() throws IOException {
        Files.write(second, CONTENT);

        assertThat(store.burySeed(second, blob, true)).isEqualTo(BlobCache.SeedEnd.BURIED);

        assertThat(second).doesNotExist();
        assertThat(first).hasBinaryContent(CONTENT);
        assertThat(store.complete()).containsOnlyKeys(blob);
        assertBuried();
    }

    @Test
    void burySeed_secondFileOfWhatIsBuried_countsFromThen() throws IOException {
        Files.write(second, CONTENT);
        store.bury(blob);
        Files.setLastModifiedTime(grave(), FileTime.from(Instant.EPOCH));

        assertThat(store.burySeed(second, blob, true)).isEqualTo(BlobCache.SeedEnd.BURIED);

        assertThat(second).doesNotExist();
        assertBuried();
    }

    @Test
    void burySeed_contentThatTheStoreHasByItself_isDeletedAndStaysThere() throws IOException {
        Files.delete(first);
        store.evict(blob);
        receive();
        Files.write(second, CONTENT);

        assertThat(store.burySeed(second, blob, true)).isEqualTo(BlobCache.SeedEnd.HELD);

        assertThat(second).doesNotExist();
        assertThat(store.complete()).containsOnlyKeys(blob);
        assertThat(grave()).doesNotExist();
    }

    @Test
    void burySeed_fileThatHoldsSomethingElse_stays() throws IOException {
        Files.writeString(second, "another");

        assertThat(store.burySeed(second, blob, true)).isEqualTo(BlobCache.SeedEnd.OTHER);

        assertThat(second).hasContent("another");
        assertThat(store.complete()).containsOnlyKeys(blob);
    }

    @Test
    void burySeed_fileThatIsGoneWithoutACopy_isToldSo() throws IOException {
        assertThat(store.burySeed(second, blob, true)).isEqualTo(BlobCache.SeedEnd.GONE);
    }

    @Test
    void bury_seedOnAnotherFileSystem_leavesTheFileAsItIs() throws IOException {
        apart = true;
        FileTime time = Files.getLastModifiedTime(first);
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(store.bury(blob)).isTrue();

        assertThat(store.complete()).isEmpty();
        assertThat(first).hasBinaryContent(CONTENT);
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(time);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void burySeed_onAnotherFileSystem_isCopiedAndDeleted() throws IOException {
        apart = true;
        store.bury(blob);

        assertThat(store.burySeed(first, blob, true)).isEqualTo(BlobCache.SeedEnd.BURIED);

        assertThat(first).doesNotExist();
        assertBuried();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(grave())))
                .isEqualTo("rw-------");
    }

    @Test
    void burySeed_onAnotherFileSystemWithoutRoomForACopy_isDeleted() throws IOException {
        apart = true;

        assertThat(store.burySeed(first, blob, false)).isEqualTo(BlobCache.SeedEnd.DELETED);

        assertThat(first).doesNotExist();
        assertThat(store.complete()).isEmpty();
        assertThat(data.resolve("graveyard")).isEmptyDirectory();
    }

    @Test
    void burySeed_onAnotherFileSystemBesideACopyInTheGraveyard_renewsThat() throws IOException {
        Files.write(second, CONTENT);
        store.burySeed(first, blob, true);
        Files.setLastModifiedTime(grave(), FileTime.from(Instant.EPOCH));
        apart = true;

        assertThat(store.burySeed(second, blob, false)).isEqualTo(BlobCache.SeedEnd.BURIED);

        assertThat(second).doesNotExist();
        assertBuried();
    }

    @Test
    void purgeGraveyard_copyThatACrashCutShort_isDeletedWithTheOthers() throws IOException {
        Path cut = Files.writeString(data.resolve("graveyard").resolve(blob.hex() + ".tmp"), "cont");
        Path others = Files.writeString(data.resolve("graveyard").resolve("of-others"), "content");
        Files.setLastModifiedTime(cut, FileTime.from(BURIAL));
        Files.setLastModifiedTime(others, FileTime.from(BURIAL));

        store.purgeGraveyard(BURIAL.toEpochMilli() + 1);

        assertThat(cut).doesNotExist();
        assertThat(others).exists();
    }

    private void receive() throws IOException {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(CONTENT));
        BlobCache.Seeded seeded = hasher.finish();
        try (PartialBlob partial = store.receive(blob, seeded.layout(), seeded.tree())) {
            partial.write(0, ByteBuffer.wrap(CONTENT));
            assertThat(partial.commit()).isTrue();
        }
    }

    private void assertBuried() throws IOException {
        assertThat(grave()).hasBinaryContent(CONTENT);
        assertThat(Files.getLastModifiedTime(grave()).toInstant()).isEqualTo(BURIAL);
    }

    private Path grave() {
        return data.resolve("graveyard").resolve(blob.hex());
    }
}
