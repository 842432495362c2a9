package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the state of a lockbox is kept. Guarded by the lock of its box. */
final class StateFile {

    private static final Logger log = LoggerFactory.getLogger(StateFile.class);
    private static final String NAME = "index";

    private final Path file;
    private final RandomGenerator random;
    private BoxState saved = BoxState.EMPTY;

    /** The file in a directory of the plugin's own; randomness is for names. */
    StateFile(Path directory, RandomGenerator random) {
        this.file = directory.resolve(NAME);
        this.random = random;
    }

    /** What was saved last; nothing if there is none. A file that is damaged is set aside. */
    BoxState read() throws IOException {
        if (!Files.exists(file)) {
            return BoxState.EMPTY;
        }
        try {
            return BoxState.read(file);
        } catch (CanonicalFormatException e) {
            log.warn("{} is damaged and set aside; the lockbox is compared with the user's other machines anew", file);
            Files.move(file, file.resolveSibling(NAME + ".damaged-" + Long.toHexString(random.nextLong())));
            return BoxState.EMPTY;
        }
    }

    /** Writes a state, unless it is what was saved last. */
    void save(BoxState state) throws IOException {
        if (!state.equals(saved)) {
            state.write(file);
            saved = state;
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
        saved = BoxState.EMPTY;
    }
}
