package dev.swarm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of all unchecked exceptions that the library raises on purpose.
 *
 * <p>The {@link Reason} tells a program what to do, the message tells a person: what was tried, the value, the remedy.
 */
public class SwarmException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why an operation failed, by what the caller can do about it. */
    public enum Reason {
        /** A value handed in, or read from a file, is not of the form that is asked for. Correct it. */
        INVALID_INPUT(false),
        /** The certificate, key or trust anchor cannot be used. Issue a new one. */
        IDENTITY(false),
        /** The fleet's rules refuse this to the caller: gate, role or seeding pattern. */
        FORBIDDEN(false),
        /** The user's key is needed and not in memory. Unlock the identity, then call again. */
        LOCKED(false),
        /** Nothing of that name or id is known here. */
        NOT_FOUND(false),
        /** The blob was revoked. Only a newer seed brings it back. */
        REVOKED(false),
        /** The file system has too little room. Tried again by itself on the next cycle. */
        DISK_PRESSURE(true),
        /** No peer gave anything new. Tried again by itself on the next cycle. */
        NO_PROGRESS(true),
        /** A connection could not be made or broke. Another peer, or a later try, may do. */
        NETWORK(true),
        /** Bytes did not match their hash. The copy at hand is not to be used. */
        CORRUPT(false),
        /** The local disk failed. */
        STORAGE(false),
        /** The node, or the part that was asked, has been closed. */
        CLOSED(false);

        private final boolean retryable;

        Reason(boolean retryable) {
            this.retryable = retryable;
        }
    }

    /** An exception for {@code reason} with a message for a person. */
    public SwarmException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** An exception for {@code reason} with a message for a person and what led to it. */
    public SwarmException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** What kind of failure this is. */
    public final Reason reason() {
        return reason;
    }

    /** Whether the same call may succeed later with nothing changed by the caller. */
    public final boolean isRetryable() {
        return reason.retryable;
    }
}
