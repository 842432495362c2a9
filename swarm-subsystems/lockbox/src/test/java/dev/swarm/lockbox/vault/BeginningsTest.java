package dev.swarm.lockbox.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BeginningsTest {

    private static final String TARGET = ".lockbox/got-x";

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void take_stoppedAgainAndAgain_endsWithTheContentAndNothingElse(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] content = new byte[random.nextInt(1, 300_000)];
        random.nextBytes(content);
        String id = HexFormat.of().formatHex(Sha256.start().digest(content));
        CrashingDisk disk = new CrashingDisk();
        boolean powerWasCut = false;
        int altered = 0;
        while (disk.content(TARGET) == null) {
            boolean stops = random.nextInt(3) == 0;
            disk.stopBefore(stops ? disk.steps() + random.nextInt(20) : Integer.MAX_VALUE);
            try {
                takeAll(new Beginnings(disk), content, id, random);
            } catch (CrashingDisk.Stopped e) {
                boolean power = random.nextBoolean();
                powerWasCut |= power;
                disk.restart(power, random);
            } catch (VaultFiles.AlteredException e) {
                altered++;
            }
        }

        assertThat(disk.content(TARGET)).as("seed %s", seed).isEqualTo(content);
        assertThat(disk.files()).as("seed %s", seed).containsOnlyKeys(TARGET);
        assertThat(altered == 0 || powerWasCut).as("seed %s", seed).isTrue();
    }

    /** Sends ranges until one breaks off, or all are there. */
    private static void takeAll(Beginnings beginnings, byte[] content, String id, SplittableRandom random)
            throws IOException {
        Boolean whole = false;
        while (!whole) {
            int from = (int) beginnings.lengthOf(id, content.length);
            int length = Math.min(content.length - from, random.nextInt(1, 100_000));
            byte[] bytes = Arrays.copyOfRange(content, from, from + length);
            boolean breaks = random.nextInt(4) == 0;
            ByteArrayInputStream source = new ByteArrayInputStream(bytes, 0, breaks ? random.nextInt(length) : length);
            try {
                whole = beginnings.take(new VaultFiles.Range(id, content.length, from, length), source, TARGET);
                assertThat(whole).isNotNull();
            } catch (EOFException e) {
                assertThat(breaks).isTrue();
            }
        }
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 200);
    }
}
