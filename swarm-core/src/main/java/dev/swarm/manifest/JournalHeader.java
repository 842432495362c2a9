package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a {@link ManifestJournal}: twice the same {@link #COPY_BYTES} bytes, since without them nothing else can be
 * read. Immutable.
 */
final class JournalHeader {

    static final int SALT_BYTES = 16;
    static final int COPY_BYTES = 52;
    static final int BYTES = 2 * COPY_BYTES;

    /** As PNG's: not text, and altered by whatever alters line ends or the eighth bit. */
    private static final byte[] MAGIC = {(byte) 0x89, 'S', 'W', 'J', '\r', '\n', 0x1a, '\n'};

    private static final int TAG_BYTES = 16;
    private static final Pattern TAG = Pattern.compile("[0-9a-f]{16}");

    private final String fleetTag;
    private final byte[] salt;

    JournalHeader(String fleetTag, byte[] salt) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("salt is " + salt.length + " bytes, has to be " + SALT_BYTES);
        }
        this.fleetTag = fleetTag;
        this.salt = salt.clone();
    }

    /** The tag of the fleet whose manifest it is. */
    String fleetTag() {
        return fleetTag;
    }

    /** What every checksum of the file starts with. */
    byte[] salt() {
        return salt.clone();
    }

    /** What the beginning of a file turned out to be. */
    enum Found {
        WHOLE,
        ONE_COPY,
        LATER_FORMAT,
        NOTHING
    }

    /**
     * A look at the beginning of a file.
     *
     * @param header null unless a copy is whole
     * @param format the number of the format that the file claims
     */
    record Look(Found found, @Nullable JournalHeader header, int format) {}

    byte[] encode() {
        byte[] body = new CanonicalWriter(COPY_BYTES)
                .putFixed(MAGIC)
                .putInt(ManifestJournal.FORMAT)
                .putFixed(fleetTag.getBytes(StandardCharsets.US_ASCII))
                .putFixed(salt)
                .toByteArray();
        return new CanonicalWriter(BYTES)
                .putFixed(body)
                .putFixed(checksum(body))
                .putFixed(body)
                .putFixed(checksum(body))
                .toByteArray();
    }

    static Look read(byte[] file) {
        JournalHeader first = copyAt(file, 0);
        JournalHeader second = copyAt(file, COPY_BYTES);
        if (first != null && second != null) {
            return new Look(Found.WHOLE, first, ManifestJournal.FORMAT);
        }
        if (first != null || second != null) {
            return new Look(Found.ONE_COPY, first != null ? first : second, ManifestJournal.FORMAT);
        }
        int format = startsWithMagic(file, 0) && file.length >= MAGIC.length + 4
                ? ByteBuffer.wrap(file).getInt(MAGIC.length)
                : 0;
        return new Look(format > ManifestJournal.FORMAT ? Found.LATER_FORMAT : Found.NOTHING, null, format);
    }

    private static @Nullable JournalHeader copyAt(byte[] file, int at) {
        if (file.length < at + COPY_BYTES || !startsWithMagic(file, at)) {
            return null;
        }
        ByteBuffer copy = ByteBuffer.wrap(file, at + MAGIC.length, COPY_BYTES - MAGIC.length);
        int format = copy.getInt();
        byte[] tag = new byte[TAG_BYTES];
        byte[] salt = new byte[SALT_BYTES];
        byte[] checksum = new byte[JournalFrames.CHECKSUM_BYTES];
        copy.get(tag).get(salt).get(checksum);
        byte[] body = Arrays.copyOfRange(file, at, at + COPY_BYTES - JournalFrames.CHECKSUM_BYTES);
        String fleetTag = new String(tag, StandardCharsets.US_ASCII);
        return format == ManifestJournal.FORMAT
                        && Arrays.equals(checksum, checksum(body))
                        && TAG.matcher(fleetTag).matches()
                ? new JournalHeader(fleetTag, salt)
                : null;
    }

    private static boolean startsWithMagic(byte[] file, int at) {
        return file.length >= at + MAGIC.length && Arrays.equals(file, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    private static byte[] checksum(byte[] body) {
        return Arrays.copyOf(Sha256.of(body), JournalFrames.CHECKSUM_BYTES);
    }
}
