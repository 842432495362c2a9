package dev.swarm.examples.config;

/** Something in a YAML document cannot be used. */
final class YamlProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;

    /** A problem in a line, counted from 1. */
    YamlProblem(int line, String message) {
        super(message);
        this.line = line;
    }

    int line() {
        return line;
    }
}
