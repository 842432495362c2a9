package dev.swarm.puddle;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserId;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One statement about a user, before anybody signed it. Immutable.
 *
 * @param user whom it is about
 * @param kind what it is about
 * @param subject which one of that kind: a host, {@code host/attribute}, nothing, or a key
 * @param standing whether it holds; false for a device that left, a name that was given up, a delegation that was revoked
 * @param value what is said; empty unless the kind says otherwise
 * @param clock when
 */
record Claim(UserId user, Kind kind, String subject, boolean standing, String value, HybridTimestamp clock) {

    /** Longest value, in bytes of UTF-8: 1,024 characters. */
    static final int MAX_VALUE_BYTES = 4 * 1024;

    private static final int MAX_VALUE_CHARACTERS = 1024;
    private static final int MAX_SUBJECT_BYTES = 320;

    /** Most bytes of an encoding. */
    static final int MAX_BYTES = UserId.BYTES + 2 + 4 + MAX_SUBJECT_BYTES + 4 + MAX_VALUE_BYTES + Long.BYTES;

    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z0-9.-]{1,64}");

    /** What claims are about. Each has its number on the wire. */
    enum Kind {
        /** A machine of the user; the subject is its host name, the value tells how it went: {@code left}, {@code evicted}. */
        DEVICE(0),
        /** Something that a machine tells the others; the subject is {@code host/attribute}. */
        ATTRIBUTE(1),
        /** What the user wants to be called; no subject. */
        NAME(2),
        /** A key that may act for the user; the subject is the key, the value {@code <expiry in epoch milliseconds> <depth>}. */
        DELEGATION(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        static Kind of(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new CanonicalFormatException("claim is of kind " + number + ", known are 0 to 3");
        }
    }

    Claim {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(clock, "clock");
        if (value.length() > MAX_VALUE_CHARACTERS) {
            throw new IllegalArgumentException(
                    "value of " + kind + " has " + value.length() + " characters, limit " + MAX_VALUE_CHARACTERS);
        }
        switch (kind) {
            case DEVICE -> requireHost(subject);
            case ATTRIBUTE -> requireAttribute(subject);
            case NAME -> requireName(subject, value, standing);
            case DELEGATION -> {
                UserId unused = new UserId(subject);
                if (standing) {
                    Delegation.parse(value);
                }
            }
        }
    }

    /** The encoding that is signed and sent. */
    byte[] toBytes() {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES);
        writeTo(writer);
        return writer.toByteArray();
    }

    void writeTo(CanonicalWriter writer) {
        writer.putFixed(user.publicKey())
                .putByte(kind.number)
                .putBoolean(standing)
                .putString(subject, MAX_SUBJECT_BYTES)
                .putString(value, MAX_VALUE_BYTES)
                .putTimestamp(clock);
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @throws CanonicalFormatException if it is anything else
     */
    static Claim read(CanonicalReader reader) {
        UserId user = UserId.of(reader.readFixed(UserId.BYTES));
        Kind kind = Kind.of(reader.readByte());
        boolean standing = reader.readBoolean();
        String subject = reader.readString(MAX_SUBJECT_BYTES);
        String value = reader.readString(MAX_VALUE_BYTES);
        try {
            return new Claim(user, kind, subject, standing, value, reader.readTimestamp());
        } catch (IllegalArgumentException e) {
            throw new CanonicalFormatException("claim of kind " + kind + ": " + e.getMessage());
        }
    }

    static void requireAttributeName(String attribute) {
        if (!ATTRIBUTE.matcher(attribute).matches()) {
            throw new IllegalArgumentException(
                    "attribute has to be 1 to 64 of a-z 0-9 . -; it has " + attribute.length() + " characters");
        }
    }

    /** The host of a device or an attribute. */
    PeerId host() {
        int slash = subject.indexOf('/');
        return new PeerId(slash < 0 ? subject : subject.substring(0, slash));
    }

    private static void requireHost(String host) {
        if (!new PeerId(host).host().equals(host)) {
            throw new IllegalArgumentException("host name has to be in lower case");
        }
    }

    private static void requireAttribute(String subject) {
        int slash = subject.indexOf('/');
        requireHost(slash < 0 ? "" : subject.substring(0, slash));
        requireAttributeName(subject.substring(slash + 1));
    }

    private static void requireName(String subject, String value, boolean standing) {
        if (!subject.isEmpty()) {
            throw new IllegalArgumentException("a name has no subject");
        }
        if (standing) {
            FriendlyName.require(value);
        }
    }
}
