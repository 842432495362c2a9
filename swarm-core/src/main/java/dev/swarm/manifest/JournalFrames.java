package dev.swarm.manifest;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The frames that hold a journal's records: marker, kind (1 byte), length of the payload (4 bytes), payload, checksum.
 *
 * <p>The checksum is SHA-256 over the file's salt, kind, length and payload, cut to {@link #CHECKSUM_BYTES} bytes. A CRC would
 * find damage as well. But members choose much of what stands in an entry, and after damage whole frames are searched for byte by
 * byte: a frame with a checksum that its author can compute could be hidden inside an entry and would then be taken for a
 * record. Nobody but this node knows the salt. Confined to one thread at a time.
 */
final class JournalFrames {

    static final int CHECKSUM_BYTES = 8;

    /** Largest payload: a certificate's, with room to spare. */
    static final int MAX_PAYLOAD_BYTES = 16 * 1024;

    /** Bytes of a frame beside its payload. */
    static final int OVERHEAD_BYTES = 4 + 1 + 4 + CHECKSUM_BYTES;

    /** First and last byte occur in no UTF-8 text. */
    private static final byte[] MARKER = {(byte) 0xfe, 'S', 'J', (byte) 0xff};

    private static final int KIND_AT = 4;
    private static final int LENGTH_AT = 5;
    private static final int PAYLOAD_AT = 9;

    private final byte[] salt;
    private final MessageDigest digest = Sha256.digest();
    private final byte[] hash = new byte[Sha256.BYTES];

    JournalFrames(byte[] salt) {
        this.salt = salt.clone();
    }

    /** What there is at a place of a file. */
    enum Found {
        /** A frame that is as it was written. */
        WHOLE,
        /** A beginning and all the bytes that it speaks of, but not as they were written. */
        ALTERED,
        /** The beginning of a frame that goes on past the end of the file. */
        CUT,
        /** No beginning of a frame. */
        NOTHING
    }

    /** The frame around a payload. */
    byte[] seal(JournalKind kind, byte[] payload) {
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    kind + " record is " + payload.length + " bytes, limit " + MAX_PAYLOAD_BYTES);
        }
        byte[] frame = new byte[payload.length + OVERHEAD_BYTES];
        ByteBuffer.wrap(frame)
                .put(MARKER)
                .put((byte) kind.code())
                .putInt(payload.length)
                .put(payload);
        int end = PAYLOAD_AT + payload.length;
        computeChecksum(frame, KIND_AT, end);
        System.arraycopy(hash, 0, frame, end, CHECKSUM_BYTES);
        return frame;
    }

    Found look(byte[] file, int at) {
        int left = file.length - at;
        int known = Math.min(left, MARKER.length);
        if (!Arrays.equals(file, at, at + known, MARKER, 0, known)) {
            return Found.NOTHING;
        }
        if (left < PAYLOAD_AT) {
            return Found.CUT;
        }
        int length = payloadLength(file, at);
        if (length < 0 || length > MAX_PAYLOAD_BYTES) {
            return Found.NOTHING;
        }
        if (left < length + OVERHEAD_BYTES) {
            return Found.CUT;
        }
        int end = at + PAYLOAD_AT + length;
        computeChecksum(file, at + KIND_AT, end);
        return Arrays.equals(file, end, end + CHECKSUM_BYTES, hash, 0, CHECKSUM_BYTES) ? Found.WHOLE : Found.ALTERED;
    }

    /** Where the next whole frame after a place begins; the file's length if there is none. */
    int nextWhole(byte[] file, int after) {
        for (int at = after + 1; at <= file.length - OVERHEAD_BYTES; at++) {
            if (file[at] == MARKER[0] && look(file, at) == Found.WHOLE) {
                return at;
            }
        }
        return file.length;
    }

    static int kindCode(byte[] file, int at) {
        return file[at + KIND_AT] & 0xff;
    }

    static byte[] payload(byte[] file, int at) {
        int start = at + PAYLOAD_AT;
        return Arrays.copyOfRange(file, start, start + payloadLength(file, at));
    }

    /** How long the frame at a place is, marker and checksum included. */
    static int length(byte[] file, int at) {
        return payloadLength(file, at) + OVERHEAD_BYTES;
    }

    private static int payloadLength(byte[] file, int at) {
        return ByteBuffer.wrap(file).getInt(at + LENGTH_AT);
    }

    private void computeChecksum(byte[] bytes, int from, int to) {
        try {
            digest.update(salt);
            digest.update(bytes, from, to - from);
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 takes " + hash.length + " bytes", e);
        }
    }
}
