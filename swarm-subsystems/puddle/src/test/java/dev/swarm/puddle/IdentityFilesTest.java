package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityFilesTest {

    private static final char[] PASSPHRASE = "correct horse".toCharArray();
    private static final Argon2Cost CHEAP = new Argon2Cost(Argon2Cost.MIN_MEMORY_KIB, 1, 1);

    @TempDir
    Path home;

    private IdentityFiles files;
    private Path directory;

    @BeforeEach
    void create() throws IOException {
        files = new IdentityFiles(home, new Random(5));
        directory = home.resolve(".puddle");
        files.create(WrappedKey.wrap(Fixtures.secret(1), PASSPHRASE, CHEAP, new Random(1)), new byte[] {1});
    }

    @ParameterizedTest
    @CsvSource({
        "'', rwx------",
        "identity.wrapped, rw-------",
        "identity.salt, rw-------",
        "identity.pub, rw-r--r--",
        "identity.recovery, rw-------",
        "device.secret, rw-------"
    })
    void create_eachFile_hasItsMode(String name, String mode) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                .isEqualTo(mode);
    }

    @Test
    void create_saltAndDeviceSecret_haveTheirLength() throws IOException {
        assertThat(directory.resolve("identity.salt")).hasSize(16);
        assertThat(files.deviceSecret()).hasSize(32);
        assertThat(directory.resolve("identity.pub"))
                .hasContent("swarm-puddle-user/1 " + Fixtures.user(1).hex() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity.wrapped", "identity.salt", "identity.pub"})
    void create_anyFileIsThere_refusesAndChangesNothing(String left) throws IOException {
        for (String name : new String[] {"identity.wrapped", "identity.salt", "identity.pub", "identity.recovery"}) {
            if (!name.equals(left)) {
                Files.delete(directory.resolve(name));
            }
        }
        Map<String, byte[]> before = contents();

        assertThatThrownBy(
                        () -> files.create(WrappedKey.wrap(Fixtures.secret(2), PASSPHRASE, CHEAP, new Random(2)), null))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining(left)
                .hasMessageContaining("an identity is not overwritten");
        assertThat(contents()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void create_whatACrashLeftOfTheSameIdentity_isFinished() throws IOException {
        WrappedKey again = WrappedKey.wrap(Fixtures.secret(1), PASSPHRASE, CHEAP, new Random(5));
        Files.delete(directory.resolve("identity.wrapped"));

        files.create(again, null);

        assertThat(files.wrapped().toBytes()).isEqualTo(again.toBytes());
        assertThatThrownBy(() -> files.create(again, null))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("identity.wrapped exists");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity.wrapped", "identity.salt", "identity.pub"})
    void wrapped_anyByteOfAFileOtherwise_isRefusedAndChangesNothing(String name) throws IOException {
        Path file = directory.resolve(name);
        byte[] content = Files.readAllBytes(file);
        for (int i = 0; i < content.length; i++) {
            byte[] altered = content.clone();
            altered[i] ^= 1;
            Files.write(file, altered);
            assertThatThrownBy(() -> files.wrapped().unwrap(PASSPHRASE)).isInstanceOf(SwarmException.class);
            assertThat(file).hasBinaryContent(altered);
        }
        Files.write(file, content);
        assertThat(files.wrapped().unwrap(PASSPHRASE)).isEqualTo(Fixtures.secret(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity.wrapped", "identity.salt", "identity.pub"})
    void wrapped_fileCutAnywhere_isRefused(String name) throws IOException {
        Path file = directory.resolve(name);
        byte[] content = Files.readAllBytes(file);
        for (int length = 0; length < content.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(content, length));
            assertThatThrownBy(() -> files.wrapped()).isInstanceOf(SwarmException.class);
        }
    }

    @Test
    void wrapped_hugeFile_isNotRead() throws IOException {
        Files.write(directory.resolve("identity.wrapped"), new byte[8192]);

        assertThatThrownBy(() -> files.wrapped())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("limit 4096");
    }

    @Test
    void wrapped_keyIsASymbolicLink_isNotFollowed() throws IOException {
        Path elsewhere = home.resolve("elsewhere");
        Files.move(directory.resolve("identity.wrapped"), elsewhere);
        Files.createSymbolicLink(directory.resolve("identity.wrapped"), elsewhere);

        assertThatThrownBy(() -> files.wrapped()).isInstanceOf(IOException.class);
    }

    @Test
    void create_directoryIsASymbolicLink_writesNothingThere(@TempDir Path other) throws IOException {
        Path elsewhere = Files.createDirectory(other.resolve("elsewhere"));
        Path user = Files.createDirectory(other.resolve("user"));
        Files.createSymbolicLink(user.resolve(".puddle"), elsewhere);
        IdentityFiles linked = new IdentityFiles(user, new Random(5));

        assertThatThrownBy(() ->
                        linked.create(WrappedKey.wrap(Fixtures.secret(1), PASSPHRASE, CHEAP, new Random(1)), null))
                .isInstanceOf(IOException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void replace_temporaryNameIsASymbolicLink_isNotFollowed() throws IOException {
        Path victim = Files.write(home.resolve("victim"), new byte[] {9});
        Files.createSymbolicLink(directory.resolve("identity.wrapped.tmp"), victim);

        files.replace(WrappedKey.wrap(Fixtures.secret(1), "other words".toCharArray(), CHEAP, new Random(8)));

        assertThat(victim).hasBinaryContent(new byte[] {9});
        assertThat(files.wrapped().unwrap("other words".toCharArray())).isEqualTo(Fixtures.secret(1));
    }

    @Test
    void remove_all_leavesNothing() throws IOException {
        files.remove();

        assertThat(directory).isEmptyDirectory();
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }
}
