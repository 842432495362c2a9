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
    void changed_afterADropInADirectory_namesItWithinSeconds() throws Exception {
        Path inner = Files.createDirectory(root.resolve("d"));
        try (DirectoryWatch watch = new DirectoryWatch(root)) {
            assertThat(watch.follow(Set.of("d"))).containsExactlyInAnyOrder("", "d");
            assertThat(watch.follow(Set.of("d"))).isEmpty();
            assertThat(watch.changed()).isEmpty();

            Files.writeString(inner.resolve("f"), "x");
            assertThat(changesWithin(watch, 12)).contains("d/f");

            Files.writeString(root.resolve("g"), "x");
            assertThat(changesWithin(watch, 12)).contains("g");
        }
    }

    @Test
    void changed_afterClosing_isFalse() throws Exception {
        DirectoryWatch watch = new DirectoryWatch(root);
        watch.follow(Set.of());
        watch.close();

        Files.writeString(root.resolve("g"), "x");

        assertThat(watch.changed()).isEmpty();
    }

    /** Systems without notifications of their own look every ten seconds. */
    private static Set<String> changesWithin(DirectoryWatch watch, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Set<String> changed = watch.changed();
        while (changed.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
            changed = watch.changed();
        }
        return changed;
    }
}
