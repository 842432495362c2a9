package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.WorkDirectory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the command line says. Immutable. */
final class PairOptions {

    static final String USAGE = """
            usage: pair [options]
              --size 1GiB              how much is moved at a time
              --connections 1,8        as many connections, one after the other
              --rounds 5               measured transfers of each contestant
              --seconds-limit 900      no round starts later than this
              --contestants A,B        of bare-tls, bare-loop, transport-raw, transport, node; all unless given
              --dir DIR                where the files lie; the system's temporary directory unless given
              --record DIR             writes flight recordings of every process there
              --jvm "-X... -X..."      further options of every process""";

    private static final Pattern SIZE = Pattern.compile("(\\d+)(KiB|MiB|GiB)?");

    private long size = 1L << 30;
    private List<Integer> connections = List.of(1, 8);
    private int rounds = 5;
    private int secondsLimit = 900;
    private List<Contestant> contestants = List.of(Contestant.values());
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    private @Nullable Path recordings;
    private List<String> jvmOptions = List.of();

    private PairOptions() {}

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static PairOptions parse(String... args) {
        PairOptions options = new PairOptions();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value");
            }
            options.set(args[i], args[i + 1]);
        }
        return options;
    }

    long size() {
        return size;
    }

    List<Integer> connections() {
        return connections;
    }

    int rounds() {
        return rounds;
    }

    int secondsLimit() {
        return secondsLimit;
    }

    List<Contestant> contestants() {
        return contestants;
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
            case "--size" -> size = parseSize(value);
            case "--connections" ->
                connections = parts(value).map(Integer::valueOf).sorted().toList();
            case "--rounds" -> rounds = Integer.parseInt(value);
            case "--seconds-limit" -> secondsLimit = Integer.parseInt(value);
            case "--contestants" ->
                contestants = parts(value).map(Contestant::of).toList();
            case "--dir" -> directory = WorkDirectory.of(name, value);
            case "--record" -> recordings = Path.of(value).toAbsolutePath();
            case "--jvm" -> jvmOptions = List.of(value.split(" ", -1));
            default -> throw new IllegalArgumentException("unknown option " + name);
        }
    }

    private static Stream<String> parts(String value) {
        return Arrays.stream(value.split(",", -1));
    }

    private static long parseSize(String value) {
        Matcher size = SIZE.matcher(value);
        if (!size.matches()) {
            throw new IllegalArgumentException("size is " + value + ", has to be like 64MiB or 1GiB");
        }
        String unit = size.group(2);
        int shift = unit == null ? 0 : unit.equals("KiB") ? 10 : unit.equals("MiB") ? 20 : 30;
        return Long.parseLong(size.group(1)) << shift;
    }
}
