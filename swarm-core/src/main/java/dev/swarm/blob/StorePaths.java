package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where things lie in a node's data directory. Immutable. */
final class StorePaths {

    private static final String TREE = ".tree";
    private static final String SOURCES = ".sources";
    private static final String PARTIAL = ".partial";

    /** The ending of what is being written and not yet at its place; swept when the store is opened. */
    private static final String TEMPORARY = ".tmp";

    /** How files in {@code seed/} begin and end that this store, or filecast, is writing; swept when the store is opened. */
    private static final String SEED_COPY = ".swarm-";

    private static final String SEED_COPY_END = ".part";

    final Path root;
    final Path blobs;
    final Path files;
    final Path seed;
    final Path graveyard;

    StorePaths(Path dataDirectory) {
        this.root = dataDirectory.toAbsolutePath().normalize();
        this.blobs = root.resolve(".blobs");
        this.files = root.resolve("files");
        this.seed = root.resolve("seed");
        this.graveyard = root.resolve("graveyard");
    }

    Path content(BlobId id) {
        return blobs.resolve(id.hex());
    }

    Path tree(BlobId id) {
        return blobs.resolve(id.hex() + TREE);
    }

    Path sources(BlobId id) {
        return blobs.resolve(id.hex() + SOURCES);
    }

    Path partial(BlobId id) {
        return blobs.resolve(id.hex() + PARTIAL);
    }

    Path partialData(BlobId id) {
        return partial(id).resolve("data");
    }

    Path partialTree(BlobId id) {
        return partial(id).resolve("tree");
    }

    Path partialLeaves(BlobId id) {
        return partial(id).resolve("leaves");
    }

    /** Lies beside data of which a flush failed. */
    Path partialSuspect(BlobId id) {
        return partial(id).resolve("suspect");
    }

    Path buried(BlobId id) {
        return graveyard.resolve(id.hex());
    }

    /** Where the {@code number}th copy of a file lies until it is a seed. */
    Path seedCopy(long number) {
        return seed.resolve(SEED_COPY + "copy-" + number + SEED_COPY_END);
    }

    /** Whether an entry of the seed directory was left behind unfinished. */
    static boolean isSeedCopy(String name) {
        return name.startsWith(SEED_COPY) && name.endsWith(SEED_COPY_END);
    }

    /** Where a label's link lies; fails if this process cannot write such a name. */
    Path label(Label label) throws IOException {
        try {
            return files.resolve(label.name());
        } catch (InvalidPathException e) {
            throw new IOException(
                    "the name is not in the encoding of file names that this process was started with; start it with"
                            + " LC_ALL=C.UTF-8",
                    e);
        }
    }

    /** What a file is written to before it takes its place by a rename. */
    static Path temporary(Path path) {
        return path.resolveSibling(path.getFileName() + TEMPORARY);
    }

    /** Whether an entry of the content directory was left behind unfinished. */
    static boolean isTemporary(String name) {
        return name.endsWith(TEMPORARY);
    }

    /** The blob whose content has this name, or null. */
    static @Nullable BlobId contentId(String name) {
        return BlobId.isHex(name) ? BlobId.parse(name) : null;
    }

    /** The blob whose partial directory has this name, or null. */
    static @Nullable BlobId partialId(String name) {
        return idBefore(PARTIAL, name);
    }

    /** The blob whose hashes or sources have this name, or null. */
    static @Nullable BlobId sidecarId(String name) {
        BlobId id = idBefore(TREE, name);
        return id != null ? id : idBefore(SOURCES, name);
    }

    private static @Nullable BlobId idBefore(String ending, String name) {
        return name.endsWith(ending) ? contentId(name.substring(0, name.length() - ending.length())) : null;
    }
}
