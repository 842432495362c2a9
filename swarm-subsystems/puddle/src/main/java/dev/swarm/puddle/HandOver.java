package dev.swarm.puddle;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import java.util.List;

/** What a machine that joins is given: the key as the passphrase wraps it, and what is known of the user. Immutable. */
final class HandOver {

    /** Most bytes, encrypted. */
    static final int MAX_BYTES = UserClaims.MAX_BYTES + 64 * 1024;

    private final byte[] wrapped;
    private final byte[] recovery;
    private final List<SignedClaim> claims;

    /**
     * Takes the parts over.
     *
     * @param wrapped content of {@code identity.wrapped}
     * @param recovery content of {@code identity.recovery}; empty if there is none
     */
    HandOver(byte[] wrapped, byte[] recovery, List<SignedClaim> claims) {
        this.wrapped = wrapped;
        this.recovery = recovery;
        this.claims = List.copyOf(claims);
    }

    byte[] wrapped() {
        return wrapped.clone();
    }

    byte[] recovery() {
        return recovery.clone();
    }

    List<SignedClaim> claims() {
        return claims;
    }

    byte[] toBytes() {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES)
                .putBytes(wrapped, OwnedDirectory.MAX_KEY_FILE_BYTES)
                .putBytes(recovery, OwnedDirectory.MAX_KEY_FILE_BYTES);
        ClaimFrames.writeClaims(writer, claims);
        return writer.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} gave; nothing is verified.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static HandOver parse(byte[] bytes) {
        CanonicalReader reader = new CanonicalReader(bytes);
        HandOver content = new HandOver(
                reader.readBytes(OwnedDirectory.MAX_KEY_FILE_BYTES),
                reader.readBytes(OwnedDirectory.MAX_KEY_FILE_BYTES),
                ClaimFrames.readClaims(reader));
        reader.expectEnd();
        return content;
    }

    @Override
    public String toString() {
        return "hand-over with " + claims.size() + " claims";
    }
}
