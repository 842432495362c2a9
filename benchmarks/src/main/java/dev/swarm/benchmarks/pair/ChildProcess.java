package dev.swarm.benchmarks.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One end in a JVM of its own, as its parent sees it. Confined to one thread. */
final class ChildProcess implements AutoCloseable {

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
        while (!line.startsWith(Child.READY)) {
            // What the JVM says of its own accord, as of a flight recording.
            line = nextLine();
        }
        this.greeting = line.substring(Child.READY.length());
    }

    static ChildProcess start(PairOptions options, Path directory, Contestant contestant, String... roleAndAddress)
            throws IOException {
        String role = roleAndAddress[0];
        String name = contestant.label() + "-" + role;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Xlog:disable",
                "-Xlog:gc:file=" + Child.pauseLog(directory, contestant, role)));
        command.addAll(options.jvmOptions());
        Path recordings = options.recordings();
        if (recordings != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename=" + recordings.resolve(name + ".jfr"));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString(),
                contestant.label()));
        command.addAll(List.of(roleAndAddress));
        return new ChildProcess(name, command);
    }

    /** The address it listens on; nothing of a receiver. */
    String greeting() {
        return greeting;
    }

    /** Says a line and waits for the answer. */
    String ask(String command) throws IOException {
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
