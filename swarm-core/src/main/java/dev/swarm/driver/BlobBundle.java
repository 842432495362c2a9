package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How one question asks for several blobs of one leaf: their ids, one after the other. The answer has for each its size and its bytes. */
final class BlobBundle {

    static final String PATH = "/blobs";

    /** Blobs in one question. */
    static final int MAX_BLOBS = 256;

    /** Content in one answer that a node asks for: what one connection brings in some milliseconds, so that others get their turn. */
    static final int MAX_BYTES = 1 << 20;

    /** Largest question. */
    static final int MAX_QUESTION_BYTES = MAX_BLOBS * BlobId.BYTES;

    /** What comes before each blob's bytes in an answer: their number. */
    static final int SIZE_BYTES = Integer.BYTES;

    /** Said instead of a size: the blob is not here, or it has more than one leaf. */
    static final int NOT_HERE = -1;

    private BlobBundle() {}

    static ByteBuffer encode(List<BlobId> blobs) {
        ByteBuffer question = ByteBuffer.allocate(blobs.size() * BlobId.BYTES);
        blobs.forEach(blob -> question.put(blob.toBytes()));
        return question.flip();
    }

    /**
     * Reads a question.
     *
     * @throws IllegalArgumentException if it is anything but 1 to {@link #MAX_BLOBS} whole ids
     */
    static List<BlobId> decode(ByteBuffer question) {
        int count = question.remaining() / BlobId.BYTES;
        if (count == 0 || count > MAX_BLOBS || question.remaining() % BlobId.BYTES != 0) {
            throw new IllegalArgumentException("a question for several blobs has " + question.remaining()
                    + " bytes, not 32 for each of 1 to " + MAX_BLOBS);
        }
        List<BlobId> blobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blobs.add(BlobId.read(question));
        }
        return blobs;
    }
}
