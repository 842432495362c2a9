package dev.swarm.examples.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a passphrase comes from: a file, or the terminal without showing it. */
final class PassphraseOption {

    private static final int MAX_BYTES = 1024;

    @Option(
            names = "--passphrase-file",
            paramLabel = "F",
            description = "File whose first line is the passphrase. Default: ask on the terminal.")
    private @Nullable Path file;

    PassphraseOption() {}

    /** The passphrase; the caller wipes it. */
    char[] read(String prompt) throws IOException {
        return file == null ? ask(prompt) : firstLine(file);
    }

    /** A new passphrase, asked for twice on a terminal; the caller wipes it. */
    char[] readNew(String prompt) throws IOException {
        char[] first = read(prompt);
        if (file == null) {
            char[] second = ask("The same again: ");
            boolean same = Arrays.equals(first, second);
            Arrays.fill(second, '\0');
            if (!same) {
                Arrays.fill(first, '\0');
                throw new CommandFailure(CommandFailure.FAILED, "the two passphrases differ; nothing was changed");
            }
        }
        return first;
    }

    /** Asks on the terminal; the caller wipes the answer. */
    @SuppressWarnings("SystemConsoleNull") // Where there is a console without a terminal, reading from it gives null.
    static char[] ask(String prompt) {
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("%s", prompt);
        if (typed == null) {
            throw new CommandFailure(
                    CommandFailure.USAGE, "there is no terminal to ask for a passphrase on; use --passphrase-file");
        }
        return typed;
    }

    /** The first line of a file, which the caller wipes. */
    static char[] firstLine(Path file) throws IOException {
        byte[] bytes;
        if (Files.notExists(file)) {
            throw new CommandFailure(CommandFailure.NOT_FOUND, "there is no passphrase file " + file);
        }
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), characters, true);
        Arrays.fill(bytes, (byte) 0);
        int end = 0;
        while (end < characters.position() && characters.get(end) != '\n' && characters.get(end) != '\r') {
            end++;
        }
        char[] line = Arrays.copyOf(characters.array(), end);
        Arrays.fill(characters.array(), '\0');
        if (bytes.length > MAX_BYTES) {
            Arrays.fill(line, '\0');
            throw new IllegalArgumentException("passphrase file " + file + " has more than " + MAX_BYTES + " bytes");
        }
        return line;
    }
}
