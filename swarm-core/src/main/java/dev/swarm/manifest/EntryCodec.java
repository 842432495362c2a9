package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;

/** The canonical encoding of a {@link ManifestEntry}: fixed fields in a fixed order, no names, no options. */
final class EntryCodec {

    static final String DOMAIN = "swarm/manifest-entry/1";

    /** Longest body: a target of 4 KiB, a label of 255 bytes, a host of 253 and fixed fields, rounded up. */
    static final int MAX_BODY_BYTES = 5 * 1024;

    static final int MAX_CANONICAL_BYTES = MAX_BODY_BYTES + 128;

    private static final int MAX_LABEL_BYTES = 255;
    private static final int MAX_CHANNEL_BYTES = 32;
    private static final int MAX_HOST_BYTES = 253;

    private EntryCodec() {}

    static byte[] encode(ManifestEntry entry) {
        CanonicalWriter writer = new CanonicalWriter(MAX_BODY_BYTES);
        write(writer, entry);
        return writer.toByteArray();
    }

    /** Writes all fields of an entry; what stands before them is the caller's. */
    static void write(CanonicalWriter writer, ManifestEntry entry) {
        writer.putFixed(entry.blob().toBytes()).putString(entry.author().host(), MAX_HOST_BYTES);
        writer.putTimestamp(entry.clock()).putByte(code(entry.state()));
        writer.putTimestamp(entry.endsOthersUpTo());
        writer.putLong(entry.size()).putFixed(entry.root().toBytes());
        writer.putString(entry.label().name(), MAX_LABEL_BYTES).putString(entry.channel(), MAX_CHANNEL_BYTES);
        writer.putString(entry.target().toString(), TargetSpec.MAX_BYTES);
        writer.putLong(entry.retention().duration().toSeconds());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the bytes are not the canonical encoding of an entry
     */
    static ManifestEntry decode(byte[] body) {
        ManifestEntry entry = decodeStored(body, new StoredEntries());
        if (!Arrays.equals(encode(entry), body)) {
            throw new CanonicalFormatException(
                    "entry of " + Quoted.of(entry.key().toString()) + " is not in canonical form");
        }
        return entry;
    }

    /**
     * Reads what this node wrote itself, and does not ask whether it is in canonical form.
     *
     * @throws IllegalArgumentException if the bytes are no encoding of an entry
     */
    static ManifestEntry decodeStored(byte[] body, StoredEntries names) {
        CanonicalReader reader = new CanonicalReader(body);
        ManifestEntry.Builder builder = ManifestEntry.builder()
                .blob(BlobId.read(ByteBuffer.wrap(reader.readFixed(BlobId.BYTES))))
                .author(names.host(reader.readString(MAX_HOST_BYTES)))
                .clock(reader.readTimestamp())
                .state(state(reader.readByte()))
                .endsOthersUpTo(reader.readTimestamp());
        builder.size(reader.readLong())
                .root(TreeRoot.of(reader.readFixed(Sha256.BYTES)))
                .label(new Label(reader.readString(MAX_LABEL_BYTES)))
                .channel(names.channel(reader.readString(MAX_CHANNEL_BYTES)));
        builder.target(names.target(reader.readString(TargetSpec.MAX_BYTES)))
                .retention(Retention.of(Duration.ofSeconds(reader.readLong())));
        reader.expectEnd();
        return builder.build();
    }

    /** The hash that stands for a key in reconciliation. */
    static byte[] keyHash(EntryKey key, MessageDigest digest) {
        return Sha256.of(digest, key.blob().toBytes(), key.author().host().getBytes(StandardCharsets.UTF_8));
    }

    private static int code(EntryState state) {
        return switch (state) {
            case ACTIVE -> 0;
            case REVOKED -> 1;
            case BANNED -> 2;
        };
    }

    private static EntryState state(int code) {
        return switch (code) {
            case 0 -> EntryState.ACTIVE;
            case 1 -> EntryState.REVOKED;
            case 2 -> EntryState.BANNED;
            default -> throw new CanonicalFormatException("entry state is " + code + ", has to be 0 to 2");
        };
    }
}
