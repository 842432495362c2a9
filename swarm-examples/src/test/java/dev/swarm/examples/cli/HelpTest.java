package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the command says of itself. */
class HelpTest {

    @ParameterizedTest
    @MethodSource("verbs")
    void help_ofEachVerb_endsWithAnExampleThatParses(String verb) {
        String help = swarm((verb + " --help").strip().split(" "));

        String example =
                help.replaceAll("\\s+", " ").replaceAll(".*Example: ", "").strip();
        assertThat(example).startsWith(("swarm " + verb).strip());
        ShellLines.requireParses(example);
    }

    static List<String> verbs() {
        List<String> verbs = new ArrayList<>();
        collect(SwarmCommand.commandLine(), "", verbs);
        return verbs;
    }

    private static void collect(CommandLine command, String path, List<String> verbs) {
        verbs.add(path);
        command.getSubcommands()
                .forEach((name, verb) -> collect(verb, path.isEmpty() ? name : path + " " + name, verbs));
    }

    @Test
    void completion_forBash_isAScriptThatBashAcceptsAndNamesEveryVerb() throws Exception {
        String script = swarm("completion", "bash");

        assertThat(script).contains("distribute", "doctor", "--max-bandwidth", "complete -F _complete_swarm");
        Process bash = new ProcessBuilder("bash", "-n").start();
        try (var in = bash.outputWriter()) {
            in.write(script);
        }
        assertThat(bash.waitFor()).isZero();
    }

    private static String swarm(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(SwarmCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true)))
                .as(err.toString())
                .isZero();
        return out.toString();
    }
}
