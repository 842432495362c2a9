package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines that people are told to give a shell. */
final class ShellLines {

    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");

    /** The command, by whatever path, after nothing or after {@code sudo}. */
    private static final Pattern COMMAND = Pattern.compile("(?:sudo (?:-u \\S+ )?)?(?:\\S*/)?swarm (.*)");

    private ShellLines() {}

    /** The lines in fenced blocks of a page, those with a backslash at their end joined with the next. */
    static List<String> ofPage(String markdown) {
        List<String> lines = new ArrayList<>();
        boolean fenced = false;
        for (String line : markdown.replace("\\\n", " ").lines().toList()) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (fenced) {
                lines.add(line.strip());
            }
        }
        return lines;
    }

    /** Whether a line gives the command. */
    static boolean isOurs(String line) {
        return COMMAND.matcher(line).matches();
    }

    /** Fails unless the line gives the command verbs, flags and values that it takes. */
    static void requireParses(String line) {
        Matcher command = COMMAND.matcher(line);
        if (!command.matches()) {
            throw new AssertionError("'" + line + "' does not give the command");
        }
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command.group(1).replaceAll("\\s[#>|].*", ""));
        while (word.find()) {
            words.add(word.group().replaceAll("['\"]", ""));
        }
        assertThatCode(() -> SwarmCommand.commandLine().parseArgs(words.toArray(String[]::new)))
                .as(line)
                .doesNotThrowAnyException();
    }
}
