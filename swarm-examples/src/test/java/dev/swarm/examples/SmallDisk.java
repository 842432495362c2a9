package dev.swarm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in memory, of a size that the test chooses. Needs root; without, the test is skipped. */
final class SmallDisk implements AutoCloseable {

    private static final int MIB = 1 << 20;

    private final Path mount;

    /** Mounts a file system of so many MiB on a directory, which is made. */
    SmallDisk(Path directory, int mebibytes) throws IOException {
        mount = Files.createDirectories(directory);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "swarm-test", mount.toString());
        Assumptions.assumeTrue(mounted, "this user may not mount a tmpfs");
    }

    /** Takes so many MiB away. */
    void fill(int mebibytes) throws IOException {
        byte[] block = new byte[MIB];
        try (var filler = Files.newOutputStream(filler())) {
            for (int i = 0; i < mebibytes; i++) {
                filler.write(block);
            }
        }
    }

    /** Gives them back. */
    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", mount.toString())) {
            run("umount", "-l", mount.toString());
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
