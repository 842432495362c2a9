package dev.swarm.benchmarks.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a run was made on. Stateless. */
public final class Machine {

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path LOAD = Path.of("/proc/loadavg");

    private Machine() {}

    /** One line: processor, cores, kernel and Java, and how busy the machine is with other things. */
    public static String describe() throws IOException {
        return String.join(
                ", ",
                cpuModel(),
                Runtime.getRuntime().availableProcessors() + " cores",
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                "load " + (Files.exists(LOAD) ? Files.readString(LOAD).split(" ", 2)[0] : "unknown"));
    }

    private static String cpuModel() throws IOException {
        if (!Files.exists(CPU)) {
            return System.getProperty("os.arch");
        }
        String family = field("cpu family");
        return field("model name") + " (family " + family + " model " + field("model\t") + ")";
    }

    private static String field(String name) throws IOException {
        return Files.readAllLines(CPU).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
