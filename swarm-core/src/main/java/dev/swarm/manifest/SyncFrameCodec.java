package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.RangeClaim;
import dev.swarm.crdt.ReconcileCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The encoding of a {@link SyncFrame}: version, flags, claims, wanted keys, the certificates, the entries with the position of
 * their certificate, and a CRC-32C of all that (RFC 3720 appendix B.4).
 *
 * <p>The checksum is for what breaks by itself; what is changed on purpose is caught by signatures.
 */
final class SyncFrameCodec {

    private static final int VERSION = 1;
    private static final int MORE = 1;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    /** Version, flags, four counts of at most three bytes each, checksum. */
    static final int FIXED_BYTES = 2 + 4 * 3 + CHECKSUM_BYTES;

    /** A body's length, the position of its certificate. */
    private static final int PER_ENTRY_BYTES = Integer.BYTES + 3;

    private SyncFrameCodec() {}

    /** How many bytes an entry takes, its certificate aside. */
    static int sizeOf(SignedEntry entry) {
        return PER_ENTRY_BYTES
                + EntryCodec.encode(entry.entry()).length
                + entry.proof().length();
    }

    /** How many bytes a certificate takes. */
    static int sizeOf(AuthorCertificate certificate) {
        return Integer.BYTES + certificate.length();
    }

    static ByteBuffer encode(SyncFrame frame) {
        CanonicalWriter writer = new CanonicalWriter(SyncFrame.MAX_BYTES);
        writer.putByte(VERSION).putByte(frame.more() ? MORE : 0);
        ReconcileCodec.writeClaims(writer, frame.claims());
        writer.putCount(frame.wanted().size());
        for (KeyHash wanted : frame.wanted()) {
            writer.putLong(wanted.high()).putLong(wanted.low());
        }
        Map<AuthorCertificate, Integer> positions = new LinkedHashMap<>();
        for (SignedEntry entry : frame.entries()) {
            positions.putIfAbsent(entry.certificate(), positions.size());
        }
        writer.putCount(positions.size());
        for (AuthorCertificate certificate : positions.keySet()) {
            writer.putBytes(certificate.toBytes(), AuthorCertificate.MAX_BYTES);
        }
        writer.putCount(frame.entries().size());
        for (SignedEntry entry : frame.entries()) {
            writer.putBytes(EntryCodec.encode(entry.entry()), EntryCodec.MAX_BODY_BYTES);
            writer.putCount(positions.getOrDefault(entry.certificate(), 0));
            entry.proof().write(writer);
        }
        int checksum = checksum(ByteBuffer.wrap(writer.toByteArray()));
        return ByteBuffer.wrap(writer.putInt(checksum).toByteArray()).asReadOnlyBuffer();
    }

    static SyncFrame decode(ByteBuffer source, int maxBytes) throws MalformedFrameException {
        int length = source.remaining();
        if (length > maxBytes || length < CHECKSUM_BYTES) {
            throw new MalformedFrameException(
                    "manifest frame is " + length + " bytes, has to be " + CHECKSUM_BYTES + " to " + maxBytes);
        }
        byte[] content = new byte[length - CHECKSUM_BYTES];
        ByteBuffer copy = source.duplicate().get(content);
        if (copy.getInt() != checksum(ByteBuffer.wrap(content))) {
            throw new MalformedFrameException("manifest frame of " + length + " bytes does not match its checksum");
        }
        try {
            return read(new CanonicalReader(content));
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("manifest frame of " + length + " bytes: " + e.getMessage(), e);
        }
    }

    private static SyncFrame read(CanonicalReader reader) {
        int version = reader.readByte();
        if (version != VERSION) {
            throw new CanonicalFormatException("version is " + version + ", has to be " + VERSION);
        }
        boolean more = reader.readBoolean();
        List<RangeClaim> claims = ReconcileCodec.readClaims(reader);
        List<KeyHash> wanted = new ArrayList<>();
        for (int left = reader.readSize(SyncFrame.MAX_BYTES, KeyHash.BYTES); left > 0; left--) {
            wanted.add(new KeyHash(reader.readLong(), reader.readLong()));
        }
        List<AuthorCertificate> certificates = new ArrayList<>();
        for (int left = reader.readSize(SyncFrame.MAX_BYTES, Integer.BYTES + 1); left > 0; left--) {
            certificates.add(AuthorCertificate.of(reader.readBytes(AuthorCertificate.MAX_BYTES)));
        }
        List<SignedEntry> entries = new ArrayList<>();
        for (int left = reader.readSize(SyncFrame.MAX_BYTES, PER_ENTRY_BYTES); left > 0; left--) {
            entries.add(readEntry(reader, certificates));
        }
        reader.expectEnd();
        return new SyncFrame(claims, wanted, entries, more);
    }

    private static SignedEntry readEntry(CanonicalReader reader, List<AuthorCertificate> certificates) {
        ManifestEntry entry = EntryCodec.decode(reader.readBytes(EntryCodec.MAX_BODY_BYTES));
        long position = reader.readCount(Integer.MAX_VALUE);
        if (position >= certificates.size()) {
            throw new CanonicalFormatException(
                    "entry " + entry.key() + " names certificate " + position + " of " + certificates.size());
        }
        return new SignedEntry(entry, certificates.get((int) position), EntryProof.read(reader));
    }

    private static int checksum(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return (int) checksum.getValue();
    }
}
