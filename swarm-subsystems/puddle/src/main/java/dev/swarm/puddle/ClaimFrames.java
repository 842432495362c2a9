package dev.swarm.puddle;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.KeyHash;
import dev.swarm.user.UserId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What nodes send each other to compare claims. Stateless. */
final class ClaimFrames {

    /** Longest frame, in bytes: the digests of every user that a node carries, or all claims of the fullest user. */
    static final int MAX_BYTES = 512 * 1024;

    /** Bytes of claims after which a frame takes no further user: one user more still fits. */
    static final int FULL_BYTES = MAX_BYTES - UserClaims.MAX_BYTES - 64 * 1024;

    /** Users asked for in one frame. */
    static final int MAX_WANTED = 256;

    private static final byte[] MAGIC = "swarm-puddle-sync/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CLAIMS = 8 * 1024;
    private static final int MAX_USERS = 8 * 1024;

    private ClaimFrames() {}

    /** One message. */
    interface Frame {}

    /** All that the sender holds, in one hash. */
    record Summary(KeyHash digest) implements Frame {}

    /** What the sender holds of each user, in a hash each. */
    record Digests(Map<UserId, KeyHash> users) implements Frame {}

    /**
     * Claims, and the users whose claims are asked for.
     *
     * @param wanted at most {@link #MAX_WANTED}
     * @param claims as much as the frame takes
     */
    record Claims(List<UserId> wanted, List<SignedClaim> claims) implements Frame {}

    static byte[] write(Frame frame) {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES).putFixed(MAGIC);
        if (frame instanceof Summary summary) {
            writeDigest(writer.putByte(0), summary.digest());
        } else if (frame instanceof Digests digests) {
            writer.putByte(1).putCount(digests.users().size());
            digests.users().forEach((user, digest) -> writeDigest(writer.putFixed(user.publicKey()), digest));
        } else if (frame instanceof Claims claims) {
            writer.putByte(2).putCount(claims.wanted().size());
            claims.wanted().forEach(user -> writer.putFixed(user.publicKey()));
            writeClaims(writer, claims.claims());
        } else {
            throw new AssertionError(frame);
        }
        return writer.toByteArray();
    }

    /** Half a hash: claims are signed, so a digest that was made to match hides something from its maker alone. */
    private static void writeDigest(CanonicalWriter writer, KeyHash digest) {
        writer.putLong(digest.high()).putLong(digest.low());
    }

    private static KeyHash readDigest(CanonicalReader reader) {
        return new KeyHash(reader.readLong(), reader.readLong());
    }

    static void writeClaims(CanonicalWriter writer, Collection<SignedClaim> claims) {
        writer.putCount(claims.size());
        claims.forEach(claim -> writer.putFixed(claim.encoded()));
    }

    /**
     * Reads a frame; of its claims nothing is verified.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Frame read(byte[] bytes) {
        CanonicalReader reader = new CanonicalReader(bytes);
        if (bytes.length > MAX_BYTES || !Arrays.equals(reader.readFixed(MAGIC.length), MAGIC)) {
            throw new CanonicalFormatException("frame of " + bytes.length + " bytes is none of puddle's");
        }
        int type = reader.readByte();
        Frame frame =
                switch (type) {
                    case 0 -> new Summary(readDigest(reader));
                    case 1 -> new Digests(readDigests(reader));
                    case 2 -> new Claims(readUsers(reader), readClaims(reader));
                    default -> throw new CanonicalFormatException("frame is of type " + type + ", known are 0 to 2");
                };
        reader.expectEnd();
        return frame;
    }

    static List<SignedClaim> readClaims(CanonicalReader reader) {
        int size = reader.readSize(MAX_CLAIMS, UserId.BYTES + UserKey.SIGNATURE_BYTES);
        List<SignedClaim> claims = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            claims.add(SignedClaim.read(reader));
        }
        return claims;
    }

    private static Map<UserId, KeyHash> readDigests(CanonicalReader reader) {
        int size = reader.readSize(MAX_USERS, UserId.BYTES + KeyHash.BYTES);
        Map<UserId, KeyHash> users = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            users.put(UserId.of(reader.readFixed(UserId.BYTES)), readDigest(reader));
        }
        return users;
    }

    private static List<UserId> readUsers(CanonicalReader reader) {
        int size = reader.readSize(MAX_WANTED, UserId.BYTES);
        List<UserId> users = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            users.add(UserId.of(reader.readFixed(UserId.BYTES)));
        }
        return users;
    }
}
