package dev.swarm.crdt;

import java.util.ArrayList;
import java.util.List;

/**
 * The canonical encoding of claims and of lists of versions.
 *
 * <p>A bound is written without its trailing zero bytes, and the start of a range only where it differs from the end
 * of the one before it: a summary in a row of neighbours takes about 24 bytes. Reading checks all that
 * {@link Reconciler} demands of claims. Safe for many threads.
 */
public final class ReconcileCodec {

    /** Most bytes that claims within the bounds of {@link Reconciler} take: a mebibyte. */
    public static final int MAX_CLAIMS_BYTES = 1 << 20;

    private static final int LISTING = 1;
    private static final int ADJACENT = 2;
    private static final int MIN_CLAIM_BYTES = 4;

    private ReconcileCodec() {}

    /**
     * Encodes claims.
     *
     * @throws InvalidClaimException if they are not ascending and disjoint, or more than {@link Reconciler} allows
     */
    public static byte[] encodeClaims(List<RangeClaim> claims) {
        CanonicalWriter writer = new CanonicalWriter(MAX_CLAIMS_BYTES);
        writeClaims(writer, claims);
        return writer.toByteArray();
    }

    /**
     * Decodes claims and nothing after them.
     *
     * @throws CanonicalFormatException if the bytes are not the encoding of claims
     * @throws InvalidClaimException if the claims break a rule of {@link Reconciler}
     */
    public static List<RangeClaim> decodeClaims(byte[] encoded) {
        CanonicalReader reader = new CanonicalReader(encoded);
        List<RangeClaim> claims = readClaims(reader);
        reader.expectEnd();
        return claims;
    }

    /** Encodes versions, which must ascend strictly by key. */
    public static byte[] encodeKeys(List<VersionedKey> keys) {
        CanonicalWriter writer = new CanonicalWriter(Integer.MAX_VALUE);
        writeKeys(writer, keys);
        return writer.toByteArray();
    }

    /**
     * Decodes versions and nothing after them.
     *
     * @param max most versions accepted
     * @throws CanonicalFormatException if the bytes are not the encoding of ascending versions
     */
    public static List<VersionedKey> decodeKeys(byte[] encoded, int max) {
        CanonicalReader reader = new CanonicalReader(encoded);
        List<VersionedKey> keys = readKeys(reader, max);
        reader.expectEnd();
        return keys;
    }

    /** Writes claims into a larger encoding; throws as {@link #encodeClaims} does. */
    public static void writeClaims(CanonicalWriter writer, List<RangeClaim> claims) {
        Reconciler.check(claims);
        writer.putCount(claims.size());
        KeyHash end = KeyHash.MIN;
        for (RangeClaim claim : claims) {
            KeyRange range = claim.range();
            boolean adjacent = range.from().equals(end);
            writer.putByte((claim instanceof RangeClaim.Listing ? LISTING : 0) | (adjacent ? ADJACENT : 0));
            if (!adjacent) {
                writeBound(writer, range.from());
            }
            writeBound(writer, range.until());
            writeContent(writer, claim);
            end = range.until();
        }
    }

    /** Reads claims out of a larger encoding; throws as {@link #decodeClaims} does. */
    public static List<RangeClaim> readClaims(CanonicalReader reader) {
        int size = reader.readSize(Reconciler.MAX_CLAIMS, MIN_CLAIM_BYTES);
        List<RangeClaim> claims = new ArrayList<>(size);
        KeyHash end = KeyHash.MIN;
        for (int i = 0; i < size; i++) {
            int kind = reader.readByte();
            if (kind > (LISTING | ADJACENT)) {
                throw new CanonicalFormatException("claim " + i + ": kind is " + kind + ", must be 0 to 3");
            }
            KeyHash from = (kind & ADJACENT) != 0 ? end : readDistantBound(reader, end);
            KeyRange range = new KeyRange(from, readBound(reader));
            claims.add((kind & LISTING) != 0 ? readListing(reader, range) : readSummary(reader, range));
            end = range.until();
        }
        Reconciler.check(claims);
        return claims;
    }

