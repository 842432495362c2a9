package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of {@code files/}: links to content by the names people know it by, or copies where there are no links. For
 * the holder of the blob's lock.
 */
final class LabelLinks {

    private final Disk disk;
    private final FileHashing hashing;
    private final StorePaths paths;
    private final boolean links;
    private final Path toContent;

    LabelLinks(Disk disk, FileHashing hashing, StorePaths paths, boolean links) {
        this.disk = disk;
        this.hashing = hashing;
        this.paths = paths;
        this.links = links;
        this.toContent = paths.files.relativize(paths.blobs);
    }

    /** Points a label at a complete blob whose bytes lie at {@code content}. */
    void put(Label label, BlobId id, Path content) throws IOException {
        Path entry = paths.label(label);
        if (links && tryLink(entry, id)) {
            return;
        }
        Disk.Stat there = disk.stat(entry);
        Disk.Kind ours = links ? Disk.Kind.LINK : Disk.Kind.FILE;
        if (there != null && there.kind() != ours) {
            throw new IOException(entry + " was not made by this store; move it away to have the blob linked there");
        }
        Path temporary = StorePaths.temporary(paths.files.resolve("." + id.hex()));
        disk.delete(temporary);
        if (links) {
            disk.makeLink(temporary, target(id));
        } else {
            copy(content, temporary);
        }
        disk.rename(temporary, entry);
    }

    /** Makes a link where there was nothing, without the renaming that replaces another; whether there was nothing. */
    private boolean tryLink(Path entry, BlobId id) throws IOException {
        try {
            disk.makeLink(entry, target(id));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Removes a label that points at a blob; whether it did. */
    boolean remove(Label label, BlobId id) throws IOException {
        Path entry = paths.label(label);
        Disk.Stat there = disk.stat(entry);
        return there != null && pointsAt(entry, there.kind(), id) && disk.delete(entry);
    }

    /** The links that this store made, by label; whether they lead anywhere is not looked at. Needs no lock. */
    Map<Label, BlobId> all() throws IOException {
        Map<Label, BlobId> made = new HashMap<>();
        for (String name : links ? disk.list(paths.files) : List.<String>of()) {
            Path entry = paths.files.resolve(name);
            Disk.Stat there = disk.stat(entry);
            BlobId id = there == null || there.kind() != Disk.Kind.LINK ? null : contentAt(disk.readLink(entry));
            Label label = Label.orNull(name);
            if (id != null && label != null) {
                made.put(label, id);
            }
        }
        return made;
    }

    private @Nullable BlobId contentAt(Path target) {
        return toContent.equals(target.getParent()) ? StorePaths.contentId(String.valueOf(target.getFileName())) : null;
    }

    private boolean pointsAt(Path entry, Disk.Kind kind, BlobId id) throws IOException {
        return switch (kind) {
            case LINK -> disk.readLink(entry).equals(target(id));
            case FILE -> !links && hashing.hash(entry).id().equals(id);
            case DIRECTORY, OTHER -> false;
        };
    }

    private Path target(BlobId id) {
        return toContent.resolve(id.hex());
    }

    private void copy(Path content, Path temporary) throws IOException {
        try (SharedFile from = SharedFile.open(disk, content, Disk.Access.READ);
                SharedFile to = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
            hashing.hash(from, to);
            to.force();
        }
    }
}
