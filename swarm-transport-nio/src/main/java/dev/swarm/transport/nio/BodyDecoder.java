package dev.swarm.transport.nio;

import java.nio.ByteBuffer;

/**
 * Finds the bytes of a body in a stream: none, a known number, or chunks (RFC 9112 sections 6 and 7.1).
 *
 * <p>Resumable at any byte. Confined to the event loop of its connection.
 */
final class BodyDecoder {

    /** What {@link #next} answers when the body is complete. */
    static final int END = -1;
    /** What {@link #next} answers when all of its input was framing. */
    static final int NEED_MORE = 0;

    /** Largest chunk taken; our own client and server send none, and others stay far below it. */
    private static final long MAX_CHUNK_BYTES = 16L << 20;

    private static final int MAX_SIZE_DIGITS = 8;

    private enum Part {
        FIXED,
        SIZE,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        LAST_CR,
        LAST_LF,
        DONE
    }

    private Part part = Part.DONE;
    private long remaining;
    private int digits;

    /** Starts with a body of that many bytes, or with {@link FieldReader#CHUNKED}. */
    void start(long length) {
        part = length == FieldReader.CHUNKED ? Part.SIZE : Part.FIXED;
        remaining = Math.max(0, length);
        digits = 0;
    }

    /**
     * Reads framing up to the next bytes of the body.
     *
     * @return how many bytes at the position of {@code in} are body, all of which the caller takes before it asks again; or
     *     {@link #NEED_MORE} or {@link #END}
     */
    int next(ByteBuffer in) throws HttpFault {
        while (part != Part.DONE) {
            if (part == Part.FIXED && remaining == 0) {
                part = Part.DONE;
            } else if (!in.hasRemaining()) {
                return NEED_MORE;
            } else if (part == Part.FIXED || part == Part.DATA) {
                return take(in.remaining());
            } else {
                part = frame(in.get());
            }
        }
        return END;
    }

    /** How many bytes are left, as far as it is known; for chunks, of the chunk. */
    long remaining() {
        return remaining;
    }

    private int take(int available) {
        int taken = (int) Math.min(available, remaining);
        remaining -= taken;
        if (remaining == 0 && part == Part.DATA) {
            part = Part.DATA_CR;
        }
        return taken;
    }

    private Part frame(byte b) throws HttpFault {
        return switch (part) {
            case SIZE -> size(b);
            case SIZE_LF -> expect(b, '\n', remaining == 0 ? Part.LAST_CR : Part.DATA);
            case DATA_CR -> expect(b, '\r', Part.DATA_LF);
            case DATA_LF -> nextChunk(b);
            case LAST_CR -> expect(b, '\r', Part.LAST_LF);
            case LAST_LF -> expect(b, '\n', Part.DONE);
            case FIXED, DATA, DONE -> throw new AssertionError(part);
        };
    }

    private Part size(byte b) throws HttpFault {
        int digit = Character.digit(b, 16);
        if (digit < 0 || b < 0) {
            if (digits == 0) {
                throw new HttpFault(400, "chunk size is not a hexadecimal number");
            }
            if (remaining > MAX_CHUNK_BYTES) {
                throw new HttpFault(413, "chunk is larger than " + MAX_CHUNK_BYTES + " bytes");
            }
            return expect(b, '\r', Part.SIZE_LF);
        }
        if (++digits > MAX_SIZE_DIGITS) {
            throw new HttpFault(400, "chunk size has more than " + MAX_SIZE_DIGITS + " digits");
        }
        remaining = remaining * 16 + digit;
        return Part.SIZE;
    }

    private Part nextChunk(byte b) throws HttpFault {
        digits = 0;
        remaining = 0;
        return expect(b, '\n', Part.SIZE);
    }

    private static Part expect(byte b, char wanted, Part next) throws HttpFault {
        if (b != wanted) {
            throw new HttpFault(400, "chunk with an extension, a trailer or a wrong line end");
        }
        return next;
    }
}
