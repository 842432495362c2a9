package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said to be an author's signature of an entry: over the entry by itself, or over the root of a batch, with the path that
 * leads there. Immutable.
 *
 * <p>A signature is never empty, so where its length would stand, zero says that a path follows, and then the signature.
 */
final class EntryProof {

    /** Most bytes that {@link #write} writes. */
    static final int MAX_BYTES = Integer.BYTES + BatchPath.MAX_BYTES + Integer.BYTES + SignedEntry.MAX_SIGNATURE_BYTES;

    /** A total order. */
    static final Comparator<EntryProof> ORDER = Comparator.<EntryProof, Boolean>comparing(EntryProof::isOfBatch)
            .thenComparing(EntryProof::toBytes, Arrays::compareUnsigned);

    private static final byte[] OF_BATCH = {};

    private final @Nullable BatchPath path;
    private final byte[] signature;

    /**
     * Keeps the array as it is.
     *
     * @param path null if the signature is over the entry by itself
     */
    EntryProof(@Nullable BatchPath path, byte[] signature) {
        this.path = path;
        this.signature = signature;
        if (signature.length == 0 || signature.length > SignedEntry.MAX_SIGNATURE_BYTES) {
            throw new IllegalArgumentException(
                    "signature is " + signature.length + " bytes, has to be 1 to " + SignedEntry.MAX_SIGNATURE_BYTES);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the bytes are no proof
     */
    static EntryProof read(CanonicalReader reader) {
        byte[] first = reader.readBytes(SignedEntry.MAX_SIGNATURE_BYTES);
        if (first.length > 0) {
            return new EntryProof(null, first);
        }
        return new EntryProof(BatchPath.read(reader), reader.readBytes(SignedEntry.MAX_SIGNATURE_BYTES));
    }

    void write(CanonicalWriter writer) {
        if (path != null) {
            writer.putBytes(OF_BATCH, 0);
            path.write(writer);
        }
        writer.putBytes(signature, SignedEntry.MAX_SIGNATURE_BYTES);
    }

    boolean isOfBatch() {
        return path != null;
    }

    byte[] signature() {
        return signature.clone();
    }

    /** The signature if there is nothing else, and all that {@link #write} writes if there is. */
    byte[] toBytes() {
        if (path == null) {
            return signature;
        }
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES);
        write(writer);
        return writer.toByteArray();
    }

    /** How many bytes {@link #write} writes. */
    int length() {
        return path == null ? Integer.BYTES + signature.length : toBytes().length;
    }

    /**
     * What the signature is to be over.
     *
     * @param entry as {@link SignedEntry#signedBytes} has it
     */
    byte[] message(byte[] entry, AuthorCertificate certificate, FleetId fleet) {
        return path == null ? entry : EntryBatch.signedBytes(path.size(), path.root(entry), certificate, fleet);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryProof proof
                && Arrays.equals(signature, proof.signature)
                && Objects.equals(path, proof.path);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(signature);
    }

    @Override
    public String toString() {
        return path == null ? "signed by itself" : path.toString();
    }
}
