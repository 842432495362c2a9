package dev.swarm.driver;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.transport.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The answer to a question for several small blobs, each read when its turn comes. Used by one thread at a time. */
final class BundleContent implements ContentSource {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final BlobCache blobs;
    private final List<Part> parts;
    private final long length;
    private int next;
    private ByteBuffer rest = NOTHING;

    /** What follows {@link #rest}. */
    private ByteBuffer content = NOTHING;

    /**
     * A blob that was asked for.
     *
     * @param size in bytes, or {@link BlobBundle#NOT_HERE}
     */
    record Part(BlobId blob, int size) {}

    BundleContent(BlobCache blobs, List<Part> parts) {
        this.blobs = blobs;
        this.parts = parts;
        this.length = (long) BlobBundle.SIZE_BYTES * parts.size() + contentBytes();
    }

    @Override
    public long length() {
        return length;
    }

    /** How many of the bytes are content. */
    long contentBytes() {
        return parts.stream().mapToLong(part -> Math.max(0, part.size())).sum();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining() && (rest.hasRemaining() || content.hasRemaining() || next < parts.size())) {
            if (!rest.hasRemaining()) {
                advance();
            }
            int count = Math.min(target.remaining(), rest.remaining());
            target.put(target.position(), rest, rest.position(), count);
            target.position(target.position() + count);
            rest.position(rest.position() + count);
        }
    }

    private void advance() throws IOException {
        if (content.hasRemaining()) {
            rest = content;
            content = NOTHING;
            return;
        }
        Part part = parts.get(next++);
        rest = ByteBuffer.allocate(BlobBundle.SIZE_BYTES).putInt(part.size()).flip();
        if (part.size() >= 0) {
            byte[] bytes = blobs.readSmall(part.blob());
            if (bytes.length != part.size()) {
                throw new IOException("blob " + part.blob() + " has " + bytes.length + " bytes, not " + part.size());
            }
            content = ByteBuffer.wrap(bytes);
        }
    }

    @Override
    public void close() {
        rest = NOTHING;
        content = NOTHING;
        next = parts.size();
    }
}
