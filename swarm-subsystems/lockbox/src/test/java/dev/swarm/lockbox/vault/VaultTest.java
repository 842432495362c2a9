package dev.swarm.lockbox.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {

    private final SplittableRandom random = new SplittableRandom(3);
    private final AgeIdentity identity = AgeIdentity.generate(random);
    private final List<Recipient> recipients = List.of(identity.recipient());
    private CrashingDisk disk = new CrashingDisk();
    private long now;

    @Test
    void pass_overAQuietFile_leavesItsAgeFileAlone() throws IOException {
        disk.put("letters/to you.txt", text("dear"));

        Vault.Pass pass = passUntilQuiet(vault());

        assertThat(disk.files().keySet()).containsExactly("letters/to you.txt.age");
        assertThat(open("letters/to you.txt.age")).isEqualTo(text("dear"));
        assertThat(pass.sealed()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("letters/to you.txt.age");
            assertThat(file.stat().size()).isEqualTo(disk.content("letters/to you.txt.age").length);
            assertThat(file.mode()).isEqualTo(0640);
        });
        assertThat(pass.after().sealed()).containsOnlyKeys("letters/to you.txt.age");
        assertThat(pass.after().plain()).isEmpty();
    }

    @Test
    void pass_overAFileThatGrows_waitsForTwoQuietSeconds() throws IOException {
        Vault vault = vault();
        disk.put("a", text("1"));
        for (int i = 0; i < 5; i++) {
            assertThat(vault.pass(recipients).waiting()).containsOnlyKeys("a");
            now += 1_900_000_000L;
            disk.append("a", text("2"));
        }

        passUntilQuiet(vault);

        assertThat(open("a.age")).isEqualTo(text("122222"));
    }

    @Test
    void pass_withoutRecipients_keepsThePlaintext() throws IOException {
        disk.put("a", text("1"));
        Vault vault = vault();

        vault.pass(List.of());
        now += Vault.QUIET.toNanos();
        Vault.Pass pass = vault.pass(List.of());

        assertThat(pass.waiting().get("a")).contains("unlock");
        assertThat(disk.content("a")).isEqualTo(text("1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-rf",
                "a\nb",
                "\u00e4",
                "a\u0308",
                " ",
                "x.age",
                "x.failed",
                ".hidden",
                "seal-1",
                "..x",
                "tab\t",
                "\u202egpj.exe"
            })
    void pass_overAnOddName_addsTheEndingToIt(String name) throws IOException {
        disk.put("d/" + name, text("odd"));

        passUntilQuiet(vault());

        assertThat(disk.files().keySet()).containsExactly("d/" + name + ".age");
        assertThat(open("d/" + name + ".age")).isEqualTo(text("odd"));
    }

    @Test
    void pass_overAnAgeFileOfTheUsers_keepsItAsItIs() throws IOException {
        byte[] own = seal(text("mine"));
        disk.put("own.age", own);

        Vault.Pass pass = passUntilQuiet(vault());

        assertThat(disk.files()).containsOnlyKeys("own.age");
        assertThat(disk.content("own.age")).isEqualTo(own);
        assertThat(pass.after().sealed()).containsOnlyKeys("own.age");
    }

    @Test
    void pass_overLinksAndDevices_saysWhyTheyStay() throws IOException {
        disk.putOther("link", VaultDisk.Kind.LINK);
        disk.putOther("pipe", VaultDisk.Kind.OTHER);

        Vault.Pass pass = passUntilQuiet(vault());

        assertThat(pass.after().skipped().get("link")).contains("symbolic link");
        assertThat(pass.after().skipped().get("pipe")).contains("neither a file nor a directory");
    }

    @Test
    void pass_overANameWithoutRoomForTheEnding_leavesANoteUntilItIsRenamed() throws IOException {
        String name = "\u00e4".repeat(126);
        disk.put(name, text("long"));
        Vault vault = vault();

        Vault.Pass pass = passUntilQuiet(vault);

        String note = "\u00e4".repeat(124) + ".failed";
        assertThat(pass.failed().get(name)).contains("rename");
        assertThat(disk.content(name)).isEqualTo(text("long"));
        assertThat(new String(disk.content(note), StandardCharsets.UTF_8)).contains("still in plaintext");
        passUntilQuiet(vault);
        assertThat(disk.files()).containsOnlyKeys(name, note);

        disk.put("short", disk.content(name));
        disk.remove(name);
        passUntilQuiet(vault);

        assertThat(disk.files()).containsOnlyKeys("short.age");
    }

    @Test
    void pass_overAnUnreadableFile_encryptsTheOthers() throws IOException {
        disk.put("a", text("1"));
        disk.put("b", text("2"));
        disk.unreadable.add("a");

        Vault.Pass pass = passUntilQuiet(vault());

        assertThat(pass.failed()).containsOnlyKeys("a");
        assertThat(disk.files()).containsOnlyKeys("a", "a.failed", "b.age");
    }

    @Test
    void pass_stoppedBeforeAnyStep_losesNothing() throws IOException {
        Map<String, byte[]> drops = Map.of("a", text("new a"), "d/e/b", new byte[70_000], "empty", new byte[0]);
        int steps = stepsFor(drops);
        for (int stop = 0; stop <= steps; stop++) {
            for (boolean power : new boolean[] {false, true}) {
                crashAndRecover(drops, stop, power, new SplittableRandom(stop));
            }
        }
        assertThat(steps).isGreaterThan(50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pass_stoppedAgainAndAgain_losesNothing(long seed) throws IOException {
        SplittableRandom dice = new SplittableRandom(seed);
        Map<String, byte[]> drops = new TreeMap<>();
        for (int i = dice.nextInt(1, 6); i > 0; i--) {
            byte[] content = new byte[dice.nextInt(3) == 0 ? 0 : dice.nextInt(200_000)];
            dice.nextBytes(content);
            drops.put((dice.nextBoolean() ? "d/" : "") + "f" + i, content);
        }
        disk = new CrashingDisk();
        drops.forEach(disk::put);
        for (int crashes = dice.nextInt(1, 5); crashes > 0; crashes--) {
            disk.stopBefore(disk.steps() + dice.nextInt(120));
            runIntoTheStop();
            disk.restart(dice.nextBoolean(), dice);
            assertEachIsThere(drops, "seed " + seed);
        }
        passUntilQuiet(vault());
        assertOnlyAgeFiles(drops, "seed " + seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pass_whileTheOwnerWrites_endsWithTheirLastText(long seed) throws IOException {
        SplittableRandom dice = new SplittableRandom(seed);
        disk = new CrashingDisk();
        disk.put("a", text("first"));
        List<byte[]> last = new ArrayList<>(List.of(text("first")));
        int at = dice.nextInt(45);
        disk.meanwhile(step -> {
            if (step == at) {
                byte[] next = text("second of seed " + seed);
                last.set(0, next);
                disk.put("a", next);
            }
        });

        Vault vault = vault();
        while (disk.steps() <= at || !vault.pass(recipients).after().plain().isEmpty()) {
            passUntilQuiet(vault);
        }

        assertThat(disk.files()).containsKey("a.age").doesNotContainKey("a");
        assertThat(disk.files().keySet()).allMatch(path -> path.endsWith(".age"));
        assertThat(open("a.age")).isEqualTo(last.get(0));
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 250);
    }

    private int stepsFor(Map<String, byte[]> drops) throws IOException {
        disk = new CrashingDisk();
        drops.forEach(disk::put);
        passUntilQuiet(vault());
        return disk.steps();
    }

    private void crashAndRecover(Map<String, byte[]> drops, int stop, boolean power, SplittableRandom dice)
            throws IOException {
        String when = "stopped before step " + stop + (power ? ", power cut" : ", killed");
        disk = new CrashingDisk();
        disk.put("a.age", seal(text("old a")));
        drops.forEach(disk::put);
        disk.stopBefore(stop);
        runIntoTheStop();
        disk.restart(power, dice);
        assertEachIsThere(drops, when);
        passUntilQuiet(vault());
        assertOnlyAgeFiles(drops, when);
    }

    private void runIntoTheStop() throws IOException {
        try {
            passUntilQuiet(vault());
        } catch (CrashingDisk.Stopped e) {
            assertThat(disk.steps()).isGreaterThanOrEqualTo(0);
        }
    }

    /** Each under its name, or encrypted, or in the one other place of which recovery knows; and nothing of it anywhere else. */
    private void assertEachIsThere(Map<String, byte[]> drops, String when) throws IOException {
        for (Map.Entry<String, byte[]> drop : drops.entrySet()) {
            String path = drop.getKey();
            boolean plain = java.util.Arrays.equals(disk.content(path), drop.getValue());
            boolean out = java.util.Arrays.equals(disk.content(".lockbox/out/" + path), drop.getValue());
            boolean sealed = disk.content(path + ".age") != null
                    && java.util.Arrays.equals(open(path + ".age"), drop.getValue());
            assertThat(plain || out || sealed).as("%s is there, %s", path, when).isTrue();
            assertThat(!out || sealed)
                    .as("%s left its name with its age file in place, %s", path, when)
                    .isTrue();
        }
    }

    private void assertOnlyAgeFiles(Map<String, byte[]> drops, String when) throws IOException {
        assertThat(disk.files().keySet())
                .as(when)
                .containsExactlyInAnyOrderElementsOf(
                        drops.keySet().stream().map(path -> path + ".age").toList());
        for (Map.Entry<String, byte[]> drop : drops.entrySet()) {
            assertThat(open(drop.getKey() + ".age")).as(when).isEqualTo(drop.getValue());
        }
    }

    private Vault vault() {
        return new Vault(disk, age(), () -> now, random);
    }

    private AgeFile age() {
        return new AgeFile(random, new AgeFile.Workers(Runnable::run, 1));
    }

    private Vault.Pass passUntilQuiet(Vault vault) throws IOException {
        vault.pass(recipients);
        now += Vault.QUIET.toNanos();
        return vault.pass(recipients);
    }

    private byte[] seal(byte[] plain) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        age().encrypt(new ByteArrayInputStream(plain), target, recipients);
        return target.toByteArray();
    }

    private byte[] open(String path) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        age().decrypt(new ByteArrayInputStream(disk.content(path)), target, identity);
        return target.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
