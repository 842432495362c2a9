package dev.swarm.blob;

import java.io.IOException;

/** A blob, or a part of it, is not in the local store. */
public final class BlobMissingException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what is missing. */
    public BlobMissingException(String message) {
        super(message);
    }
}
