package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBlobCacheTest {

    private static final int LEAF = BlobLayout.LEAF_BYTES;

    @TempDir
    Path data;

    private BlobCache cache;
    private byte[] content;
    private BlobCache.Seeded blob;

    @BeforeEach
    void open() throws IOException {
        cache = BlobCache.open(data);
        content = new byte[5 * LEAF + 100];
        new Random(7).nextBytes(content);
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        blob = hasher.finish();
    }

    @AfterEach
    void close() throws IOException {
        cache.close();
    }

    @Test
    void open_newDirectory_hasTheSeedLayout() throws IOException {
        assertThat(data.resolve(".blobs")).isDirectory();
        assertThat(data.resolve("files")).isDirectory();
        assertThat(data.resolve("seed")).isDirectory();
        assertThat(data.resolve("graveyard")).isDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(".blobs"))))
                .isEqualTo("rwx------");
    }

    @Test
    void receive_leavesInAnyOrder_commitsTheBlob() throws IOException {
        PartialBlob partial = receive();
        for (int leaf : new int[] {3, 0, 5, 1, 4, 2}) {
            assertThat(partial.write(leaf, leaf(leaf))).isTrue();
        }

        assertThat(partial.commit()).isTrue();
        assertThat(cache.complete()).containsOnlyKeys(blob.id());
        assertThat(readAll()).isEqualTo(content);
        assertThat(data.resolve(".blobs").resolve(blob.id().hex() + ".partial")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        data.resolve(".blobs").resolve(blob.id().hex()))))
                .isEqualTo("rw-------");
    }

    @Test
    void readSmall_seedOfOneLeaf_givesItsBytes() throws IOException {
        BlobCache.Seeded small = seedSmall(new byte[] {1, 2, 3});

        assertThat(cache.sizeOfSmall(small.id())).isEqualTo(3);
        assertThat(cache.readSmall(small.id())).containsExactly(1, 2, 3);
    }

    @Test
    void readSmall_bytesAlteredWithoutATrace_givesNothingAndTheBlobIsGone() throws IOException {
        BlobCache.Seeded small = seedSmall(new byte[] {1, 2, 3});
        assertThat(cache.sizeOfSmall(small.id())).isEqualTo(3);
        Path file = data.resolve("seed").resolve("small");
        FileTime before = Files.getLastModifiedTime(file);
        Files.write(file, new byte[] {1, 2, 4});
        Files.setLastModifiedTime(file, before);

        assertThatThrownBy(() -> cache.readSmall(small.id())).isInstanceOf(BlobMissingException.class);
        assertThat(cache.sizeOfSmall(small.id())).isEqualTo(-1);
        assertThat(file).exists();
    }

    @Test
    void readSmall_fileTakenAway_isNotHereAfterwards() throws IOException {
        BlobCache.Seeded small = seedSmall(new byte[] {1, 2, 3});
        assertThat(cache.sizeOfSmall(small.id())).isEqualTo(3);
        Files.delete(data.resolve("seed").resolve("small"));

        assertThatThrownBy(() -> cache.readSmall(small.id())).isInstanceOf(BlobMissingException.class);
        assertThat(cache.sizeOfSmall(small.id())).isEqualTo(-1);
    }

    @Test
    void sizeOfSmall_partialBlobAndBlobOfManyLeaves_areNotSmall() throws IOException {
        Path file = Files.write(data.resolve("seed").resolve("large"), content);
        assertThat(cache.addSeed(file).id()).isEqualTo(blob.id());
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(new byte[] {9}));
        BlobCache.Seeded other = hasher.finish();

        assertThat(cache.sizeOfSmall(blob.id())).isEqualTo(-1);
        try (PartialBlob partial = cache.receive(other.id(), other.layout(), other.tree())) {
            assertThat(cache.sizeOfSmall(other.id())).isEqualTo(-1);
            partial.write(0, ByteBuffer.wrap(new byte[] {9}));
            assertThat(cache.sizeOfSmall(other.id())).isEqualTo(1);
            assertThat(cache.readSmall(other.id())).containsExactly(9);
        }
    }

    private BlobCache.Seeded seedSmall(byte[] bytes) throws IOException {
        return cache.addSeed(Files.write(data.resolve("seed").resolve("small"), bytes));
    }

    @Test
    void write_falseLeaf_isRefusedAndNotServed() throws IOException {
        try (PartialBlob partial = receive()) {
            ByteBuffer altered = leaf(2);
            altered.put(17, (byte) ~altered.get(17));

            assertThat(partial.write(2, altered)).isFalse();
            assertThat(partial.held().contains(2)).isFalse();
            assertThatThrownBy(() -> cache.read(blob.id(), 2L * LEAF, ByteBuffer.allocate(10)))
                    .isInstanceOf(BlobMissingException.class);
        }
    }

    @Test
    void read_partialBlob_givesVerifiedLeavesOnly() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(1, leaf(1));
            ByteBuffer target = ByteBuffer.allocate(LEAF);

            cache.read(blob.id(), LEAF, target);
            assertThat(target.flip()).isEqualTo(leaf(1));
            assertThatThrownBy(() -> cache.read(blob.id(), 0, ByteBuffer.allocate(1)))
                    .isInstanceOf(BlobMissingException.class);
        }
    }

    @Test
    void receive_afterReopen_keepsWhatWasVerified() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(0, leaf(0));
            partial.write(4, leaf(4));
        }
        reopen();

        try (PartialBlob partial = receive()) {
            assertThat(partial.held().size()).isEqualTo(2);
            assertThat(partial.held().contains(0)).isTrue();
            assertThat(partial.held().contains(4)).isTrue();
        }
    }

    @Test
    void receive_alteredPartial_noticesAndFetchesThatLeafAgain() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(0, leaf(0));
            partial.write(1, leaf(1));
        }
        try (FileChannel file = FileChannel.open(partialFile("data"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), LEAF + 5);
        }
        reopen();

        try (PartialBlob partial = receive()) {
            assertThat(partial.held().contains(0)).isTrue();
            assertThat(partial.held().contains(1)).isFalse();
        }
    }

    @Test
    void receive_truncatedPartial_noticesWhatIsMissing() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(0, leaf(0));
            partial.write(3, leaf(3));
        }
        try (FileChannel file = FileChannel.open(partialFile("data"), StandardOpenOption.WRITE)) {
            file.truncate(LEAF + 10);
        }
        reopen();

        try (PartialBlob partial = receive()) {
            assertThat(partial.held().contains(0)).isTrue();
            assertThat(partial.held().contains(3)).isFalse();
        }
    }

    @Test
    void receive_tornJournal_keepsTheRecordsBeforeTheTear() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(0, leaf(0));
            partial.write(1, leaf(1));
        }
        Files.write(partialFile("leaves"), new byte[] {0, 0, 0}, StandardOpenOption.APPEND);
        reopen();

        try (PartialBlob partial = receive()) {
            assertThat(partial.held().size()).isEqualTo(2);
        }
    }

    @Test
    void receive_deletedPartial_startsFromNothing() throws IOException {
        try (PartialBlob partial = receive()) {
            partial.write(0, leaf(0));
        }
        cache.evict(blob.id());

        assertThat(cache.partial()).isEmpty();
        try (PartialBlob partial = receive()) {
            assertThat(partial.held().size()).isZero();
        }
    }

    @Test
    void commit_falseTree_isNoticedByTheWholeHash() throws IOException {
        BlobId wrong = new BlobId(1, 2, 3, 4);
        PartialBlob partial = cache.receive(wrong, blob.layout(), blob.tree());
        for (int leaf = 0; leaf < 6; leaf++) {
            partial.write(leaf, leaf(leaf));
        }

        assertThat(partial.commit()).isFalse();
        assertThat(cache.complete()).isEmpty();
        assertThat(cache.holding(wrong)).isNull();
    }

    @Test
    void receive_whileReceiving_isRefused() throws IOException {
        try (PartialBlob partial = receive()) {
            assertThat(partial.held().size()).isZero();
            assertThatThrownBy(this::receive).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void addSeed_fileInSeedDirectory_isLinkedAndReadable() throws IOException {
        Path seed = Files.write(data.resolve("seed").resolve("a.bin"), content);

        assertThat(cache.addSeed(seed)).isEqualTo(blob);
        assertThat(Files.readSymbolicLink(
                        data.resolve(".blobs").resolve(blob.id().hex())))
                .isEqualTo(Path.of("..", "seed", "a.bin"));
        assertThat(readAll()).isEqualTo(content);
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, LEAF - 1, LEAF, 4 * LEAF - 1, 4 * LEAF, 4 * LEAF + 1})
    void addSeed_anyLength_isHashedWhole(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(bytes));

        BlobCache.Seeded seeded = cache.addSeed(Files.write(data.resolve("seed/any"), bytes));

        BlobCache.Seeded expected = hasher.finish();
        assertThat(seeded.id()).isEqualTo(expected.id());
        assertThat(seeded.layout()).isEqualTo(expected.layout());
        assertThat(seeded.tree().encode()).isEqualTo(expected.tree().encode());
    }

    @Test
    void receive_linkToASeedThatIsGone_isReplacedByTheBlob() throws IOException {
        byte[] bytes = new byte[100];
        Path seed = Files.write(data.resolve("seed/gone"), bytes);
        BlobCache.Seeded small = cache.addSeed(seed);
        Files.delete(seed);

        try (PartialBlob partial = cache.receive(small.id(), small.layout(), small.tree())) {
            partial.write(0, ByteBuffer.wrap(bytes));
            assertThat(partial.commit()).isTrue();
        }

        assertThat(cache.readSmall(small.id())).isEqualTo(bytes);
        Path own = data.resolve(".blobs").resolve(small.id().hex());
        assertThat(Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void holding_seedOfOneLeafThatIsAltered_isNotHere() throws IOException {
        Path seed = Files.write(data.resolve("seed/small"), new byte[100]);
        BlobCache.Seeded small = cache.addSeed(seed);
        assertThat(cache.holding(small.id()).complete()).isTrue();

        Files.write(seed, new byte[101]);

        assertThat(cache.holding(small.id())).isNull();
    }

    @Test
    void read_seedAlteredInPlace_isNotServed() throws IOException {
        Path seed = Files.write(data.resolve("seed").resolve("a.bin"), content);
        cache.addSeed(seed);
        byte[] other = content.clone();
        other[0]++;
        Files.write(seed, other);
        Files.setLastModifiedTime(seed, FileTime.fromMillis(1_000));

        assertThatThrownBy(() -> cache.read(blob.id(), 0, ByteBuffer.allocate(10)))
                .isInstanceOf(BlobMissingException.class);
    }

    @Test
    void read_blobAlteredInPlace_isNotServedAndDeleted() throws IOException {
        storeOwn();
        assertThat(readAll()).isEqualTo(content);

        alterOwn();

        assertThatThrownBy(() -> cache.read(blob.id(), 0, ByteBuffer.allocate(10)))
                .isInstanceOf(BlobMissingException.class);
        assertThat(data.resolve(".blobs").resolve(blob.id().hex())).doesNotExist();
    }

    @Test
    void complete_blobAlteredInPlace_isLeftOutAndDeleted() throws IOException {
        storeOwn();
        assertThat(cache.complete()).containsOnlyKeys(blob.id());

        alterOwn();

        assertThat(cache.complete()).isEmpty();
        assertThat(data.resolve(".blobs").resolve(blob.id().hex())).doesNotExist();
    }

    @Test
    void complete_blobAlteredWhileTheStoreWasClosed_isLeftOut() throws IOException {
        storeOwn();
        cache.close();
        alterOwn();
        cache = BlobCache.open(data);

        assertThat(cache.complete()).isEmpty();
    }

    @Test
    void read_blobTouched_isServedAgainOnceItIsHashed() throws IOException {
        storeOwn();
        Files.setLastModifiedTime(data.resolve(".blobs").resolve(blob.id().hex()), FileTime.fromMillis(1_000));

        assertThat(cache.complete()).containsEntry(blob.id(), 1_000L);
        assertThat(readAll()).isEqualTo(content);
    }

    @Test
    void offered_blobThatIsBeingReceived_isWhatCameWithoutALookAtTheDisk() throws IOException {
        Disk real = new NioDisk(data);
        AtomicInteger looks = new AtomicInteger();
        Disk watched = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    looks.incrementAndGet();
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try (BlobCache store = FileBlobCache.open(data, watched, InstantSource.system());
                PartialBlob partial = store.receive(blob.id(), blob.layout(), blob.tree())) {
            partial.write(2, leaf(2));
            looks.set(0);

            BlobCache.Holding offered = Objects.requireNonNull(store.offered(blob.id()));
            assertThat(offered.leaves().contains(2)).isTrue();
            assertThat(offered.leaves().size()).isEqualTo(1);
            assertThat(looks).hasValue(0);
        }
    }

    @Test
    void offered_blobThatIsComplete_isAllOfIt() throws IOException {
        cache.addSeed(Files.write(data.resolve("seed").resolve("a.bin"), content));

        assertThat(Objects.requireNonNull(cache.offered(blob.id())).complete()).isTrue();
        assertThat(cache.offered(BlobId.of(new byte[32]))).isNull();
    }

    @Test
    void addSeed_withoutLinks_copiesAndSaysSoBefore() throws IOException {
        assertThat(cache.copiesSeeds()).isFalse();
        Disk real = new NioDisk(data);
        Disk linkless = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, arguments) ->
                        method.getName().equals("canLink") ? false : method.invoke(real, arguments));
        Path seed = Files.write(data.resolve("seed").resolve("a.bin"), content);
        try (BlobCache copying = FileBlobCache.open(data, linkless, InstantSource.system())) {
            assertThat(copying.copiesSeeds()).isTrue();
            copying.addSeed(seed);
        }

        assertThat(data.resolve(".blobs").resolve(blob.id().hex()))
                .isRegularFile()
                .hasBinaryContent(content);
    }

    @Test
    void copySeed_anyFile_isASeedOncePlaced() throws IOException {
        Path source = Files.write(data.resolve("source"), content);

        try (BlobCache.SeedCopy copy = cache.copySeed(source)) {
            assertThat(copy.content()).isEqualTo(blob);
            assertThat(cache.complete()).isEmpty();
            copy.place(Label.of("app"));
        }

        assertThat(data.resolve("seed").toFile().list()).containsExactly("app");
        assertThat(data.resolve("seed").resolve("app")).hasBinaryContent(content);
        assertThat(readAll()).isEqualTo(content);
    }

    @Test
    void copySeed_notPlaced_leavesWhatWasThere() throws IOException {
        Path seed = Files.writeString(data.resolve("seed/app"), "before");

        cache.copySeed(Files.write(data.resolve("source"), content)).close();

        assertThat(data.resolve("seed").toFile().list()).containsExactly("app");
        assertThat(seed).hasContent("before");
    }

    @Test
    void open_copiesThatACrashLeftInSeed_areDeletedAndTheCopiesOfOthersAreNot() throws IOException {
        cache.copySeed(Files.write(data.resolve("source"), content));
        Files.writeString(data.resolve("seed/.swarm-terms-0.part"), "{}");
        Files.writeString(data.resolve("seed/.app.part"), "of somebody");
        cache.close();

        cache = BlobCache.open(data);

        assertThat(data.resolve("seed").toFile().list()).containsExactly(".app.part");
    }

    @Test
    void link_blobThatWasDeletedByHandAndIsReceivedAnew_isMissingUntilItIsHere() throws IOException {
        byte[] bytes = new byte[100];
        Path seed = Files.write(data.resolve("seed/small"), bytes);
        BlobCache.Seeded small = cache.addSeed(seed);
        Label label = Label.of("label");
        cache.link(label, small.id());
        Files.delete(seed);
        assertThatThrownBy(() -> cache.link(label, small.id())).isInstanceOf(BlobMissingException.class);

        try (PartialBlob partial = cache.receive(small.id(), small.layout(), small.tree())) {
            assertThatThrownBy(() -> cache.link(label, small.id())).isInstanceOf(BlobMissingException.class);
            partial.write(0, ByteBuffer.wrap(bytes));
            assertThat(partial.commit()).isTrue();
        }

        cache.link(label, small.id());
        assertThat(data.resolve("files/label")).hasBinaryContent(bytes);
    }

    @Test
    void link_label_pointsIntoTheStoreAndMoves() throws IOException {
        cache.addSeed(Files.write(data.resolve("seed").resolve("a.bin"), content));
        cache.link(Label.of("app"), blob.id());

        assertThat(data.resolve("files").resolve("app")).hasBinaryContent(content);
        assertThat(cache.unlink(Label.of("app"), new BlobId(1, 1, 1, 1))).isFalse();
        assertThat(cache.unlink(Label.of("app"), blob.id())).isTrue();
        assertThat(data.resolve("files").resolve("app")).doesNotExist();
    }

    @Test
    void links_whatLeadsToABlobThatIsNotHere_isRemovedUnlessOthersMadeIt() throws IOException {
        Path files = data.resolve("files");
        cache.addSeed(Files.write(data.resolve("seed").resolve("a.bin"), content));
        cache.link(Label.of("app"), blob.id());
        Files.createSymbolicLink(files.resolve("gone"), Path.of("..", ".blobs", "0".repeat(64)));
        Files.createSymbolicLink(files.resolve("of-others"), Path.of("nowhere"));

        assertThat(cache.links()).containsOnly(Map.entry(Label.of("app"), blob.id()));

        assertThat(files.toFile().list()).containsExactlyInAnyOrder("app", "of-others");
    }

    @Test
    void bury_thenResurrect_bringsTheBytesBack() throws IOException {
        cache.addSeed(Files.write(data.resolve("seed/app"), content));

        assertThat(cache.bury(blob.id())).isTrue();
        assertThat(cache.complete()).isEmpty();
        assertThat(data.resolve("graveyard")).isNotEmptyDirectory();
        assertThat(cache.resurrect(blob.id())).isTrue();
        assertThat(readAll()).isEqualTo(content);
    }

    private PartialBlob receive() throws IOException {
        return cache.receive(blob.id(), blob.layout(), blob.tree());
    }

    private void storeOwn() throws IOException {
        try (PartialBlob partial = receive()) {
            for (int leaf = 0; leaf < blob.layout().leafCount(); leaf++) {
                partial.write(leaf, leaf(leaf));
            }
            assertThat(partial.commit()).isTrue();
        }
    }

    private void alterOwn() throws IOException {
        Path own = data.resolve(".blobs").resolve(blob.id().hex());
        byte[] other = content.clone();
        other[0]++;
        Files.write(own, other);
        Files.setLastModifiedTime(own, FileTime.fromMillis(1_000));
    }

    private void reopen() throws IOException {
        cache.close();
        cache = BlobCache.open(data);
    }

    private Path partialFile(String name) {
        return data.resolve(".blobs").resolve(blob.id().hex() + ".partial").resolve(name);
    }

    private ByteBuffer leaf(int leaf) {
        int offset = (int) blob.layout().leafOffset(leaf);
        byte[] copy = new byte[blob.layout().leafLength(leaf)];
        System.arraycopy(content, offset, copy, 0, copy.length);
        return ByteBuffer.wrap(copy);
    }

    private byte[] readAll() throws IOException {
        ByteBuffer target = ByteBuffer.allocate(content.length);
        cache.read(blob.id(), 0, target);
        return target.array();
    }
}
