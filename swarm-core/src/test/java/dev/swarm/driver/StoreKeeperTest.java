package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreKeeperTest {

    private static final DiskGate FULL = DiskGate.of(any -> new DiskGate.Space("disk", 1_000, 10), 1);

    @TempDir
    private Path directory;

    @Test
    void addSeed_storeThatLinks_needsNoRoom() throws IOException {
        assertThat(add(false, FULL).layout().size()).isEqualTo(7);
    }

    @Test
    void addSeed_storeThatCopies_isRefusedWithoutRoom() {
        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> add(true, FULL))
                .extracting(SwarmException::reason)
                .isEqualTo(SwarmException.Reason.DISK_PRESSURE);

        assertThat(directory.resolve("data/.blobs")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void addSeed_withRoom_listsTheFile(boolean copies) throws IOException {
        DiskGate roomy = DiskGate.of(any -> new DiskGate.Space("disk", 1_000, 900), 1);

        assertThat(add(copies, roomy).layout().size()).isEqualTo(7);
        assertThat(roomy.measure(directory).usableBytes()).isEqualTo(900);
    }

    private BlobCache.Seeded add(boolean copies, DiskGate gate) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        try (BlobCache store = BlobCache.open(directory.resolve("data"))) {
            BlobCache says = (BlobCache) Proxy.newProxyInstance(
                    BlobCache.class.getClassLoader(),
                    new Class<?>[] {BlobCache.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("copiesSeeds") ? (Object) copies : method.invoke(store, arguments));
            return new StoreKeeper(says).addSeed(file, gate);
        }
    }
}
