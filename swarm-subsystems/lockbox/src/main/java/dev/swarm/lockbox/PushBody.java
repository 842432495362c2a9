package dev.swarm.lockbox;

import dev.swarm.transport.ContentSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many contents as one body: for each, its SHA-256, that of the content whose payload it has or zeros, the length of what follows in
 * eight bytes, and the header if there is such a content, else all of its bytes. Used by one thread at a time; has at most one file
 * open.
 */
final class PushBody implements ContentSource {

    static final int HEAD_BYTES = 2 * SyncFrames.DIGEST_BYTES + Long.BYTES;

    /** A push ends with the file that brings it over this, so that many small files cost one exchange. */
    private static final long ENOUGH_BYTES = 32L << 20;

    private static final int ENOUGH_FILES = 1_000;
    private static final int PIECE_BYTES = 64 * 1024;

    private final BoxContents contents;
    private final List<Part> parts;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int next;
    private ByteBuffer head = ByteBuffer.allocate(0);
    private @Nullable InputStream content;
    private long left;

    /** Of a header its bytes are held; they are short. */
    private record Part(
            SyncFrames.Wanted content, long size, @Nullable ByteBuffer header) {}

    private PushBody(BoxContents contents, List<Part> parts) {
        this.contents = contents;
        this.parts = parts;
    }

    /** A body of as many of these contents as are here, are not sent in ranges, and fit one push; null if there are none. */
    static @Nullable PushBody of(BoxContents contents, Iterable<SyncFrames.Wanted> wanted) throws IOException {
        List<Part> parts = new ArrayList<>();
        long bytes = 0;
        for (SyncFrames.Wanted content : wanted) {
            Part part = partOf(contents, content);
            if (part == null) {
                continue;
            }
            parts.add(part);
            bytes += part.size();
            if (bytes >= ENOUGH_BYTES || parts.size() == ENOUGH_FILES) {
                break;
            }
        }
        return parts.isEmpty() ? null : new PushBody(contents, parts);
    }

    private static @Nullable Part partOf(BoxContents contents, SyncFrames.Wanted content) throws IOException {
        byte[] header = content.hasBase() ? contents.header(content.id()) : null;
        if (header != null) {
            return new Part(content, header.length, ByteBuffer.wrap(header));
        }
        long size = contents.sizeOf(content.id());
        return size < 0 || size > SyncFrames.LARGE_BYTES
                ? null
                : new Part(new SyncFrames.Wanted(content.id(), SyncFrames.NOTHING, 0), size, null);
    }

    List<String> ids() {
        return parts.stream().map(part -> part.content().id()).toList();
    }

    @Override
    public long length() {
        return parts.stream().mapToLong(part -> HEAD_BYTES + part.size()).sum();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining() && (head.hasRemaining() || left > 0 || next < parts.size())) {
            if (head.hasRemaining()) {
                while (head.hasRemaining() && target.hasRemaining()) {
                    target.put(head.get());
                }
            } else if (left > 0) {
                readContent(target);
            } else {
                openNext();
            }
        }
    }

    @Override
    public void close() {
        next = parts.size();
        left = 0;
        closeContent();
    }

    private void openNext() throws IOException {
        closeContent();
        Part part = parts.get(next++);
        ByteBuffer header = part.header();
        int inHead = header == null ? 0 : header.remaining();
        left = part.size() - inHead;
        head = ByteBuffer.allocate(HEAD_BYTES + inHead)
                .put(HexFormat.of().parseHex(part.content().id()))
                .put(HexFormat.of().parseHex(part.content().base()))
                .putLong(part.size());
        if (header != null) {
            head.put(header.duplicate());
        } else {
            content = contents.open(part.content().id());
            if (content == null) {
                throw new IOException("a file of a lockbox went away while it was sent");
            }
        }
        head.flip();
    }

    private void readContent(ByteBuffer target) throws IOException {
        int most = (int) Math.min(Math.min(piece.length, left), target.remaining());
        int read = content == null ? -1 : content.read(piece, 0, most);
        if (read < 0) {
            throw new EOFException("a file of a lockbox became shorter while it was sent");
        }
        target.put(piece, 0, read);
        left -= read;
    }

    private void closeContent() {
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                // Read to its end or given up: nothing depends on it.
            }
            content = null;
        }
    }
}
