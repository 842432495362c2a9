package dev.swarm.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation with its fenced blocks.
 *
 * <p>Comments between two blocks, which nobody sees who reads the page, tell the tests what to do with the second:
 *
 * <ul>
 *   <li>{@code first: ...} shell lines to run before the page's commands go on
 *   <li>{@code run: scripts} its commands are too large for a test and are in the scripts that check the whole project
 *   <li>{@code given: ...} parameters that a fragment of Java takes for granted; it is compiled, and not run
 *   <li>{@code save: ...} the name under which a reader saves the block
 *   <li>{@code source: ...} the file that the block is a part of
 *   <li>{@code tried by: ...} the test that reads the block
 *   <li>{@code drawing} nothing to be tried
 * </ul>
 */
public final class Page {

    private static final Pattern FENCED =
            Pattern.compile("(?ms)^( *)```([a-z]*)\\n(.*?)^ *```$|<!-- (drawing|[a-z ]+:) ?(.*?)\\s*-->");

    private final Path file;
    private final String text;

    private Page(Path file) {
        this.file = file;
        try {
            this.text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a comment tells.
     *
     * @param key the word before the colon
     * @param text what follows it
     */
    public record Note(String key, String text) {}

    /**
     * A fenced block.
     *
     * @param page the file's name
     * @param line where it begins, from 1
     * @param language the word behind the fence, empty if there is none
     * @param text what is between the fences, with a line feed at the end of each line
     * @param notes what the comments before it tell
     */
    public record Block(String page, int line, String language, String text, List<Note> notes) {

        /** What the comments of a kind tell, in their order. */
        public List<String> notes(String key) {
            return notes.stream()
                    .filter(note -> note.key().equals(key))
                    .map(Note::text)
                    .toList();
        }

        /** What a comment tells. */
        public Optional<String> note(String key) {
            return notes(key).stream().findFirst();
        }

        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    /** A page of the project, by its path from the project's directory; to be asked by a test of a module beside it. */
    public static Page of(String path) {
        return new Page(Path.of("..").resolve(path));
    }

    /** The README and every page in {@code docs/}. */
    public static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>(List.of(of("README.md")));
        try (Stream<Path> docs = Files.list(Path.of("..", "docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(page -> pages.add(new Page(page)));
        }
        return pages;
    }

    /** The file's name. */
    public String name() {
        return file.getFileName().toString();
    }

    /** The page as it is written. */
    public String text() {
        return text;
    }

    /** Its blocks in their order. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<Note> notes = new ArrayList<>();
        Matcher matcher = FENCED.matcher(text);
        while (matcher.find()) {
            if (matcher.group(4) != null) {
                notes.add(new Note(matcher.group(4).replace(":", ""), matcher.group(5)));
            } else {
                int line = (int) text.substring(0, matcher.start()).lines().count() + 1;
                String indent = matcher.group(1);
                String body = matcher.group(3).replaceAll("(?m)^" + indent, "");
                blocks.add(new Block(name(), line, matcher.group(2), body, List.copyOf(notes)));
                notes.clear();
            }
        }
        return blocks;
    }

    /** The one block that a test says it reads, of several the one with this number. */
    public String triedBy(Class<?> test, int number) {
        return blocks().stream()
                .filter(block -> block.note("tried by").equals(Optional.of(test.getSimpleName())))
                .skip(number)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        file + " has no block " + number + " that is tried by " + test.getSimpleName()))
                .text();
    }

    /** A form with something in each of its places: digits in angle brackets, and nothing for dots. */
    public static String filled(String form) {
        return form.replaceAll("<[a-z ,]*(\\d\\d) hex digits>|<sha256>()", "<$1>")
                .replace("<16>", "5d41402abc4b2a76")
                .replace("<32>", "5d41402abc4b2a76b9719d911017c592")
                .replaceAll("<64>|<>", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                .replace("<host>", "web-01")
                .replace("<ip:port>", "10.0.1.2:1531")
                .replace("<chunks held>/<chunks>", "31/47")
                .replace(", ...", "");
    }

    /** The names of a JSON document's members, as they come, each once. */
    public static List<String> memberNames(String json) {
        return Pattern.compile("\"(\\w+)\" ?:")
                .matcher(json)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    @Override
    public String toString() {
        return name();
    }
}
