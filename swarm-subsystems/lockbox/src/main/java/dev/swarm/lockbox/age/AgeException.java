package dev.swarm.lockbox.age;

import java.io.IOException;

/** An age file could not be read, for what it says or lacks and not for the disk it is on. */
public final class AgeException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Fault fault;

    /** What is wrong with a file. */
    public enum Fault {
        /** It is no age file, or its header has not the form of one. */
        NOT_AGE,
        /** It was encrypted to others. */
        NOT_FOR_US,
        /** It was cut off, or changed after it was encrypted. */
        DAMAGED
    }

    AgeException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    AgeException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    /** What is wrong. */
    public Fault fault() {
        return fault;
    }
}
