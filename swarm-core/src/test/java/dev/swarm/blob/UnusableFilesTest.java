package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store makes of files that it cannot use, and of what stands in the way of its own. */
class UnusableFilesTest {

    private static final byte[] CONTENT = new byte[3 * BlobLayout.LEAF_BYTES + 5];
    private static final BlobCache.Seeded LARGE;
    private static final BlobCache.Seeded SMALL = hashed(new byte[] {1, 2, 3});
    private static final BlobCache.Seeded OTHER = hashed(new byte[] {4, 5, 6});

    static {
        new Random(7).nextBytes(CONTENT);
        LARGE = hashed(CONTENT);
    }

    @TempDir
    private Path data;

    private final Map<Path, IOException> faults = new HashMap<>();
    private Path blobs;
    private BlobCache store;

    @BeforeEach
    void fill() throws IOException {
        blobs = data.resolve(".blobs");
        store = reopen();
        receive(LARGE, CONTENT);
        receive(SMALL, new byte[] {1, 2, 3});
        receive(OTHER, new byte[] {4, 5, 6});
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void complete_treeIsADirectory_setsItAsideAndHashesTheBlobAgain() throws IOException {
        Path tree = path(LARGE, ".tree");
        store.close();
        Files.delete(tree);
        Files.createDirectories(tree.resolve("inner"));

        store = reopen();

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
        assertThat(tree).isRegularFile();
        assertThat(path(LARGE, ".tree.unreadable").resolve("inner")).isDirectory();
    }

    @Test
    void complete_treeCannotBeRead_setsItAsideAndHashesTheBlobAgain() throws IOException {
        store.close();
        fail(path(LARGE, ".tree"), new AccessDeniedException("tree"));

        store = reopen();

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
        assertThat(path(LARGE, ".tree.unreadable")).isRegularFile();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void complete_contentCannotBeRead_setsItAsideAndListsTheOthers(boolean small) throws IOException {
        BlobCache.Seeded blob = small ? SMALL : LARGE;
        store.close();
        Files.deleteIfExists(path(blob, ".tree"));
        fail(path(blob, ""), new IOException("Input/output error"));

        store = reopen();

        assertThat(store.complete()).containsOnlyKeys(small ? LARGE.id() : SMALL.id(), OTHER.id());
        assertThat(path(blob, "")).doesNotExist();
        assertThat(path(blob, ".unreadable")).isRegularFile();
        faults.clear();
        receive(blob, small ? new byte[] {1, 2, 3} : CONTENT);
        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
    }

    @Test
    void complete_tooManyFilesAreOpen_leavesTheFileWhereItIs() throws IOException {
        store.close();
        fail(path(SMALL, ""), new FileSystemException("small", null, "Too many open files"));
        store = reopen();

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), OTHER.id());
        faults.clear();

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void read_contentCanNoLongerBeRead_setsItAside(boolean small) throws IOException {
        BlobCache.Seeded blob = small ? SMALL : LARGE;
        assertThat(store.complete()).containsKey(blob.id());
        fail(path(blob, ""), new IOException("Input/output error"));

        assertThatThrownBy(() -> {
                    if (small) {
                        store.readSmall(blob.id());
                    } else {
                        store.read(blob.id(), 0, ByteBuffer.allocate(9));
                    }
                })
                .isInstanceOf(IOException.class);

        assertThat(store.complete()).doesNotContainKey(blob.id());
        assertThat(path(blob, ".unreadable")).isRegularFile();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void complete_directoryInThePlaceOfABlob_isSetAsideEachTimeAndTheBlobCanCome(boolean small) throws IOException {
        BlobCache.Seeded blob = small ? SMALL : LARGE;
        for (String aside : new String[] {".unreadable", ".unreadable-2"}) {
            Files.delete(path(blob, ""));
            Files.createDirectories(path(blob, "").resolve("inner"));

            assertThat(store.complete()).doesNotContainKey(blob.id()).containsKey(OTHER.id());
            assertThat(path(blob, aside).resolve("inner")).isDirectory();
            receive(blob, small ? new byte[] {1, 2, 3} : CONTENT);
        }

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void commit_directoryCameInTheWay_isSetAside(boolean small) throws IOException {
        BlobCache.Seeded blob = small ? SMALL : LARGE;
        store.evict(blob.id());
        PartialBlob partial = store.receive(blob.id(), blob.layout(), blob.tree());
        write(partial, blob, small ? new byte[] {1, 2, 3} : CONTENT);
        Files.createDirectories(path(blob, "").resolve("inner"));
        Files.createDirectories(path(blob, ".tree").resolve("inner"));

        assertThat(partial.commit()).isTrue();

        assertThat(store.complete()).containsKey(blob.id());
        assertThat(path(blob, ".unreadable").resolve("inner")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "leaves", "tree"})
    void receive_directoryInThePartialCopy_isSetAside(String name) throws IOException {
        store.evict(LARGE.id());
        Files.createDirectories(path(LARGE, ".partial").resolve(name).resolve("inner"));

        receive(LARGE, CONTENT);

        assertThat(store.complete()).containsKey(LARGE.id());
        assertThat(path(LARGE, ".partial.unreadable").resolve(name).resolve("inner"))
                .isDirectory();
    }

    @Test
    void open_partialOfACompleteBlobHoldsADirectory_opens() throws IOException {
        store.close();
        Files.createDirectories(path(LARGE, ".partial").resolve("mine").resolve("inner"));
        Files.createDirectories(blobs.resolve("link-probe.tmp").resolve("inner"));

        store = reopen();

        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id(), OTHER.id());
        assertThat(path(LARGE, ".partial")).doesNotExist();
        assertThat(path(LARGE, ".partial.unreadable").resolve("mine").resolve("inner"))
                .isDirectory();
    }

    @Test
    void complete_contentDirectoryIsGone_makesItAgain() throws IOException {
        try (var files = Files.list(blobs)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(blobs);

        assertThat(store.complete()).isEmpty();

        receive(LARGE, CONTENT);
        receive(SMALL, new byte[] {1, 2, 3});
        assertThat(store.complete()).containsOnlyKeys(LARGE.id(), SMALL.id());
    }

    private static BlobCache.Seeded hashed(byte[] content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        return hasher.finish();
    }

    private Path path(BlobCache.Seeded blob, String ending) {
        return blobs.resolve(blob.id().hex() + ending);
    }

    private void fail(Path path, IOException with) {
        faults.put(path, with);
    }

    private void receive(BlobCache.Seeded blob, byte[] content) throws IOException {
        PartialBlob partial = store.receive(blob.id(), blob.layout(), blob.tree());
        write(partial, blob, content);
        assertThat(partial.commit()).isTrue();
    }

    private static void write(PartialBlob partial, BlobCache.Seeded blob, byte[] content) throws IOException {
        for (int leaf = 0; leaf < blob.layout().leafCount(); leaf++) {
            int offset = (int) blob.layout().leafOffset(leaf);
            partial.write(leaf, ByteBuffer.wrap(content, offset, blob.layout().leafLength(leaf)));
        }
    }

    /** A store on a disk that does not give out the files that a test names. */
    private BlobCache reopen() throws IOException {
        Disk real = new NioDisk(data);
        Disk failing = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, args) -> {
                    IOException fault = method.getName().equals("open") && args[1] == Disk.Access.READ
                            ? faults.get((Path) args[0])
                            : null;
                    if (fault != null) {
                        throw fault;
                    }
                    if (method.getName().equals("rename")) {
                        faults.remove((Path) args[0]);
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return FileBlobCache.open(data, failing, InstantSource.system());
    }
}
