package dev.swarm.lockbox;

import dev.swarm.transport.ContentSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A range of one content as a body. Used by one thread at a time; opens the content when it is first read. */
final class RangeBody implements ContentSource {

    private static final int PIECE_BYTES = 64 * 1024;

    private final BoxContents contents;
    private final String id;
    private final long size;
    private final long offset;
    private final byte[] piece = new byte[PIECE_BYTES];
    private @Nullable InputStream content;
    private long left;

    private RangeBody(BoxContents contents, String id, long size, long offset) {
        this.contents = contents;
        this.id = id;
        this.size = size;
        this.offset = offset;
        this.left = length();
    }

    /** The next range of a content that is sent in ranges; null if it is none, is not here, or is shorter than what was sent. */
    static @Nullable RangeBody of(BoxContents contents, SyncFrames.Wanted wanted) throws IOException {
        long size = contents.sizeOf(wanted.id());
        return size > SyncFrames.LARGE_BYTES && wanted.held() < size
                ? new RangeBody(contents, wanted.id(), size, wanted.held())
                : null;
    }

    /** What a request says of it. */
    String query() {
        return "&" + BoxRoutes.ID + "=" + id + "&" + BoxRoutes.SIZE + "=" + size + "&" + BoxRoutes.OFFSET + "="
                + offset;
    }

    @Override
    public long length() {
        return Math.min(size - offset, SyncFrames.MAX_RANGE_BYTES);
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        InputStream source = content;
        if (source == null) {
            source = open();
            content = source;
        }
        while (target.hasRemaining() && left > 0) {
            int most = (int) Math.min(Math.min(piece.length, left), target.remaining());
            int read = source.read(piece, 0, most);
            if (read < 0) {
                throw new EOFException("a file of a lockbox became shorter while it was sent");
            }
            target.put(piece, 0, read);
            left -= read;
        }
    }

    @Override
    public void close() {
        left = 0;
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                // Read to its end or given up: nothing depends on it.
            }
            content = null;
        }
    }

    private InputStream open() throws IOException {
        InputStream opened = contents.open(id);
        if (opened == null) {
            throw new IOException("a file of a lockbox went away while it was sent");
        }
        opened.skipNBytes(offset);
        return opened;
    }
}
