package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The codec of the file that holds a manifest: a header, then records in the order in which things happened.
 *
 * <p>Each record stands in a frame with a marker, its length and a checksum, so that a reader goes on with the next whole record
 * after one that is damaged or torn; {@code docs/files.md} has the format byte by byte. An object of this class is the writing
 * end of one file: it knows which certificates the file has, and counts its bytes. It performs no I/O but to the streams it is
 * handed.
 *
 * <p>Entries name their certificate by fingerprint. A certificate is written twice, before the first entry that needs it and
 * at the end of the same batch: all entries of its author would be lost with it.
 *
 * <p>What is written was verified before, and is not verified again when it is read. The file is to be readable and writable for
 * the node's own user alone. Confined to one thread at a time.
 */
public final class ManifestJournal {

    /** The version of the format that is written, and the only one that is read. */
    public static final int FORMAT = 1;

    /** Length of the salt of a file in bytes. */
    public static final int SALT_BYTES = JournalHeader.SALT_BYTES;

    /** Longest name of a note in bytes. */
    static final int MAX_NOTE_NAME_BYTES = 64;

    /** Longest content of a note in bytes: notes are for a handful of numbers. */
    static final int MAX_NOTE_BYTES = 1024;

    /** The note that holds {@link ManifestImage#purgedUpTo}. */
    static final String PURGED_UP_TO = "purged-up-to";

    static final int MAX_HOST_BYTES = 253;

    private final JournalFrames frames;
    private final JournalHeader header;
    private final JournalSize size;
    private final Set<AuthorCertificate> certificates = new HashSet<>();
    private final Map<String, byte[]> notes = new TreeMap<>();
    private HybridTimestamp horizon = HybridTimestamp.ZERO;

    /**
     * The writing end of a file that is not there yet.
     *
     * @param salt {@link #SALT_BYTES} bytes that nobody else can foresee, new ones for each file
     */
    public ManifestJournal(FleetId fleet, byte[] salt) {
        this(new JournalHeader(fleet.tag(), salt), new JournalSize());
    }

    ManifestJournal(JournalHeader header, JournalSize size) {
        this.header = header;
        this.size = size;
        this.frames = new JournalFrames(header.salt());
    }

    /** Reads a file from its first byte to its last, as far as it can be read. Never throws for what is in it. */
    public static JournalReading read(byte[] file, FleetId fleet) {
        return new JournalReader(Objects.requireNonNull(file, "file"), fleet).read();
    }

    /** The writing end of another file that starts as a copy of what this one means. */
    public ManifestJournal next(FleetId fleet, byte[] salt) {
        ManifestJournal next = new ManifestJournal(fleet, salt);
        next.notes.putAll(notes);
        return next;
    }

    /**
     * Writes the header and all that a manifest holds; the first thing to do with a new file.
     *
     * @throws IOException if {@code target} fails; the object is of no use after that
     */
    public void start(ManifestImage image, OutputStream target) throws IOException {
        target.write(header.encode());
        size.header(JournalHeader.BYTES);
        for (Map.Entry<String, byte[]> note : notes.entrySet()) {
            put(JournalKind.NOTE, notePayload(note.getKey(), note.getValue()), target);
        }
        write(ManifestChanges.whole(image), target);
    }

