package dev.swarm.crdt;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link CanonicalWriter} wrote, and nothing else: every value has one accepted encoding.
 *
 * <p>All read methods throw {@link CanonicalFormatException} where bytes are missing, a length is over its limit or a
 * form is not the canonical one. Lengths are checked against the bytes present before anything is allocated.
 * Confined to one thread at a time.
 */
public final class CanonicalReader {

    private static final int MAX_COUNT_BYTES = 9;

    private final ByteBuffer source;

    /** Creates a reader over bytes it borrows; they must not change until the last is read. */
    public CanonicalReader(byte[] source) {
        this.source = ByteBuffer.wrap(source);
    }

    /** Reads one byte, 0 to 255. */
    public int readByte() {
        require(1);
        return source.get() & 0xFF;
    }

    /** Reads one byte that must be 0 or 1. */
    public boolean readBoolean() {
        int at = source.position();
        int value = readByte();
        if (value > 1) {
            throw new CanonicalFormatException("boolean at byte " + at + " is " + value + ", must be 0 or 1");
        }
        return value == 1;
    }

    /** Reads four bytes. */
    public int readInt() {
        require(Integer.BYTES);
        return source.getInt();
    }

    /** Reads eight bytes. */
    public long readLong() {
        require(Long.BYTES);
        return source.getLong();
    }

    /** Reads the eight bytes of a timestamp. */
    public HybridTimestamp readTimestamp() {
        return new HybridTimestamp(readLong());
    }

    /**
     * Reads a number of one to nine bytes.
     *
     * @param max greatest number accepted
     */
    public long readCount(long max) {
        int at = source.position();
        long value = 0;
        for (int i = 0; i < MAX_COUNT_BYTES; i++) {
            int group = readByte();
            value |= (group & 0x7FL) << (7 * i);
            if (group <= 0x7F) {
                return checkCount(value, max, at, group == 0 && i > 0);
            }
        }
        throw new CanonicalFormatException("count at byte " + at + " is longer than " + MAX_COUNT_BYTES + " bytes");
    }

    /**
     * Reads the number of elements that follow.
     *
     * @param max greatest number accepted
     * @param minBytes fewest bytes an element takes, at least 1; a number that does not fit what is left is refused
     */
    public int readSize(int max, int minBytes) {
        int at = source.position();
        int size = (int) readCount(max);
        if ((long) size * minBytes > source.remaining()) {
            throw new CanonicalFormatException("list at byte " + at + " of " + size + " elements needs "
                    + (long) size * minBytes + " bytes, " + source.remaining() + " are left");
        }
        return size;
    }

    /** Reads a number of bytes the caller knows. */
    public byte[] readFixed(int size) {
        require(size);
        byte[] bytes = new byte[size];
        source.get(bytes);
        return bytes;
    }

    /**
     * Reads a byte string.
     *
     * @param max most bytes accepted
     */
    public byte[] readBytes(int max) {
        int at = source.position();
        int size = readInt();
        if (size < 0 || size > max) {
            throw new CanonicalFormatException(
                    "string at byte " + at + " is " + Integer.toUnsignedString(size) + " bytes, limit " + max);
        }
        return readFixed(size);
    }

    /**
     * Reads a UTF-8 text.
     *
     * @param max most bytes, not characters, accepted
     */
    public String readString(int max) {
        int at = source.position();
        byte[] bytes = readBytes(max);
        if (isAscii(bytes)) {
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CanonicalFormatException("text at byte " + at + " is not UTF-8: " + e.getMessage());
        }
    }

    /** Returns the number of bytes not yet read. */
    public int remaining() {
        return source.remaining();
    }

    /** Checks that everything has been read. */
    public void expectEnd() {
        if (source.hasRemaining()) {
            throw new CanonicalFormatException(
                    source.remaining() + " bytes follow the end at byte " + source.position());
        }
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte each : bytes) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }

    private static long checkCount(long value, long max, int at, boolean padded) {
        if (padded) {
            throw new CanonicalFormatException("count at byte " + at + " is not in its shortest form");
        }
        if (value > max) {
            throw new CanonicalFormatException("count at byte " + at + " is " + value + ", limit " + max);
        }
        return value;
    }

    private void require(int bytes) {
        if (bytes > source.remaining()) {
            throw new CanonicalFormatException("value at byte " + source.position() + " needs " + bytes + " bytes, "
                    + source.remaining() + " are left");
        }
    }
}