    /** Writes versions into a larger encoding; they must ascend strictly by key. */
    public static void writeKeys(CanonicalWriter writer, List<VersionedKey> keys) {
        writer.putCount(keys.size());
        KeyHash before = null;
        for (VersionedKey key : keys) {
            if (before != null && before.compareTo(key.key()) >= 0) {
                throw new IllegalArgumentException("versions: " + key.key() + " follows " + before);
            }
            writer.putLong(key.key().high()).putLong(key.key().low());
            writer.putTimestamp(key.clock()).putLong(key.content());
            before = key.key();
        }
    }

    /**
     * Reads versions out of a larger encoding; throws as {@link #decodeKeys} does.
     *
     * @param max most versions accepted
     */
    public static List<VersionedKey> readKeys(CanonicalReader reader, int max) {
        int size = reader.readSize(max, VersionedKey.BYTES);
        List<VersionedKey> keys = new ArrayList<>(size);
        KeyHash before = null;
        for (int i = 0; i < size; i++) {
            KeyHash key = new KeyHash(reader.readLong(), reader.readLong());
            if (before != null && before.compareTo(key) >= 0) {
                throw new CanonicalFormatException("version " + i + ": " + key + " follows " + before);
            }
            keys.add(new VersionedKey(key, reader.readTimestamp(), reader.readLong()));
            before = key;
        }
        return keys;
    }

    private static void writeContent(CanonicalWriter writer, RangeClaim claim) {
        if (claim instanceof RangeClaim.Listing listing) {
            writeKeys(writer, listing.keys());
        } else if (claim instanceof RangeClaim.Summary summary) {
            writer.putCount(summary.count());
            writer.putLong(summary.fingerprint().high());
            writer.putLong(summary.fingerprint().low());
        } else {
            throw new AssertionError(claim);
        }
    }

    private static RangeClaim readListing(CanonicalReader reader, KeyRange range) {
        return new RangeClaim.Listing(range, readKeys(reader, Reconciler.MAX_LIST));
    }

    private static RangeClaim readSummary(CanonicalReader reader, KeyRange range) {
        long count = reader.readCount(Long.MAX_VALUE);
        return new RangeClaim.Summary(range, new Fingerprint(reader.readLong(), reader.readLong()), count);
    }

    private static void writeBound(CanonicalWriter writer, KeyHash bound) {
        int size = bound.low() == 0 ? significantBytes(bound.high()) : Long.BYTES + significantBytes(bound.low());
        writer.putByte(size);
        for (int i = 0; i < size; i++) {
            writer.putByte(byteAt(bound, i));
        }
    }

    private static KeyHash readBound(CanonicalReader reader) {
        int size = reader.readByte();
        if (size > KeyHash.BYTES) {
            throw new CanonicalFormatException("bound is " + size + " bytes, limit " + KeyHash.BYTES);
        }
        byte[] padded = new byte[KeyHash.BYTES];
        byte[] present = reader.readFixed(size);
        if (size > 0 && present[size - 1] == 0) {
            throw new CanonicalFormatException("bound of " + size + " bytes ends in a zero byte");
        }
        System.arraycopy(present, 0, padded, 0, size);
        return KeyHash.of(padded);
    }

    private static KeyHash readDistantBound(CanonicalReader reader, KeyHash end) {
        KeyHash bound = readBound(reader);
        if (bound.equals(end)) {
            throw new CanonicalFormatException("bound " + bound + " repeats the end of the claim before it");
        }
        return bound;
    }

    private static int significantBytes(long word) {
        return Long.BYTES - Long.numberOfTrailingZeros(word) / Byte.SIZE;
    }

    private static int byteAt(KeyHash bound, int i) {
        long word = i < Long.BYTES ? bound.high() : bound.low();
        return (int) (word >>> (Long.SIZE - Byte.SIZE * (i % Long.BYTES + 1))) & 0xFF;
    }
}
