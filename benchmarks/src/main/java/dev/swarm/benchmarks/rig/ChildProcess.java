package dev.swarm.benchmarks.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end in a JVM of its own, as its parent sees it. Confined to one thread. */
public final class ChildProcess implements AutoCloseable {

    /** Begins the line that says a process is up. */
    public static final String READY = "ready ";

    private static final long END_SECONDS = 20;

    private final String name;
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final String greeting;

    private ChildProcess(String name, List<String> command) throws IOException {
        this.name = name;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.commands = process.outputWriter(UTF_8);
        this.answers = process.inputReader(UTF_8);
        String line = nextLine();
        while (!line.startsWith(READY)) {
            // What the JVM says of its own accord, as of a flight recording.
            line = nextLine();
        }
        this.greeting = line.substring(READY.length());
    }

    /**
     * Starts a process of this run's own class path and waits until it says {@link #READY}.
     *
     * @param name for messages
     * @param heapMiB the largest heap
     * @param pauseLog where the JVM writes its pauses, for {@link Vitals}
     * @param jvmOptions further options of the JVM
     * @param mainAndArguments its main class and what that takes
     */
    public static ChildProcess start(
            String name, int heapMiB, Path pauseLog, List<String> jvmOptions, List<String> mainAndArguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMiB + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Xlog:disable",
                "-Xlog:gc:file=" + pauseLog));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(mainAndArguments);
        return new ChildProcess(name, command);
    }

    /** The option that records a process called {@code name} into {@code directory}; none if that is null. */
    public static List<String> recording(@Nullable Path directory, String name) {
        return directory == null
                ? List.of()
                : List.of("-XX:StartFlightRecording=settings=profile,filename=" + directory.resolve(name + ".jfr"));
    }

    /** What it said behind {@link #READY}. */
    public String greeting() {
        return greeting;
    }

    /** Says a line and waits for the answer. */
    public String ask(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
        return nextLine();
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            System.err.println(name + " is gone: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    private String nextLine() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(name + " ended early; its own message is on standard error");
        }
        return line;
    }
}
