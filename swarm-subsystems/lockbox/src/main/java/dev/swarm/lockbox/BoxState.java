package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.lockbox.set.EntryCodec;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a machine knows of a user's lockbox between two runs. Written whole or not at all.
 *
 * @param marker names the directory that this is about, so that an empty one in its place is not taken for deletions
 * @param entries the file set
 * @param applied for each name, the change that the directory shows
 * @param held the age files in the directory
 * @param renewal keys that files had, and those that are to have others
 */
record BoxState(
        String marker,
        Collection<FileEntry> entries,
        Collection<FileEntry> applied,
        Map<String, VaultFiles.Held> held,
        KeyRenewal.Memory renewal) {

    static final BoxState EMPTY = new BoxState("", List.of(), List.of(), Map.of(), KeyRenewal.Memory.EMPTY);

    private static final int VERSION = 2;
    private static final int MAX_ENTRIES = 10_000_000;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;
    private static final int MAX_MARKER_BYTES = 64;
    private static final int ID_BYTES = 32;
    private static final int LEAST_HELD_BYTES = 40;

    void write(Path file) throws IOException {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES);
        writer.putByte(VERSION).putString(marker, MAX_MARKER_BYTES);
        EntryCodec.write(writer, entries);
        EntryCodec.write(writer, applied);
        writer.putCount(held.size());
        held.forEach((path, each) -> {
            VaultDisk.Stat stat = each.stat();
            writer.putString(path, FileEntry.MAX_PATH_BYTES)
                    .putFixed(HexFormat.of().parseHex(each.id()));
            writer.putLong(stat.size()).putLong(stat.modifiedNanos()).putLong(stat.fileKey());
            writer.putInt(stat.mode()).putInt(stat.links());
        });
        renewal.write(writer);
        write(file, writer.toByteArray());
    }

    /** Writes a file that only its owner may read, whole or not at all. */
    static void write(Path file, byte[] content) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(draft);
        PrivateFiles.create(draft);
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer source = ByteBuffer.wrap(content);
            while (source.hasRemaining()) {
                channel.write(source);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        PrivateFiles.forceDirectory(file.resolveSibling(""));
    }

    /**
     * Reads what was written.
     *
     * @throws CanonicalFormatException if it is something else
     */
    static BoxState read(Path file) throws IOException {
        CanonicalReader reader = new CanonicalReader(Files.readAllBytes(file));
        int version = reader.readByte();
        if (version != VERSION) {
            throw new CanonicalFormatException("state of a lockbox is of version " + version + ", not " + VERSION);
        }
        String marker = reader.readString(MAX_MARKER_BYTES);
        List<FileEntry> entries = EntryCodec.read(reader, MAX_ENTRIES);
        List<FileEntry> applied = EntryCodec.read(reader, MAX_ENTRIES);
        int count = reader.readSize(MAX_ENTRIES, LEAST_HELD_BYTES);
        Map<String, VaultFiles.Held> held = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String path = reader.readString(FileEntry.MAX_PATH_BYTES);
            String id = HexFormat.of().formatHex(reader.readFixed(ID_BYTES));
            long size = reader.readLong();
            long modified = reader.readLong();
            long key = reader.readLong();
            VaultDisk.Stat stat =
                    new VaultDisk.Stat(VaultDisk.Kind.FILE, size, modified, key, reader.readInt(), reader.readInt());
            held.put(path, new VaultFiles.Held(stat, id));
        }
        KeyRenewal.Memory renewal = KeyRenewal.Memory.read(reader);
        reader.expectEnd();
        return new BoxState(marker, entries, applied, held, renewal);
    }
}
