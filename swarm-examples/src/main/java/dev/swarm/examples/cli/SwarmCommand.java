package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.examples.control.NoNodeException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code swarm} command: what a person or a script does with nodes from a shell. */
@Command(
        name = "swarm",
        description = "Machines of a fleet give files to each other.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm distribute firmware.bin --target '*'",
        versionProvider = SwarmCommand.Version.class,
        subcommands = {
            DemoCommand.class,
            CaCommand.class,
            NodeCommand.class,
            DistributeCommand.class,
            RevokeCommand.class,
            BanCommand.class,
            PurgeCommand.class,
            StatusCommand.class,
            ListCommand.class,
            BrokenCommand.class,
            SeedsCommand.class,
            PeersCommand.class,
            PuddleCommand.class,
            LockboxCommand.class,
            DoctorCommand.class,
            CleanupCommand.class,
            CompletionCommand.class
        })
public final class SwarmCommand implements Runnable {

    /** What {@code --version} prints. */
    static final class Version implements CommandLine.IVersionProvider {

        Version() {}

        @Override
        public String[] getVersion() {
            return new String[] {"swarm " + SwarmNode.version()};
        }
    }

    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    SwarmCommand() {}

    /** Runs a command line and exits with its code. */
    public static void main(String[] args) {
        ServerLimits.set();
        PrintWriter out = writer(System.out);
        PrintWriter err = writer(System.err);
        System.exit(delivered(run(args, out, err), out, err));
    }

    /** Who reads half a document, as on a full disk, is not to take it for the whole. */
    private static int delivered(int code, PrintWriter out, PrintWriter err) {
        if (code != 0 || !out.checkError()) {
            return code;
        }
        err.println("swarm: the output could not be written; see where standard output leads");
        return CommandFailure.FAILED;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    /** The command with all its verbs. */
    static CommandLine commandLine() {
        CommandLine.Help.Ansi marks = isTerminal() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF;
        return new CommandLine(new SwarmCommand())
                .setColorScheme(CommandLine.Help.defaultColorScheme(marks))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(int.class, SwarmCommand::wholeNumber)
                .registerConverter(Integer.class, SwarmCommand::wholeNumber);
    }

    /** Whether output goes to a terminal that obeys cursor movements and shows colours, as who started the process says. */
    static boolean isTerminal() {
        return Boolean.getBoolean("swarm.terminal");
    }

    private static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is no whole number, as 3");
        }
    }

    /** Runs a command line. The exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        return commandLine()
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(SwarmCommand::refuse)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command))
                .execute(args);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "a verb is missing");
    }

    private static int refuse(CommandLine.ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        List<String> unknown = command.getUnmatchedArguments();
        String what = unknown.isEmpty()
                ? String.valueOf(problem.getMessage()).replace("option option", "option")
                : "unknown argument '" + unknown.get(0) + "'";
        line(command, name + ": " + firstLine(what) + "; see '" + name + " --help'");
        return CommandFailure.USAGE;
    }

    private static int report(Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        line(command, name + ": " + firstLine(explain(failure)));
        return exitCode(failure);
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof CommandFailure known) {
            return known.exitCode();
        }
        if (failure instanceof NoNodeException) {
            return CommandFailure.NO_NODE;
        }
        if (failure instanceof IllegalArgumentException) {
            return CommandFailure.USAGE;
        }
        if (failure instanceof SwarmException swarm) {
            return swarm.reason() == SwarmException.Reason.NOT_FOUND ? CommandFailure.NOT_FOUND : CommandFailure.FAILED;
        }
        return CommandFailure.FAILED;
    }

    private static String explain(Exception failure) {
        if (failure instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + " is not accessible to this user";
        }
        if (failure instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is there already, and is not what is to be there";
        }
        if (failure instanceof FileSystemException system) {
            return system.getFile() + ": "
                    + (system.getReason() == null ? system.getClass().getSimpleName() : system.getReason());
        }
        String message = failure.getMessage();
        boolean telling = failure instanceof IOException
                || failure instanceof IllegalArgumentException
                || failure instanceof SwarmException
                || failure instanceof CommandFailure;
        return telling && message != null ? message : failure.toString();
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return Printable.of(end < 0 ? text : text.substring(0, end));
    }

    private static void line(CommandLine command, String text) {
        command.getErr().println(text);
    }
}
