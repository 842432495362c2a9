package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on in a store while it is being closed. */
class ClosedStoreTest {

    @TempDir
    Path data;

    private int reads;
    private @Nullable BlobCache store;

    /** What a method of something does for another. */
    private interface Forwarding {
        @Nullable
        Object to(String method, Object answer) throws Throwable;
    }

    @Test
    void addSeed_closedWhileTheFileIsRead_endsWithThatReadAndListsNothing() throws IOException {
        BlobCache opened = FileBlobCache.open(data, closingWithTheFirstRead(), InstantSource.system());
        store = opened;
        Path seed = Files.write(data.resolve("seed/large"), new byte[64 * BlobLayout.LEAF_BYTES]);

        assertThatThrownBy(() -> opened.addSeed(seed))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("is closed");

        assertThat(reads).isEqualTo(1);
        assertThat(data.resolve(".blobs")).isEmptyDirectory();
    }

    private Disk closingWithTheFirstRead() {
        return forwarding(Disk.class, new NioDisk(data), (method, answer) -> {
            if (!method.equals("open")) {
                return answer;
            }
            return forwarding(Disk.File.class, (Disk.File) answer, (use, result) -> {
                if (use.equals("read") && reads++ == 0 && store != null) {
                    store.close();
                }
                return result;
            });
        });
    }

    private static <T> T forwarding(Class<T> type, T real, Forwarding forwarding) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    try {
                        return forwarding.to(method.getName(), method.invoke(real, given));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
