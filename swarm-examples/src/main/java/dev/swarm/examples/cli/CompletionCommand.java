package dev.swarm.examples.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What makes a shell complete this command's words. */
@Command(
        name = "completion",
        description = "Print what makes a shell complete this command's words.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm completion bash")
final class CompletionCommand implements Runnable {

    /** The shells that are known. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, or zsh, which reads the same by bashcompinit.")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"})
    private Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    CompletionCommand() {}

    @Override
    public void run() {
        CommandSpec root = spec.root();
        spec.commandLine().getOut().print(AutoComplete.bash(root.name(), root.commandLine()));
        spec.commandLine().getOut().flush();
    }
}
