package dev.swarm.crdt;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes values in the one encoding each of them has, for signatures, digests and frames.
 *
 * <p>Integers are big endian and of fixed width; counts take the fewest groups of seven bits, least significant first;
 * byte strings and UTF-8 texts follow their length in four bytes. Types and names are not written: reader and writer
 * agree on them. Confined to one thread at a time.
 */
public final class CanonicalWriter {

    private static final int INITIAL_BYTES = 256;

    private final int maxBytes;
    private byte[] buffer;
    private int length;

    /**
     * Creates a writer.
     *
     * @param maxBytes most bytes the whole may take; writing past it throws {@link IllegalStateException}
     * @throws IllegalArgumentException if negative
     */
    public CanonicalWriter(int maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("writer: maxBytes is " + maxBytes + ", must not be negative");
        }
        this.maxBytes = maxBytes;
        this.buffer = new byte[Math.min(INITIAL_BYTES, maxBytes)];
    }

    /**
     * Writes one byte.
     *
     * @param value 0 to 255
     * @throws IllegalArgumentException if out of range
     */
    public CanonicalWriter putByte(int value) {
        if (value < 0 || value > 0xFF) {
            throw new IllegalArgumentException("byte is " + value + ", must be 0 to 255");
        }
        claim(1);
        buffer[length++] = (byte) value;
        return this;
    }

    /** Writes one byte: 1 for true, 0 for false. */
    public CanonicalWriter putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    /** Writes four bytes. */
    public CanonicalWriter putInt(int value) {
        return put(ByteBuffer.allocate(Integer.BYTES).putInt(0, value));
    }

    /** Writes eight bytes. */
    public CanonicalWriter putLong(long value) {
        return put(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
    }

    /** Writes the eight bytes of a timestamp. */
    public CanonicalWriter putTimestamp(HybridTimestamp value) {
        return putLong(value.packed());
    }

    /**
     * Writes a number in as few bytes as it needs, one to nine.
     *
     * @throws IllegalArgumentException if negative
     */
    public CanonicalWriter putCount(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("count is " + value + ", must not be negative");
        }
        long rest = value;
        while (rest > 0x7F) {
            putByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return putByte((int) rest);
    }

    /** Writes bytes without their length, which the reader must know. */
    public CanonicalWriter putFixed(byte[] value) {
        return put(ByteBuffer.wrap(value));
    }

    /**
     * Writes a byte string after its length.
     *
     * @param max most bytes it may have
     * @throws IllegalArgumentException if it has more
     */
    public CanonicalWriter putBytes(byte[] value, int max) {
        return putSized(ByteBuffer.wrap(value), max);
    }

    /**
     * Writes a text as UTF-8 after its length.
     *
     * @param max most bytes, not characters, it may have
     * @throws IllegalArgumentException if it has more, or a surrogate without its partner
     */
    public CanonicalWriter putString(String value, int max) {
        try {
            return putSized(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value)), max);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text of " + value.length() + " characters has a lone surrogate", e);
        }
    }

    /** Returns the number of bytes written. */
    public int length() {
        return length;
    }

    /** Returns a copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    private CanonicalWriter putSized(ByteBuffer source, int max) {
        if (source.remaining() > max) {
            throw new IllegalArgumentException("string is " + source.remaining() + " bytes, limit " + max);
        }
        return putInt(source.remaining()).put(source);
    }

    private CanonicalWriter put(ByteBuffer source) {
        int size = source.remaining();
        claim(size);
        source.get(buffer, length, size);
        length += size;
        return this;
    }

    private void claim(int bytes) {
        if (bytes > maxBytes - length) {
            throw new IllegalStateException("encoding of " + ((long) length + bytes) + " bytes, limit " + maxBytes);
        }
        if (bytes > buffer.length - length) {
            long wanted = Math.max(2L * buffer.length, (long) length + bytes);
            buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, maxBytes));
        }
    }
}
