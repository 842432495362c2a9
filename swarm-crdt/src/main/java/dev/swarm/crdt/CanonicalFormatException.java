package dev.swarm.crdt;

/** Thrown when bytes are not the canonical encoding of what was to be read; the message names offset and limit. */
public final class CanonicalFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception whose message names the value and the limit. */
    public CanonicalFormatException(String message) {
        super(message);
    }
}
