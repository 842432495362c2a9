package dev.swarm.benchmarks.rig;

import java.nio.file.Files;
import java.nio.file.Path;

/** The directory in which a benchmark is to put its files. Stateless. */
public final class WorkDirectory {

    private WorkDirectory() {}

    /**
     * The directory that an option names.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Path of(String option, String value) {
        Path directory = Path.of(value);
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(option + " " + value + " is no directory; make it or name another");
        }
        return directory;
    }
}
