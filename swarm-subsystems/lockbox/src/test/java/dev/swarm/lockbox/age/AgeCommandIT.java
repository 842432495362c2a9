package dev.swarm.lockbox.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files go back and forth between this and the {@code age} command, where it is installed. */
class AgeCommandIT {

    private final SplittableRandom random = new SplittableRandom(11);
    private final AgeIdentity identity = AgeIdentity.generate(random);
    private final AgeFile age = new AgeFile(random, new AgeFile.Workers(ForkJoinPool.commonPool(), 2));

    @TempDir
    Path directory;

    @BeforeAll
    static void needsTheCommand() throws InterruptedException {
        boolean installed;
        try {
            installed = new ProcessBuilder("age", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            installed = false;
        }
        assumeTrue(installed, "the age command is not installed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 4 * 65_536, 3_000_000})
    void theCommand_decryptsWhatWasEncryptedHere(int size) throws Exception {
        byte[] plain = text(size);
        Path sealed = directory.resolve("sealed.age");
        try (InputStream source = new ByteArrayInputStream(plain);
                OutputStream target = Files.newOutputStream(sealed)) {
            age.encrypt(source, target, List.of(AgeIdentity.generate(random).recipient(), identity.recipient()));
        }
        Path key = Files.writeString(directory.resolve("key"), new String(identity.text()));

        assertThat(run("age", "-d", "-i", key.toString(), sealed.toString())).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 4 * 65_536, 3_000_000})
    void whatTheCommandEncrypts_isDecryptedHere(int size) throws Exception {
        byte[] plain = text(size);
        Path source = Files.write(directory.resolve("plain"), plain);
        Path sealed = directory.resolve("sealed.age");

        run("age", "-r", identity.recipient().text(), "-o", sealed.toString(), source.toString());

        Path opened = directory.resolve("opened");
        try (InputStream in = Files.newInputStream(sealed);
                OutputStream out = Files.newOutputStream(opened)) {
            age.decrypt(in, out, identity);
        }
        assertThat(opened).hasBinaryContent(plain);
    }

    @Test
    void gibibyteToTheCommandAndBack_needsNoMoreHeapThanAFewChunks() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), new String(identity.text()));
        String classes = place(AgeFile.class) + File.pathSeparator + place(AgeStreams.class);

        String said = new String(
                run(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx20m",
                        "-cp",
                        classes,
                        AgeStreams.class.getName(),
                        key.toString(),
                        "12",
                        Long.toString((1L << 30) + 1)),
                StandardCharsets.US_ASCII);

        List<String> digests = said.lines().toList();
        assertThat(digests).hasSize(3);
        assertThat(Set.copyOf(digests)).hasSize(1);
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private byte[] text(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] said = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return said;
    }
}
