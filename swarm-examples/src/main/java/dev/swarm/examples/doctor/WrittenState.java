package dev.swarm.examples.doctor;

import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node wrote of itself last.
 *
 * @param members of {@code state.json}, empty if there is none that can be used
 * @param problem why the file that is there cannot be used, or null
 */
public record WrittenState(
        Map<String, @Nullable Object> members, @Nullable Check problem) {

    private static final String NAME = "state-files";

    /** Reads the file, if there is one. */
    public static WrittenState read(Path data) {
        Path file = data.resolve("state.json");
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return unusable(file + " is no regular file", "remove it; the node writes its own");
            }
            return new WrittenState(new LinkedHashMap<>(JsonText.readObject(Files.readString(file))), null);
        } catch (NoSuchFileException e) {
            return new WrittenState(new LinkedHashMap<>(), null);
        } catch (AccessDeniedException e) {
            return new WrittenState(
                    new LinkedHashMap<>(), Check.skipped(NAME, file + " is not accessible to this user"));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return unusable(
                    file + " cannot be used: " + e.getMessage(), "wait for the node to write it anew, or start one");
        } catch (IOException e) {
            return unusable(file + " cannot be read: " + e.getMessage(), "see the disk that it is on");
        }
    }

    private static WrittenState unusable(String finding, String remedy) {
        return new WrittenState(new LinkedHashMap<>(), Check.failed(NAME, finding, remedy));
    }
}
