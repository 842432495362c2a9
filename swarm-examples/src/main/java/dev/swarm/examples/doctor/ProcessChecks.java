package dev.swarm.examples.doctor;

import dev.swarm.examples.control.NodeForbiddenException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What can be told from the operating system. */
public final class ProcessChecks {

    /** A hundred connections each way, blobs open for them, logs and libraries, with room to spare. */
    private static final long MIN_DESCRIPTORS = 1_024;

    private static final String LINE = "Max open files";

    private ProcessChecks() {}

    /**
     * Whether a process may open as many files and connections as a node needs.
     *
     * @param process its directory under {@code /proc}
     */
    public static Check descriptors(Path process) {
        try (Stream<String> lines = Files.lines(process.resolve("limits"))) {
            String limits =
                    lines.filter(line -> line.startsWith(LINE)).findFirst().orElse("");
            String soft = limits.substring(Math.min(limits.length(), LINE.length()))
                    .strip()
                    .split("\\s+", 2)[0];
            long limit = soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
            return descriptors(limit, open(process));
        } catch (IOException | NumberFormatException e) {
            return Check.skipped(
                    "descriptors", "this system does not tell: " + e.getMessage(), NodeForbiddenException.REMEDY);
        }
    }

    static Check descriptors(long limit, long open) {
        String finding = open + " descriptors are open, limit " + limit;
        return limit < MIN_DESCRIPTORS || open > limit - limit / 5
                ? Check.failed(
                        "descriptors",
                        finding,
                        "raise it to at least " + 4 * MIN_DESCRIPTORS + " (ulimit -n, LimitNOFILE= of the unit)")
                : Check.passed("descriptors", finding);
    }

    private static long open(Path process) throws IOException {
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return open.count();
        }
    }

    /** Whether a port is free for a node that is yet to start. */
    public static Check port(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(port));
            return Check.passed("tcp", "port " + port + " is free for a node");
        } catch (IOException e) {
            return Check.failed(
                    "tcp",
                    "no node runs on this directory and port " + port + " cannot be had: " + e.getMessage(),
                    "see who has it with 'ss -ltnp', or choose another port");
        }
    }
}
