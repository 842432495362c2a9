package dev.swarm.benchmarks.small;

import dev.swarm.benchmarks.rig.WorkDirectory;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the command line says. Immutable once parsed. */
final class SmallFilesOptions {

    static final String USAGE = """
            usage: small-files [options]
              --files 100000           how many
              --bytes 10240            how large each is
              --rounds 3               receivers, one after the other, each with nothing at first
              --author-key EC          or RSA, whose signatures take far less time to verify
              --heap 512               MiB of heap for each end
              --dir DIR                where the files lie; the system's temporary directory unless given
              --record DIR             writes flight recordings of both ends there
              --jvm "-X... -X..."      further options of both ends; -XX:+UseSerialGC unless given, the collector
                                       that bin/swarm runs a node with""";

    private int files = 100_000;
    private int bytes = 10_240;
    private int rounds = 3;
    private int heapMiB = 512;
    private String authorKey = "EC";
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    private @Nullable Path recordings;
    private List<String> jvmOptions = List.of("-XX:+UseSerialGC");

    private SmallFilesOptions() {}

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static SmallFilesOptions parse(String... args) {
        SmallFilesOptions options = new SmallFilesOptions();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value");
            }
            options.set(args[i], args[i + 1]);
        }
        return options;
    }

    int files() {
        return files;
    }

    int bytes() {
        return bytes;
    }

    int rounds() {
        return rounds;
    }

    int heapMiB() {
        return heapMiB;
    }

    String authorKey() {
        return authorKey;
    }

    Path directory() {
        return directory;
    }

    @Nullable
    Path recordings() {
        return recordings;
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }

    private void set(String name, String value) {
        switch (name) {
            case "--files" -> files = Integer.parseInt(value);
            case "--bytes" -> bytes = Integer.parseInt(value);
            case "--rounds" -> rounds = Integer.parseInt(value);
            case "--heap" -> heapMiB = Integer.parseInt(value);
            case "--author-key" -> authorKey = value;
            case "--dir" -> directory = WorkDirectory.of(name, value);
            case "--record" -> recordings = Path.of(value).toAbsolutePath();
            case "--jvm" -> jvmOptions = List.of(value.split(" ", -1));
            default -> throw new IllegalArgumentException("unknown option " + name);
        }
    }
}
