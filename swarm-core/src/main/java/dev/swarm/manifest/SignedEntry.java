package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.VersionedKey;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An entry with its author's certificate and signature, as it is stored and relayed. Immutable.
 *
 * <p>Nothing is verified by its existence: anybody can put one together. An {@link EntryVerifier} tells.
 */
public final class SignedEntry {

    /** Longest signature, in bytes: that of an RSA key of 8,192 bits. */
    public static final int MAX_SIGNATURE_BYTES = 1024;

    /** Longest record that {@link #encode} writes, in bytes. */
    public static final int MAX_RECORD_BYTES = EntryCodec.MAX_BODY_BYTES + EntryProof.MAX_BYTES + 64;

    /**
     * A total order in which every copy of the manifest picks the same winner among entries of one key: by time, then by
     * state, then by content, certificate and signature.
     */
    static final Comparator<SignedEntry> ORDER = Comparator.<SignedEntry, HybridTimestamp>comparing(
                    signed -> signed.entry.clock())
            .thenComparing(signed -> signed.entry.state())
            .thenComparing(signed -> EntryCodec.encode(signed.entry), Arrays::compareUnsigned)
            .thenComparing(signed -> signed.certificate.sha256(), Arrays::compareUnsigned)
            .thenComparing(signed -> signed.proof, EntryProof.ORDER);

    private final ManifestEntry entry;
    private final AuthorCertificate certificate;
    private final EntryProof proof;
    private final VersionedKey version;

    /**
     * Puts an entry together with what is said to be its own signature.
     *
     * @param certificate kept as it is; callers that hold many entries of an author pass one object for all
     * @param signature copied; over {@link #signedBytes}
     * @throws IllegalArgumentException if the signature is empty or over {@link #MAX_SIGNATURE_BYTES}
     */
    public SignedEntry(ManifestEntry entry, AuthorCertificate certificate, byte[] signature) {
        this(entry, certificate, new EntryProof(null, signature.clone()));
    }

    /** Puts an entry together with what is said to prove it. */
    SignedEntry(ManifestEntry entry, AuthorCertificate certificate, EntryProof proof) {
        this(
                Objects.requireNonNull(entry, "entry"),
                Objects.requireNonNull(certificate, "certificate"),
                proof,
                version(entry, EntryCodec.encode(entry), certificate, proof, Sha256.digest()));
    }

    private SignedEntry(ManifestEntry entry, AuthorCertificate certificate, EntryProof proof, VersionedKey version) {
        this.entry = entry;
        this.certificate = certificate;
        this.proof = proof;
        this.version = version;
    }

    /**
     * Puts an entry together from the parts of a stored one, which are not copied.
     *
     * @param body the encoding of {@code entry}
     */
    static SignedEntry ofStored(
            ManifestEntry entry, byte[] body, AuthorCertificate certificate, EntryProof proof, MessageDigest digest) {
        return new SignedEntry(entry, certificate, proof, version(entry, body, certificate, proof, digest));
    }

    private static VersionedKey version(
            ManifestEntry entry, byte[] body, AuthorCertificate certificate, EntryProof proof, MessageDigest digest) {
        byte[] content = Sha256.of(digest, body, certificate.sha256(), proof.toBytes());
        return new VersionedKey(
                KeyHash.of(EntryCodec.keyHash(entry.key(), digest)),
                entry.clock(),
                ByteBuffer.wrap(content).getLong());
    }

    /**
     * The bytes that an author signs of an entry by itself: the entry's canonical bytes, then the SHA-256 of the certificate, so
     * that no other certificate of the same key can take its place.
     */
    public static byte[] signedBytes(ManifestEntry entry, AuthorCertificate certificate, FleetId fleet) {
        byte[] canonical = entry.canonicalBytes(fleet);
        byte[] message = Arrays.copyOf(canonical, canonical.length + Sha256.BYTES);
        System.arraycopy(certificate.sha256(), 0, message, canonical.length, Sha256.BYTES);
        return message;
    }

    /** The hash that stands for a key in reconciliation: the first 16 bytes of the SHA-256 of blob id and author. */
    public static KeyHash hashOf(EntryKey key) {
        return KeyHash.of(EntryCodec.keyHash(key, Sha256.digest()));
    }

    /**
     * Reads one record that {@link #encode} wrote.
     *
     * @param certificates gives the certificate of a {@linkplain AuthorCertificate#fingerprint fingerprint}, or null
     * @throws IllegalArgumentException if the bytes are no such record or its certificate is unknown
     */
    public static SignedEntry decode(byte[] record, Function<String, @Nullable AuthorCertificate> certificates) {
        CanonicalReader reader = new CanonicalReader(record);
        ManifestEntry entry = EntryCodec.decode(reader.readBytes(EntryCodec.MAX_BODY_BYTES));
        String fingerprint = HexFormat.of().formatHex(reader.readFixed(Sha256.BYTES));
        EntryProof proof = EntryProof.read(reader);
        reader.expectEnd();
        AuthorCertificate certificate = certificates.apply(fingerprint);
        if (certificate == null) {
            throw new CanonicalFormatException(
                    "record of " + entry.key() + " names unknown certificate " + fingerprint);
        }
        return new SignedEntry(entry, certificate, proof);
    }

    /** The record by itself: entry, fingerprint of the certificate, signature; before that the path, if it is of a batch. */
    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter(MAX_RECORD_BYTES)
                .putBytes(EntryCodec.encode(entry), EntryCodec.MAX_BODY_BYTES)
                .putFixed(certificate.sha256());
        proof.write(writer);
        return writer.toByteArray();
    }

    /** What is said. */
    public ManifestEntry entry() {
        return entry;
    }

    /** What the entry is filed under. */
    public EntryKey key() {
        return entry.key();
    }

    /** What is said to be its author's certificate. */
    public AuthorCertificate certificate() {
        return certificate;
    }

    /** What is said to be its author's signature, of it or of a {@linkplain #isOfBatch batch}; a new array each time. */
    public byte[] signature() {
        return proof.signature();
    }

    /** Whether the signature covers a batch of entries of which this is one. */
    public boolean isOfBatch() {
        return proof.isOfBatch();
    }

    /** What the signature has to be over for the entry to be its author's word in a fleet. */
    byte[] message(FleetId fleet) {
        return proof.message(signedBytes(entry, certificate, fleet), certificate, fleet);
    }

    EntryProof proof() {
        return proof;
    }

    /** This entry as reconciliation sees it: hash of the key, time, and hash of everything else. */
    public VersionedKey version() {
        return version;
    }

    /** This entry with an equal certificate in place of its own. */
    SignedEntry withCertificate(AuthorCertificate same) {
        return new SignedEntry(entry, same, proof, version);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedEntry signed
                && version.equals(signed.version)
                && certificate.equals(signed.certificate)
                && proof.equals(signed.proof)
                && entry.equals(signed.entry);
    }

    @Override
    public int hashCode() {
        return version.hashCode();
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
