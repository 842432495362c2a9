package dev.swarm.manifest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The last member of a view, which tells whether the bytes before it are as they were written. */
final class ViewChecksum {

    static final String MEMBER = "checksum";

    private static final String BEFORE = "\"" + MEMBER + "\":\"";
    private static final String AFTER = "\"}\n";

    private static final int TAIL_BYTES = BEFORE.length() + 2 * Sha256.BYTES + AFTER.length();

    private ViewChecksum() {}

    /** The end of a document, after a computation over all that stands before it. */
    static byte[] tail(MessageDigest before) {
        return (BEFORE + HexFormat.of().formatHex(before.digest()) + AFTER).getBytes(StandardCharsets.US_ASCII);
    }

    static boolean matches(byte[] document) {
        int at = document.length - TAIL_BYTES;
        if (at < 0) {
            return false;
        }
        MessageDigest digest = Sha256.digest();
        digest.update(document, 0, at);
        return Arrays.equals(document, at, document.length, tail(digest), 0, TAIL_BYTES);
    }
}
