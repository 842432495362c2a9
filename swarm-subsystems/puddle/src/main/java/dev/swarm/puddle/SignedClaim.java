package dev.swarm.puddle;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.manifest.AuthorCertificate;
import dev.swarm.manifest.MemberSignature;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A claim with the word of whoever makes it: the user's key, a key that acts for the user, or an operator. Immutable. */
final class SignedClaim {

    /** What user keys sign claims for; see {@link UserKey#message}. */
    static final String DOMAIN = "puddle-claim/1";

    /** Most bytes of an encoding. */
    static final int MAX_BYTES =
            Claim.MAX_BYTES + 2 + UserId.BYTES + AuthorCertificate.MAX_BYTES + MemberSignature.MAX_BYTES + 1024;

    /** Later wins; what ends something wins over what begins it; the rest only has to be the same on every node. */
    static final Comparator<SignedClaim> ORDER = Comparator.<SignedClaim, Long>comparing(
                    signed -> signed.claim.clock().packed(), Long::compareUnsigned)
            .thenComparing(signed -> !signed.claim.standing())
            .thenComparing(signed -> signed.encoded, Arrays::compareUnsigned);

    private static final int BY_KEY = 0;
    private static final int BY_OPERATOR = 1;

    private final Claim claim;
    private final @Nullable UserId key;
    private final @Nullable PeerId operator;
    private final @Nullable MemberSignature proof;
    private final byte[] signature;
    private final byte[] encoded;

    private SignedClaim(
            Claim claim,
            @Nullable UserId key,
            @Nullable PeerId operator,
            @Nullable MemberSignature proof,
            byte[] signature) {
        this.claim = claim;
        this.key = key;
        this.operator = operator;
        this.proof = proof;
        this.signature = signature;
        this.encoded = encode();
    }

    /** A claim that a user's key signed. */
    static SignedClaim byKey(Claim claim, UserId key, byte[] signature) {
        if (signature.length != UserKey.SIGNATURE_BYTES) {
            throw new IllegalArgumentException("signature is " + signature.length + " bytes");
        }
        return new SignedClaim(claim, key, null, null, signature.clone());
    }

    /** A claim that an operator of the fleet signed with its certificate's key. */
    static SignedClaim byOperator(Claim claim, PeerId operator, MemberSignature proof) {
        return new SignedClaim(claim, null, operator, proof, new byte[0]);
    }

    Claim claim() {
        return claim;
    }

    /** The key that signed, or null if an operator did. */
    @Nullable
    UserId key() {
        return key;
    }

    /** The operator that says to have signed, or null if a key did. */
    @Nullable
    PeerId operator() {
        return operator;
    }

    /** The operator's signature, or null if a key signed. */
    @Nullable
    MemberSignature proof() {
        return proof;
    }

    byte[] signature() {
        return signature.clone();
    }

    /** Its place: each signer has one of its own, so that no signer's word stands in for another's. */
    Place place() {
        return new Place(claim.kind(), claim.subject(), key != null ? key.hex() : "operator " + operator);
    }

    /**
     * Where a claim stands among those of its user.
     *
     * @param kind what it is about
     * @param subject which one
     * @param signer whose word it is
     */
    record Place(Claim.Kind kind, String subject, String signer) implements Comparable<Place> {

        private static final Comparator<Place> PLACES =
                Comparator.comparing(Place::kind).thenComparing(Place::subject).thenComparing(Place::signer);

        @Override
        public int compareTo(Place other) {
            return PLACES.compare(this, other);
        }
    }

    /** The bytes on the wire and on disk, not to be changed. */
    byte[] encoded() {
        return encoded;
    }

    private byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES);
        claim.writeTo(writer);
        if (key != null) {
            writer.putByte(BY_KEY).putFixed(key.publicKey()).putFixed(signature);
        } else {
            MemberSignature shown = Objects.requireNonNull(proof);
            writer.putByte(BY_OPERATOR)
                    .putString(Objects.requireNonNull(operator).host(), 253)
                    .putBytes(shown.certificate().toBytes(), AuthorCertificate.MAX_BYTES)
                    .putBytes(shown.toBytes(), MemberSignature.MAX_BYTES);
        }
        return writer.toByteArray();
    }

    /**
     * Reads what {@link #encoded} gave; nothing is verified.
     *
     * @throws dev.swarm.crdt.CanonicalFormatException if it is anything else
     * @throws IllegalArgumentException if a part of it is not of its form
     */
    static SignedClaim read(CanonicalReader reader) {
        Claim claim = Claim.read(reader);
        if (!reader.readBoolean()) {
            return byKey(claim, UserId.of(reader.readFixed(UserId.BYTES)), reader.readFixed(UserKey.SIGNATURE_BYTES));
        }
        PeerId operator = new PeerId(reader.readString(253));
        AuthorCertificate certificate = AuthorCertificate.of(reader.readBytes(AuthorCertificate.MAX_BYTES));
        return byOperator(
                claim, operator, new MemberSignature(certificate, reader.readBytes(MemberSignature.MAX_BYTES)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedClaim signed && Arrays.equals(encoded, signed.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return claim.kind() + " " + claim.subject() + " of " + claim.user() + " at " + claim.clock();
    }
}
