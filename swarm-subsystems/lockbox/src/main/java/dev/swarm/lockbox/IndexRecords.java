package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.set.EntryCodec;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The records of an index as bytes, gathered into pieces for an {@link IndexFile}. For one use. */
final class IndexRecords {

    /** A piece of a whole index ends with the record that brings it over this. */
    private static final int ENOUGH_BYTES = 1 << 20;

    private static final int MAX_BYTES = Integer.MAX_VALUE - 64;
    private static final int MAX_MARKER_BYTES = 64;
    private static final int MAX_RECIPIENTS = 1_024;
    private static final int MAX_RECIPIENT_BYTES = 128;
    private static final int ID_BYTES = 32;
    private static final int PAYLOAD_BYTES = 16;
    private static final int GENERATION_BYTES = 8;

    private static final int MARKER = 1;
    private static final int ENTRY = 2;
    private static final int APPLIED = 3;
    private static final int APPLIED_ENTRY = 4;
    private static final int NOT_APPLIED = 5;
    private static final int HELD = 6;
    private static final int NOT_HELD = 7;
    private static final int GENERATION = 8;
    private static final int OUTDATED = 9;
    private static final int RENEWED = 10;
    private static final int FORGOTTEN = 11;
    private static final int STANDING = 12;
    private static final int KNOWN = 13;

    private CanonicalWriter writer = new CanonicalWriter(MAX_BYTES);
    private final IndexFile.@Nullable Sink sink;

    /** Takes in what records say. */
    interface Reader {
        void marker(String marker);

        void entry(FileEntry entry);

        /** The directory shows a name's entry of those that were read before. */
        void appliedEntry(String path);

        void applied(FileEntry entry);

        void notApplied(String path);

        void held(String path, VaultFiles.@Nullable Held what);

        void generation(String name, Set<String> recipients);

        void outdated(String payload, boolean is);

        /** An entry is forgotten. */
        void forgotten(String path);

        void standing(HybridTimestamp horizon, HybridTimestamp agreedAt, boolean adopting, boolean adopted);

        void known(String path, Tombstones.Known known);
    }

    /** Gathers records, and hands full pieces to {@code sink}; null to have all of them in one. */
    IndexRecords(IndexFile.@Nullable Sink sink) {
        this.sink = sink;
    }

    IndexRecords marker(String marker) throws IOException {
        writer.putByte(MARKER).putString(marker, MAX_MARKER_BYTES);
        return done();
    }

    IndexRecords entry(FileEntry entry) throws IOException {
        writer.putByte(ENTRY);
        EntryCodec.write(writer, List.of(entry));
        return done();
    }

    /**
     * @param applied what the directory shows; null if nothing
     * @param entry the last change of the name, which is written before
     */
    IndexRecords applied(String path, @Nullable FileEntry applied, @Nullable FileEntry entry) throws IOException {
        if (applied == null) {
            writer.putByte(NOT_APPLIED).putString(path, FileEntry.MAX_PATH_BYTES);
        } else if (applied.equals(entry)) {
            writer.putByte(APPLIED_ENTRY).putString(path, FileEntry.MAX_PATH_BYTES);
        } else {
            writer.putByte(APPLIED);
            EntryCodec.write(writer, List.of(applied));
        }
        return done();
    }

    IndexRecords held(String path, VaultFiles.@Nullable Held what) throws IOException {
        if (what == null) {
            writer.putByte(NOT_HELD).putString(path, FileEntry.MAX_PATH_BYTES);
            return done();
        }
        VaultDisk.Stat stat = what.stat();
        writer.putByte(HELD)
                .putString(path, FileEntry.MAX_PATH_BYTES)
                .putFixed(HexFormat.of().parseHex(what.id()))
                .putLong(stat.size())
                .putLong(stat.modifiedNanos())
                .putLong(stat.fileKey())
                .putInt(stat.mode())
                .putInt(stat.links());
        return done();
    }

    IndexRecords generation(String name, Set<String> recipients) throws IOException {
        writer.putByte(GENERATION).putFixed(HexFormat.of().parseHex(name)).putCount(recipients.size());
        recipients.forEach(each -> writer.putString(each, MAX_RECIPIENT_BYTES));
        return done();
    }

    IndexRecords outdated(String payload, boolean is) throws IOException {
        writer.putByte(is ? OUTDATED : RENEWED).putFixed(HexFormat.of().parseHex(payload));
        return done();
    }

