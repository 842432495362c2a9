package dev.swarm.benchmarks.lockbox;

import dev.swarm.SystemAdapters;
import dev.swarm.benchmarks.rig.Machine;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Encrypts and decrypts one file, with lockbox's code and with the {@code age} command in turn. Prints the medians of the rates and, for
 * a machine that does other work too, what a second of processor time did, of this process and the commands that it started.
 */
public final class LockboxMain {

    private static final int MEBIBYTE = 1024 * 1024;

    /** The second compiler comes to the last of the cipher's loops after some three gibibytes. */
    private static final int WARM_UP_MEBIBYTES = 3 * 1024;

    private final Path plain;
    private final Path sealed;
    private final Path opened;
    private final Path key;
    private final int mebibytes;

    private LockboxMain(Path directory, int mebibytes) {
        this.plain = directory.resolve("plain");
        this.sealed = directory.resolve("sealed.age");
        this.opened = directory.resolve("opened");
        this.key = directory.resolve("key");
        this.mebibytes = mebibytes;
    }

    /**
     * Runs the comparison.
     *
     * @param args {@code [MEBIBYTES [ROUNDS [DIRECTORY]]]}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (Arrays.asList(args).contains("--help")) {
            System.out.println("usage: lockbox [MEBIBYTES [ROUNDS [DIRECTORY]]]   (512, 5, the temporary directory)");
            return;
        }
        int mebibytes = args.length > 0 ? Integer.parseInt(args[0]) : 512;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Path parent = args.length > 2 ? Path.of(args[2]) : Path.of(System.getProperty("java.io.tmpdir"));
        Path directory = Files.createTempDirectory(parent, "lockbox-figures");
        LockboxMain main = new LockboxMain(directory, mebibytes);
        try {
            main.run(rounds);
        } finally {
            for (Path file : List.of(main.plain, main.sealed, main.opened, main.key, directory)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void run(int rounds) throws IOException, InterruptedException {
        System.out.println(Machine.describe());
        AgeIdentity identity = AgeIdentity.generate(SystemAdapters.randomness());
        Files.writeString(key, new String(identity.text()));
        writePlain();
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            run(rounds, identity, new AgeFile.Workers(pool, threads));
        } finally {
            pool.shutdown();
        }
    }

    private void run(int rounds, AgeIdentity identity, AgeFile.Workers workers)
            throws IOException, InterruptedException {
        AgeFile many = new AgeFile(SystemAdapters.randomness(), workers);
        AgeFile one = new AgeFile(SystemAdapters.randomness(), new AgeFile.Workers(Runnable::run, 1));
        List<Contestant> contestants = List.of(
                new Contestant(
                        "age command",
                        () -> command("-r", identity.recipient().text(), "-o", sealed, plain),
                        () -> command("-d", "-i", key, "-o", opened, sealed)),
                new Contestant(
                        "lockbox, " + workers.threads() + " threads",
                        () -> encrypt(many, identity),
                        () -> decrypt(many, identity)),
                new Contestant("lockbox, 1 thread", () -> encrypt(one, identity), () -> decrypt(one, identity)));
        int warmUp = Math.max(2, WARM_UP_MEBIBYTES / mebibytes);
        for (int round = -warmUp; round < rounds; round++) {
            for (Contestant each : contestants) {
                each.round(round >= 0);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d MiB, %d rounds, MiB/s by the clock (median) and by processor time (all)%n%-22s %16s %16s%n",
                mebibytes,
                rounds,
                "",
                "encrypt",
                "decrypt");
        for (Contestant each : contestants) {
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %8.0f %7.0f %8.0f %7.0f%n",
                    each.name,
                    mebibytes / each.encrypting.medianSeconds(),
                    mebibytes / each.encrypting.meanProcessorSeconds(),
                    mebibytes / each.decrypting.medianSeconds(),
                    mebibytes / each.decrypting.meanProcessorSeconds());
        }
    }

    private void writePlain() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] piece = new byte[MEBIBYTE];
        try (OutputStream target = Files.newOutputStream(plain)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(piece);
                target.write(piece);
            }
        }
    }

    private void encrypt(AgeFile age, AgeIdentity identity) throws IOException {
        try (InputStream source = Files.newInputStream(plain);
                OutputStream target = Files.newOutputStream(sealed)) {
            age.encrypt(source, target, List.of(identity.recipient()));
        }
    }

    private void decrypt(AgeFile age, AgeIdentity identity) throws IOException {
        try (InputStream source = Files.newInputStream(sealed);
                OutputStream target = Files.newOutputStream(opened)) {
            age.decrypt(source, target, identity);
        }
    }

    private static void command(Object... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("age"));
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        int status = new ProcessBuilder(words).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("age ended with status " + status);
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static final class Contestant {

        final String name;
        final Times encrypting = new Times();
        final Times decrypting = new Times();
        private final Work encrypt;
        private final Work decrypt;

        Contestant(String name, Work encrypt, Work decrypt) {
            this.name = name;
            this.encrypt = encrypt;
            this.decrypt = decrypt;
        }

        void round(boolean counts) throws IOException, InterruptedException {
            encrypting.take(encrypt, counts);
            decrypting.take(decrypt, counts);
        }
    }

    private static final class Times {

        /** Fields of a process in {@code /proc}, after its name: its own time in ticks, and that of the children it waited for. */
        private static final int FIRST_TIME = 11;

        private static final int TIMES = 4;
        private static final double TICKS_PER_SECOND = 100;

        private final List<Long> nanos = new ArrayList<>();
        private long ticks;

        void take(Work work, boolean counts) throws IOException, InterruptedException {
            long ticksBefore = ticks();
            long before = System.nanoTime();
            work.run();
            if (counts) {
                nanos.add(System.nanoTime() - before);
                ticks += ticks() - ticksBefore;
            }
        }

        double medianSeconds() {
            Collections.sort(nanos);
            return nanos.get(nanos.size() / 2) / 1e9;
        }

        double meanProcessorSeconds() {
            return ticks / TICKS_PER_SECOND / nanos.size();
        }

        private static long ticks() throws IOException {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int i = FIRST_TIME; i < FIRST_TIME + TIMES; i++) {
                sum += Long.parseLong(fields[i]);
            }
            return sum;
        }
    }
}
