package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a message head into lines that end in CRLF, and refuses every other use of CR, LF and NUL.
 *
 * <p>Resumable at any byte. Confined to the event loop of its connection.
 */
final class LineReader {

    private final int maxHeadBytes;

    private byte[] line = new byte[256];
    private int length;
    private int headBytes;
    private boolean afterCr;

    /** Reads heads of at most {@code maxHeadBytes} bytes, line ends included. */
    LineReader(int maxHeadBytes) {
        this.maxHeadBytes = maxHeadBytes;
    }

    /** Starts with the next head. */
    void reset() {
        length = 0;
        headBytes = 0;
        afterCr = false;
    }

    /** Whether a byte of the head has been read. */
    boolean begun() {
        return headBytes > 0;
    }

    /**
     * Reads on to the end of a line.
     *
     * @param maxLineBytes longest line taken
     * @param tooLongStatus the status of a line over that
     * @return whether a line is complete; if not, all of {@code in} was read
     */
    boolean read(ByteBuffer in, int maxLineBytes, int tooLongStatus) throws HttpFault {
        while (in.hasRemaining()) {
            byte b = in.get();
            if (++headBytes > maxHeadBytes) {
                throw new HttpFault(431, "message head is longer than " + maxHeadBytes + " bytes");
            }
            if (afterCr) {
                if (b != '\n') {
                    throw new HttpFault(400, "carriage return without line feed in the message head");
                }
                afterCr = false;
                return true;
            }
            if (b == '\r') {
                afterCr = true;
            } else if (b == '\n' || b == 0) {
                throw new HttpFault(400, "bare line feed or NUL in the message head");
            } else {
                append(b, maxLineBytes, tooLongStatus);
            }
        }
        return false;
    }

    /** Lets go of the line, so that the next one can be read. */
    void clearLine() {
        length = 0;
    }

    /** Length of the line in bytes, without its end. */
    int length() {
        return length;
    }

    /** The byte at {@code index}, 0 to 255. */
    int at(int index) {
        return line[index] & 0xFF;
    }

    /** The bytes from {@code from} to before {@code to}, one character each. */
    String text(int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Where {@code wanted} is first at or after {@code from}, or -1. */
    int indexOf(char wanted, int from) {
        for (int i = from; i < length; i++) {
            if (line[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private void append(byte b, int maxLineBytes, int tooLongStatus) throws HttpFault {
        if (length == maxLineBytes) {
            throw new HttpFault(tooLongStatus, "line of the message head is longer than " + maxLineBytes + " bytes");
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = b;
    }
}
