package dev.swarm.coordinate;

import dev.swarm.blob.BlobId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What tells one version of a trait document from another. Immutable.
 *
 * @param hex the SHA-256 of the document's UTF-8 bytes in 64 lower-case hex digits
 */
public record TraitDigest(String hex) {

    /** Checks the form. */
    public TraitDigest {
        if (!BlobId.isHex(hex)) {
            throw new IllegalArgumentException(
                    "digest of a trait has to be 64 lower-case hex digits; this has length " + hex.length());
        }
    }

    /** The digest of a document. */
    public static TraitDigest of(String document) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(document.getBytes(StandardCharsets.UTF_8));
            return new TraitDigest(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
