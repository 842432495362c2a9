package dev.swarm.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Which version of swarm this is, as the build wrote it beside this class. Immutable. */
public final class BuildVersion {

    private static final String TEXT = read();

    private BuildVersion() {}

    /** As {@code 1.2.0}. */
    public static String text() {
        return TEXT;
    }

    /** What a node tells others of itself. */
    static String trait() {
        return "{\"version\":\"" + TEXT + "\"}";
    }

    private static String read() {
        try (InputStream file = BuildVersion.class.getResourceAsStream("version.txt")) {
            return file == null ? "unknown" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
