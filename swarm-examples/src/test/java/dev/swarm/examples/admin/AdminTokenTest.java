package dev.swarm.examples.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTokenTest {

    @TempDir
    Path directory;

    private Path file;
    private String first;

    @BeforeEach
    void makeOne() throws IOException {
        file = directory.resolve("admin.token");
        AdminToken.of(file);
        first = Files.readString(file);
    }

    @Test
    void of_fileOfAnEarlierRun_countsOn() throws IOException {
        assertThat(AdminToken.of(file).matches(first)).isTrue();
        assertThat(file).hasContent(first);
        assertThat(AdminToken.of(file).matches(first.substring(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwx------"})
    void of_fileThatOthersCouldUse_isReplaced(String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertReplaced();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "spaces and other things that are no token a"})
    void of_fileThatHoldsNoToken_isReplaced(String text) throws IOException {
        Files.writeString(file, text);

        assertReplaced();
    }

    @Test
    void of_link_isReplacedAndItsTargetLeftAlone() throws IOException {
        Path target = Files.move(file, directory.resolve("elsewhere"));
        Files.createSymbolicLink(file, target);

        assertReplaced();
        assertThat(target).hasContent(first);
        assertThat(Files.isSymbolicLink(file)).isFalse();
    }

    private void assertReplaced() throws IOException {
        AdminToken token = AdminToken.of(file);

        assertThat(token.matches(first)).isFalse();
        assertThat(token.matches(Files.readString(file))).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
