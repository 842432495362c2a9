package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchIT {

    @TempDir
    Path root;

    @Test
    void changed_afterADropInADirectory_isTrueWithinSeconds() throws Exception {
        Path inner = Files.createDirectory(root.resolve("d"));
        try (DirectoryWatch watch = new DirectoryWatch(root)) {
            watch.follow(Set.of("d"));
            assertThat(watch.changed()).isFalse();

            Files.writeString(inner.resolve("f"), "x");
            assertThat(changesWithin(watch, 12)).isTrue();

            Files.writeString(root.resolve("g"), "x");
            assertThat(changesWithin(watch, 12)).isTrue();
        }
    }

    @Test
    void changed_afterClosing_isFalse() throws Exception {
        DirectoryWatch watch = new DirectoryWatch(root);
        watch.follow(Set.of());
        watch.close();

        Files.writeString(root.resolve("g"), "x");

        assertThat(watch.changed()).isFalse();
    }

    /** Systems without notifications of their own look every ten seconds. */
    private static boolean changesWithin(DirectoryWatch watch, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean changed = watch.changed();
        while (!changed && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
            changed = watch.changed();
        }
        return changed;
    }
}