    IndexRecords forgotten(String path) throws IOException {
        writer.putByte(FORGOTTEN).putString(path, FileEntry.MAX_PATH_BYTES);
        return done();
    }

    IndexRecords standing(HybridTimestamp horizon, HybridTimestamp agreedAt, boolean adopting, boolean adopted)
            throws IOException {
        writer.putByte(STANDING)
                .putTimestamp(horizon)
                .putTimestamp(agreedAt)
                .putBoolean(adopting)
                .putBoolean(adopted);
        return done();
    }

    IndexRecords known(String path, Tombstones.Known known) throws IOException {
        writer.putByte(KNOWN)
                .putString(path, FileEntry.MAX_PATH_BYTES)
                .putTimestamp(known.stamp())
                .putLong(known.millis());
        return done();
    }

    boolean isEmpty() {
        return writer.length() == 0;
    }

    /** What was gathered and not handed out. */
    byte[] piece() {
        return writer.toByteArray();
    }

    private IndexRecords done() throws IOException {
        if (sink != null && writer.length() >= ENOUGH_BYTES) {
            sink.put(writer.toByteArray());
            writer = new CanonicalWriter(MAX_BYTES);
        }
        return this;
    }

    /**
     * Reads a piece.
     *
     * @throws CanonicalFormatException if it is none
     */
    static void read(byte[] piece, Reader target) {
        CanonicalReader reader = new CanonicalReader(piece);
        while (reader.remaining() > 0) {
            int kind = reader.readByte();
            switch (kind) {
                case MARKER -> target.marker(reader.readString(MAX_MARKER_BYTES));
                case ENTRY -> target.entry(readEntry(reader));
                case APPLIED -> target.applied(readEntry(reader));
                case APPLIED_ENTRY -> target.appliedEntry(reader.readString(FileEntry.MAX_PATH_BYTES));
                case NOT_APPLIED -> target.notApplied(reader.readString(FileEntry.MAX_PATH_BYTES));
                case HELD -> target.held(reader.readString(FileEntry.MAX_PATH_BYTES), readHeld(reader));
                case NOT_HELD -> target.held(reader.readString(FileEntry.MAX_PATH_BYTES), null);
                case GENERATION -> readGeneration(reader, target);
                case OUTDATED, RENEWED ->
                    target.outdated(HexFormat.of().formatHex(reader.readFixed(PAYLOAD_BYTES)), kind == OUTDATED);
                case FORGOTTEN -> target.forgotten(reader.readString(FileEntry.MAX_PATH_BYTES));
                case STANDING -> readStanding(reader, target);
                case KNOWN -> {
                    String path = reader.readString(FileEntry.MAX_PATH_BYTES);
                    target.known(path, new Tombstones.Known(reader.readTimestamp(), reader.readLong()));
                }
                default -> throw new CanonicalFormatException("index of a lockbox has a record of kind " + kind);
            }
        }
    }

    private static void readStanding(CanonicalReader reader, Reader target) {
        HybridTimestamp horizon = reader.readTimestamp();
        HybridTimestamp agreedAt = reader.readTimestamp();
        boolean adopting = reader.readBoolean();
        target.standing(horizon, agreedAt, adopting, reader.readBoolean());
    }

    private static FileEntry readEntry(CanonicalReader reader) {
        List<FileEntry> one = EntryCodec.read(reader, 1);
        if (one.size() != 1) {
            throw new CanonicalFormatException("record of an entry has none");
        }
        return one.get(0);
    }

    private static VaultFiles.Held readHeld(CanonicalReader reader) {
        String id = HexFormat.of().formatHex(reader.readFixed(ID_BYTES));
        long size = reader.readLong();
        long modified = reader.readLong();
        long key = reader.readLong();
        int mode = reader.readInt();
        return new VaultFiles.Held(
                new VaultDisk.Stat(VaultDisk.Kind.FILE, size, modified, key, mode, reader.readInt()), id);
    }

    private static void readGeneration(CanonicalReader reader, Reader target) {
        String name = HexFormat.of().formatHex(reader.readFixed(GENERATION_BYTES));
        Set<String> recipients = new TreeSet<>();
        int size = reader.readSize(MAX_RECIPIENTS, 1);
        for (int i = 0; i < size; i++) {
            recipients.add(reader.readString(MAX_RECIPIENT_BYTES));
        }
        target.generation(name, recipients);
    }
}
