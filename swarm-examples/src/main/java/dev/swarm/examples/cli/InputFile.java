package dev.swarm.examples.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a verb is to read. Stateless. */
final class InputFile {

    private InputFile() {}

    /**
     * Checks that there is one.
     *
     * @throws CommandFailure if there is none, or what is there is no file
     */
    static void require(Path file) {
        if (Files.notExists(file)) {
            throw new CommandFailure(CommandFailure.NOT_FOUND, "there is no file " + file);
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CommandFailure(CommandFailure.FAILED, file + " is no regular file; name one");
        }
    }
}
