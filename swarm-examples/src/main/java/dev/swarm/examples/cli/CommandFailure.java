package dev.swarm.examples.cli;

/** Ends a command with an exit code and one line for the person who gave it. */
final class CommandFailure extends RuntimeException {

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;
    static final int NO_NODE = 4;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
