package dev.swarm.manifest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A signed entry is not its author's word. Whoever sent it relayed something that it should have refused itself. */
public final class RefusedEntryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What is wrong with an entry. */
    public enum Reason {
        /** The certificate is unreadable, or the fleet's authority did not issue it. */
        NOT_A_MEMBER,
        /** The certificate was not valid at the entry's time. */
        NOT_VALID_THEN,
        /** The certificate was withdrawn from the fleet. */
        WITHDRAWN,
        /** The certificate names another host than the entry does. */
        WRONG_AUTHOR,
        /** The signature does not fit entry, certificate and fleet. */
        BAD_SIGNATURE
    }

    /** An exception for {@code reason} with a message for a person. */
    public RefusedEntryException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** An exception for {@code reason} with a message for a person and what led to it. */
    public RefusedEntryException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }
}
