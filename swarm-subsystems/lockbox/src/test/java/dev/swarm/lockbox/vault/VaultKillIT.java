package dev.swarm.lockbox.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that encrypts is killed again and again, on a real disk. */
class VaultKillIT {

    private static final int FILES = 160;
    private static final int KILLS = 6;

    @TempDir
    Path root;

    @Test
    void pass_killedAgainAndAgain_losesNothing() throws Exception {
        long seed = Long.getLong("swarm.seed", 20L);
        SplittableRandom random = new SplittableRandom(seed);
        AgeIdentity identity = AgeIdentity.generate(random);
        Map<String, byte[]> drops = new TreeMap<>();
        for (int i = 0; i < FILES; i++) {
            byte[] content = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300_000)];
            random.nextBytes(content);
            drops.put((random.nextBoolean() ? "d/" : "") + "f" + i, content);
        }
        Files.createDirectory(root.resolve("d"));
        for (Map.Entry<String, byte[]> drop : drops.entrySet()) {
            Files.write(root.resolve(drop.getKey()), drop.getValue());
        }

        int seenPlain = FILES;
        for (int kill = 0; kill < KILLS; kill++) {
            runAndKill(identity, FILES + random.nextInt(FILES / KILLS));
            int plain = countPlainAndCheck(drops, identity, "seed " + seed + ", kill " + kill);
            assertThat(plain).isLessThanOrEqualTo(seenPlain);
            seenPlain = plain;
        }

        Process last = child(identity);
        assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(countPlainAndCheck(drops, identity, "seed " + seed + ", at the end"))
                .isZero();
        assertThat(filesIn(root)).hasSize(FILES).allMatch(path -> path.endsWith(".age"));
    }

    /** Kills the child some lines of its after the first. */
    private void runAndKill(AgeIdentity identity, int lines) throws IOException, InterruptedException {
        Process child = child(identity);
        try (BufferedReader said = child.inputReader(StandardCharsets.US_ASCII)) {
            for (int i = 0; i < lines && said.readLine() != null; i++) {
                assertThat(child.pid()).isPositive();
            }
            child.destroyForcibly().waitFor();
        }
    }

    private Process child(AgeIdentity identity) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        root.toString(),
                        identity.recipient().text())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private int countPlainAndCheck(Map<String, byte[]> drops, AgeIdentity identity, String when) throws IOException {
        int plain = 0;
        for (Map.Entry<String, byte[]> drop : drops.entrySet()) {
            Path path = root.resolve(drop.getKey());
            Path out = root.resolve(".lockbox/out").resolve(drop.getKey());
            Path sealed = root.resolve(drop.getKey() + ".age");
            if (Files.exists(path) || Files.exists(out)) {
                plain++;
                assertThat(Files.exists(path) ? path : out).as(when).hasBinaryContent(drop.getValue());
            } else {
                assertThat(open(sealed, identity)).as(when).isEqualTo(drop.getValue());
            }
        }
        return plain;
    }

    private static byte[] open(Path sealed, AgeIdentity identity) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (InputStream source = Files.newInputStream(sealed)) {
            new AgeFile(new SecureRandom(), new AgeFile.Workers(Runnable::run, 1)).decrypt(source, target, identity);
        }
        return target.toByteArray();
    }

    private static List<String> filesIn(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    /** Encrypts what lies in a directory, and says a line for every look at a file. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws IOException {
            SecureRandom random = new SecureRandom();
            AgeFile age = new AgeFile(random, new AgeFile.Workers(Runnable::run, 1));
            // Time runs fast here, so that two quiet seconds pass at once.
            Vault vault = new Vault(
                    new NioVaultDisk(Path.of(args[0])),
                    age,
                    () -> {
                        System.out.println("tick");
                        return System.nanoTime() * 1_000_000;
                    },
                    random);
            List<Recipient> recipients = List.of(new Recipient(args[1]));
            while (!vault.pass(recipients).after().plain().isEmpty()) {
                System.out.println("pass");
            }
        }
    }
}
