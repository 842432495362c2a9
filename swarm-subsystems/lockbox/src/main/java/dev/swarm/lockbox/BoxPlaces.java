package dev.swarm.lockbox;

import dev.swarm.user.UserName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where users' lockboxes are, for when a user is no longer allowed and nobody else knows their home. Stateless. */
final class BoxPlaces {

    private static final Logger log = LoggerFactory.getLogger(BoxPlaces.class);
    private static final String FILE = "place";

    private BoxPlaces() {}

    /** Writes down where the lockbox is whose state is in {@code state}. */
    static void remember(Path state, Path directory) throws IOException {
        byte[] text = directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        PrivateFiles.createDirectories(state);
        Path file = state.resolve(FILE);
        if (!Files.exists(file) || !Arrays.equals(text, Files.readAllBytes(file))) {
            PrivateFiles.write(file, text);
        }
    }

    /** Forgets it. */
    static void forget(Path state) throws IOException {
        Files.deleteIfExists(state.resolve(FILE));
    }

    /** Every lockbox that has a state in {@code states}. */
    static Map<UserName, Path> in(Path states) {
        Map<UserName, Path> places = new TreeMap<>(Comparator.comparing(UserName::name));
        if (!Files.isDirectory(states)) {
            return places;
        }
        try (Stream<Path> all = Files.list(states)) {
            for (Path state : all.toList()) {
                Path file = state.resolve(FILE);
                if (Files.exists(file)) {
                    UserName user = new UserName(String.valueOf(state.getFileName()));
                    places.put(user, Path.of(Files.readString(file)));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("where lockboxes are could not be read: {}", e.toString());
        }
        return places;
    }
}