    /** The records that tell of changes, to be appended as they are. */
    public byte[] append(ManifestChanges changes) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        try {
            write(changes, records);
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail", e);
        }
        return records.toByteArray();
    }

    /** Bytes handed out so far: the length of the file. */
    public long bytes() {
        return size.bytes();
    }

    /**
     * About how many bytes the file would have if it were written anew: what was replaced or removed is left out.
     *
     * @param entries how many entries the manifest has
     */
    public long liveBytes(int entries) {
        return size.live(entries);
    }

    /** Takes over what a reader found. */
    void found(AuthorCertificate certificate) {
        certificates.add(certificate);
    }

    void found(String note, byte[] content) {
        notes.put(note, content.clone());
    }

    void found(HybridTimestamp writtenHorizon) {
        horizon = writtenHorizon;
    }

    /** The content of a note; null if there is none of that name. */
    byte @Nullable [] note(String name) {
        byte[] content = notes.get(name);
        return content == null ? null : content.clone();
    }

    /** Markers and proofs come before removals: a batch that is torn between them has lost nothing that keeps the dead out. */
    private void write(ManifestChanges changes, OutputStream target) throws IOException {
        ManifestImage now = changes.now();
        Set<AuthorCertificate> fresh = freshCertificates(now);
        putCertificates(fresh, target);
        if (now.horizon().isAfter(horizon)) {
            horizon = now.horizon();
            put(JournalKind.HORIZON, writer().putTimestamp(horizon), target);
        }
        for (Map.Entry<BlobId, HybridTimestamp> marker : new TreeMap<>(now.buriedBlobs()).entrySet()) {
            CanonicalWriter payload = writer().putFixed(marker.getKey().toBytes());
            put(JournalKind.BLOB_MARKER, payload.putTimestamp(marker.getValue()), target);
        }
        for (Map.Entry<EntryKey, HybridTimestamp> marker : new TreeMap<>(now.buriedEntries()).entrySet()) {
            put(JournalKind.ENTRY_MARKER, keyPayload(marker.getKey()).putTimestamp(marker.getValue()), target);
        }
        for (SignedEntry proof : now.proofs()) {
            put(JournalKind.PROOF, proof.encode(), target);
        }
        for (SignedEntry entry : now.entries()) {
            put(JournalKind.ENTRY, entry.encode(), target);
        }
        for (EntryKey key : changes.removed()) {
            put(JournalKind.REMOVAL, keyPayload(key), target);
        }
        putPurged(now.purgedUpTo(), target);
        put(JournalKind.VERSION, writer().putLong(now.version()), target);
        putCertificates(fresh, target);
        certificates.addAll(fresh);
    }

    private Set<AuthorCertificate> freshCertificates(ManifestImage image) {
        Set<AuthorCertificate> fresh = new LinkedHashSet<>();
        image.proofs().forEach(proof -> fresh.add(proof.certificate()));
        image.entries().forEach(entry -> fresh.add(entry.certificate()));
        fresh.removeAll(certificates);
        return fresh;
    }

    private void putCertificates(Set<AuthorCertificate> fresh, OutputStream target) throws IOException {
        for (AuthorCertificate certificate : fresh) {
            CanonicalWriter payload = new CanonicalWriter(JournalFrames.MAX_PAYLOAD_BYTES);
            put(JournalKind.CERTIFICATE, payload.putBytes(certificate.toBytes(), AuthorCertificate.MAX_BYTES), target);
        }
    }

    private void putPurged(HybridTimestamp upTo, OutputStream target) throws IOException {
        byte[] content = writer().putTimestamp(upTo).toByteArray();
        byte[] written = notes.get(PURGED_UP_TO);
        HybridTimestamp before = written == null ? HybridTimestamp.ZERO : JournalReader.timestamp(written);
        if (upTo.isAfter(before)) {
            notes.put(PURGED_UP_TO, content);
            put(JournalKind.NOTE, notePayload(PURGED_UP_TO, content), target);
        }
    }

    private static byte[] notePayload(String name, byte[] content) {
        return writer().putString(name, MAX_NOTE_NAME_BYTES)
                .putBytes(content, MAX_NOTE_BYTES)
                .toByteArray();
    }

    private static CanonicalWriter keyPayload(EntryKey key) {
        return writer().putFixed(key.blob().toBytes()).putString(key.author().host(), MAX_HOST_BYTES);
    }

    private static CanonicalWriter writer() {
        return new CanonicalWriter(2 * MAX_NOTE_BYTES);
    }

    private void put(JournalKind kind, CanonicalWriter payload, OutputStream target) throws IOException {
        put(kind, payload.toByteArray(), target);
    }

    private void put(JournalKind kind, byte[] payload, OutputStream target) throws IOException {
        byte[] frame = frames.seal(kind, payload);
        target.write(frame);
        size.record(kind, frame.length);
    }
}
