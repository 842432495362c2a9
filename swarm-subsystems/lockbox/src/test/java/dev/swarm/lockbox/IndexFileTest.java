package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.lockbox.vault.CrashingDisk;
import dev.swarm.lockbox.vault.VaultDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IndexFileTest {

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void read_ofWhatWasWrittenAndAppended_isThat() throws IOException {
        CrashingDisk disk = new CrashingDisk();
        IndexFile file = new IndexFile(disk, random);
        assertThat(file.read()).isEmpty();
        assertThat(file.wantsWhole()).isTrue();

        file.writeWhole(sink -> {
            sink.put(piece(1));
            sink.put(piece(2));
        });
        file.append(piece(3));

        assertThat(file.wantsWhole()).isFalse();
        assertThat(numbers(disk)).containsExactly(1, 2, 3);
        assertThat(new IndexFile(disk, random).wantsWhole()).isTrue();
    }

    @Test
    void append_untilMostIsOutOfDate_asksForAWholeOne() throws IOException {
        IndexFile file = new IndexFile(new CrashingDisk(), random);
        file.writeWhole(sink -> sink.put(new byte[100_000]));
        int appended = 0;
        while (!file.wantsWhole()) {
            file.append(new byte[100_000]);
            appended++;
        }

        assertThat(appended).isBetween(10, 13);
        file.writeWhole(sink -> sink.put(new byte[100_000]));
        assertThat(file.wantsWhole()).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void read_afterAStopBeforeAnyStep_hasWhatWasDoneAndAtMostWhatWasBegun(long seed) throws IOException {
        int steps = run(new CrashingDisk(), Integer.MAX_VALUE, new ArrayList<>());
        for (int stop = 0; stop <= steps; stop++) {
            for (boolean power : new boolean[] {false, true}) {
                CrashingDisk disk = new CrashingDisk();
                List<List<Integer>> done = new ArrayList<>(List.of(List.of()));
                run(disk, stop, done);
                disk.restart(power, new SplittableRandom(seed * 1_000 + stop));

                List<Integer> before = done.get(done.size() - 1);
                List<Integer> begun = states().get(Math.min(done.size(), states().size() - 1));
                assertThat(numbers(disk))
                        .as("seed %s, stopped before step %s, power cut %s", seed, stop, power)
                        .isIn(before, begun);
            }
        }
        assertThat(steps).isGreaterThan(20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void read_ofADamagedFile_keepsWhatIsBeforeTheDamageAndTheFile(long seed) throws IOException {
        SplittableRandom dice = new SplittableRandom(seed);
        CrashingDisk disk = new CrashingDisk();
        run(disk, Integer.MAX_VALUE, new ArrayList<>());
        byte[] content = disk.content(IndexFile.NAME);
        int at = dice.nextInt(content.length);
        content[at] ^= (byte) (1 << dice.nextInt(8));
        disk.put(IndexFile.NAME, content);

        List<Integer> read = numbers(disk);

        List<Integer> all = states().get(states().size() - 1);
        assertThat(read).as("seed %s, byte %s", seed, at).isEqualTo(all.subList(0, read.size()));
        assertThat(read.size()).isLessThan(all.size());
        boolean lastFrame = read.size() == all.size() - 1;
        assertThat(disk.files().keySet().stream().anyMatch(path -> path.startsWith("index.damaged-")))
                .isIn(true, !lastFrame);
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 40);
    }

    /** Writes through two runs; notes what is there after each write. Gives the number of steps. */
    private int run(CrashingDisk disk, int stop, List<List<Integer>> done) throws IOException {
        disk.stopBefore(stop);
        try {
            IndexFile file = new IndexFile(disk, random);
            file.read();
            file.writeWhole(sink -> {
                sink.put(piece(1));
                sink.put(piece(2));
            });
            done.add(states().get(1));
            file.append(piece(3));
            done.add(states().get(2));
            IndexFile next = new IndexFile(disk, random);
            next.read();
            next.writeWhole(sink -> {
                for (int i = 1; i <= 4; i++) {
                    sink.put(piece(i));
                }
            });
            done.add(states().get(3));
            next.append(piece(5));
            done.add(states().get(4));
        } catch (CrashingDisk.Stopped e) {
            assertThat(disk.steps()).isEqualTo(stop);
        }
        return disk.steps();
    }

    private static List<List<Integer>> states() {
        return List.of(List.of(), List.of(1, 2), List.of(1, 2, 3), List.of(1, 2, 3, 4), List.of(1, 2, 3, 4, 5));
    }

    private static List<Integer> numbers(VaultDisk disk) throws IOException {
        return new IndexFile(disk, new SplittableRandom(1))
                .read().stream().map(piece -> (int) piece[0]).toList();
    }

    private static byte[] piece(int number) {
        byte[] piece = new byte[40 * number];
        piece[0] = (byte) number;
        return piece;
    }
}
