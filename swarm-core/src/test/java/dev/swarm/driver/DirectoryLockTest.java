package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @TempDir
    private Path directory;

    @Test
    void take_directoryOfANodeOfThisProcess_isRefusedAlsoByAnotherOfItsNames() throws IOException {
        Path other = Files.createSymbolicLink(directory.resolve("other"), Path.of("data"));

        try (DirectoryLock taken = DirectoryLock.take(directory.resolve("data"))) {
            assertThat(taken).isNotNull();
            assertThatExceptionOfType(SwarmException.class)
                    .isThrownBy(() -> DirectoryLock.take(other))
                    .withMessageContainingAll(other.toString(), "another node of this process");
        }
    }

    @Test
    void take_directoryThatWasGivenBack_isTaken() throws IOException {
        DirectoryLock first = DirectoryLock.take(directory);
        first.close();

        try (DirectoryLock again = DirectoryLock.take(directory)) {
            first.close();
            assertThatExceptionOfType(SwarmException.class).isThrownBy(() -> DirectoryLock.take(directory));
            assertThat(again).isNotNull();
        }
    }

    @Test
    void take_file_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatIOException().isThrownBy(() -> DirectoryLock.take(file)).withMessage("it is no directory");
    }
}
