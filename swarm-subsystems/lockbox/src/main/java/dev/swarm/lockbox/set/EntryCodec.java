package dev.swarm.lockbox.set;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Entries as bytes, in one form each. Stateless. */
public final class EntryCodec {

    private static final int ID_BYTES = 32;
    private static final int DOCUMENT_BYTES = 16;
    private static final int GENERATION_BYTES = 8;
    private static final int PAYLOAD_BYTES = 16;
    private static final int MAX_HOST_BYTES = 253;
    private static final int LEAST_ENTRY_BYTES = 32;

    private EntryCodec() {}

    /** Writes entries after their number. */
    public static void write(CanonicalWriter writer, Collection<FileEntry> entries) {
        writer.putCount(entries.size());
        for (FileEntry entry : entries) {
            writer.putString(entry.path(), FileEntry.MAX_PATH_BYTES).putByte(code(entry.state()));
            if (entry.isFile()) {
                FileEntry.Content content = entry.content();
                writer.putFixed(HexFormat.of().parseHex(content.id()))
                        .putCount(content.size())
                        .putCount(content.mode());
                writer.putLong(content.modifiedNanos());
                writer.putFixed(HexFormat.of().parseHex(content.document()));
                writer.putFixed(HexFormat.of().parseHex(content.generation()));
                writer.putFixed(HexFormat.of().parseHex(content.payload()));
            }
            if (entry.isDirectory()) {
                writer.putCount(entry.content().mode());
            }
            writer.putString(entry.origin().host(), MAX_HOST_BYTES).putTimestamp(entry.stamp());
            writer.putCount(entry.versions().size());
            entry.versions().forEach((host, stamp) -> writer.putString(host.host(), MAX_HOST_BYTES)
                    .putTimestamp(stamp));
        }
    }

    /**
     * Reads entries.
     *
     * @throws CanonicalFormatException if they are not in the one form, or too many
     */
    public static List<FileEntry> read(CanonicalReader reader, int maxEntries) {
        int count = reader.readSize(maxEntries, LEAST_ENTRY_BYTES);
        List<FileEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try {
                entries.add(readOne(reader));
            } catch (CanonicalFormatException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw new CanonicalFormatException("entry " + i + ": " + e.getMessage());
            }
        }
        return entries;
    }

    private static int code(FileEntry.State state) {
        return switch (state) {
            case GONE -> 0;
            case FILE -> 1;
            case DIRECTORY -> 2;
            case LOST -> 3;
        };
    }

    private static FileEntry.State state(int code) {
        return switch (code) {
            case 0 -> FileEntry.State.GONE;
            case 1 -> FileEntry.State.FILE;
            case 2 -> FileEntry.State.DIRECTORY;
            case 3 -> FileEntry.State.LOST;
            default -> throw new CanonicalFormatException("state of a lockbox file is " + code + ", limit 3");
        };
    }

    private static FileEntry readOne(CanonicalReader reader) {
        String path = reader.readString(FileEntry.MAX_PATH_BYTES);
        FileEntry.State state = state(reader.readByte());
        FileEntry.Content content = FileEntry.Content.NONE;
        if (state == FileEntry.State.DIRECTORY) {
            content = FileEntry.Content.ofDirectory((int) reader.readCount(0777));
        } else if (state == FileEntry.State.FILE) {
            String id = HexFormat.of().formatHex(reader.readFixed(ID_BYTES));
            long size = reader.readCount(Long.MAX_VALUE);
            int mode = (int) reader.readCount(0777);
            long modified = reader.readLong();
            String document = HexFormat.of().formatHex(reader.readFixed(DOCUMENT_BYTES));
            String generation = HexFormat.of().formatHex(reader.readFixed(GENERATION_BYTES));
            String payload = HexFormat.of().formatHex(reader.readFixed(PAYLOAD_BYTES));
            content = new FileEntry.Content(id, size, mode, modified, document, generation, payload);
        }
        PeerId origin = new PeerId(reader.readString(MAX_HOST_BYTES));
        HybridTimestamp stamp = reader.readTimestamp();
        int count = (int) reader.readCount(FileEntry.MAX_VERSIONS);
        NavigableMap<PeerId, HybridTimestamp> versions = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            PeerId host = new PeerId(reader.readString(MAX_HOST_BYTES));
            if (!versions.isEmpty() && host.compareTo(versions.lastKey()) <= 0) {
                throw new CanonicalFormatException("versions are not in the order of their hosts");
            }
            versions.put(host, reader.readTimestamp());
        }
        return new FileEntry(path, state, content, origin, stamp, versions);
    }
}
