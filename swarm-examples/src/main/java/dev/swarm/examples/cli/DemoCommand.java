package dev.swarm.examples.cli;

import dev.swarm.examples.config.Quantity;
import dev.swarm.examples.demo.Demo;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows on one machine what a fleet does. */
@Command(
        name = "demo",
        description = "Spread a file over some nodes on this machine and check every copy.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm demo --nodes 5 --size 256MiB")
final class DemoCommand implements Callable<Integer> {

    private static final int MAX_NODES = 50;

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, 2 to 50. Default: 5.")
    private int nodes = 5;

    @Option(names = "--file", paramLabel = "F", description = "The file to spread. Default: random bytes.")
    private @Nullable Path file;

    @Option(names = "--size", paramLabel = "S", description = "How many random bytes. Default: 64MiB.")
    private @Nullable String size;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path given = file;
        if (given != null && size != null) {
            throw new ParameterException(spec.commandLine(), "--file and --size exclude each other");
        }
        if (nodes < 2 || nodes > MAX_NODES) {
            throw new ParameterException(spec.commandLine(), "--nodes is " + nodes + ", has to be 2 to " + MAX_NODES);
        }
        if (given != null) {
            InputFile.require(given);
        }
        long bytes = Given.read("--size", size == null ? "64MiB" : size, Quantity::bytes);
        Path directory = Files.createTempDirectory("swarm-demo-");
        Thread cleaner = new Thread(() -> delete(directory), "swarm-demo-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        Path spread = given != null ? given : Demo.randomFile(directory, bytes);
        boolean right = new Demo(spec.commandLine().getOut(), SwarmCommand.isTerminal()).run(directory, spread, nodes);
        return right ? 0 : CommandFailure.FAILED;
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path visited, BasicFileAttributes attributes) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem)
                        throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.err.println("swarm demo: " + directory + " was not removed: " + e.getMessage());
        }
    }
}
