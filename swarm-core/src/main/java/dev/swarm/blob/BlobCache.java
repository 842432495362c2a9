package dev.swarm.blob;

import dev.swarm.SystemAdapters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Local storage of verified blobs, addressed by the SHA-256 of their bytes. Implemented by swarm only; methods may be added.
 *
 * <p>A blob is absent, partial or complete. Of a partial one, only leaves that matched their hash are ever readable. Safe for
 * use by many threads. Calls may block on disk and must not be made from an event loop.
 */
public interface BlobCache extends AutoCloseable {

    /**
     * Opens the store in a node's data directory, making {@code .blobs/}, {@code files/}, {@code seed/} and
     * {@code graveyard/} where they are missing.
     *
     * @throws IOException if the directory cannot be made or written; the message names it
     */
    static BlobCache open(Path dataDirectory) throws IOException {
        return FileBlobCache.open(dataDirectory, SystemAdapters.wallClock());
    }

    /**
     * Opens the store as {@link #open(Path)} does, with a clock of the caller's that says when a blob was buried.
     *
     * @throws IOException if the directory cannot be made or written; the message names it
     */
    static BlobCache open(Path dataDirectory, InstantSource clock) throws IOException {
        return FileBlobCache.open(dataDirectory, clock);
    }

    /**
     * What {@link #removeLeftovers} would remove from the store in a data directory, which is not opened and may be in use.
     *
     * @throws IOException if the directory cannot be read
     */
    static List<Path> leftovers(Path dataDirectory) throws IOException {
        return new Leftovers(new NioDisk(dataDirectory), new StorePaths(dataDirectory)).find();
    }

    /**
     * Removes from a store that nobody has open what {@link #leftovers} lists.
     *
     * @return what was removed
     * @throws IOException if the directory cannot be read or written
     */
    static List<Path> removeLeftovers(Path dataDirectory) throws IOException {
        return new Leftovers(new NioDisk(dataDirectory), new StorePaths(dataDirectory)).removeUnused();
    }

    /**
     * Why nothing more can be kept here until the store is opened again: a flush failed, and of what the disk lost then a later one
     * would say nothing. Null if all is well. Returns at once.
     */
    @Nullable
    String problem();

    /** The directory that holds the content; whose file system the disk gate measures. */
    Path contentDirectory();

    /**
     * The complete blobs in the order of their ids, each with the time since when it is, milliseconds since the epoch. Links
     * whose target is gone are left out, and so are files whose bytes were changed, which this deletes.
     */
    SortedMap<BlobId, Long> complete() throws IOException;

    /** The blobs of which a partial copy is on disk, in the order of their ids. Nothing is said of what is in it. */
    List<BlobId> partial() throws IOException;

    /** What is here of a blob that is complete, or that is being received; null if neither. */
    @Nullable
    Holding holding(BlobId id) throws IOException;

    /**
     * What of a blob can be given to others; as {@link #holding}, but a blob that is being received is not looked for on the disk, so
     * that one whose content is here from elsewhere too counts as what came of it.
     */
    @Nullable
    Holding offered(BlobId id) throws IOException;

    /**
     * Copies bytes of a blob into {@code target}, starting {@code offset} bytes into the blob, until the target is full or
     * the blob ends.
     *
     * <p>The bytes were verified when stored and are not hashed again. The file is checked to be the one that was verified, by
     * size and time of change, a seed file by its file key as well; one that was changed is hashed again before its next use,
     * and deleted if it is the store's own and does not match.
     *
     * @param offset position in bytes, from 0 to the blob's size inclusive
     * @return bytes copied, 0 at the end of the blob
     * @throws BlobMissingException if the blob, or a leaf in the range, is not here; another peer may have it
     * @throws IndexOutOfBoundsException if {@code offset} is negative or past the end
     * @throws IOException if the disk fails; the blob is kept and the call may be repeated
     */
    int read(BlobId id, long offset, ByteBuffer target) throws IOException;

    /**
     * The size in bytes of a blob of one leaf; -1 if it is not here, not whole, or of another number of leaves. A blob that was looked at
     * before is not looked for on disk: {@link #readSmall} may find it gone.
     *
     * @throws IOException if the disk fails
     */
    int sizeOfSmall(BlobId id) throws IOException;

    /**
     * All bytes of a blob of one leaf, hashed as they are read.
     *
     * @throws BlobMissingException if it is not here; another peer may have it
     * @throws IOException if the disk fails
     */
    byte[] readSmall(BlobId id) throws IOException;

    /**
     * Starts or resumes receiving a blob. What lies in {@code .partial} from before is hashed again first, and only what
     * still matches counts as held. One receiver at a time: a second call for a blob that is being received fails.
     *
     * @param tree the leaf hashes, whose root the caller has verified
     * @return the place to write to; the caller closes it
     * @throws IllegalStateException if the blob is complete or being received
     * @throws IOException if the disk fails
     */
    PartialBlob receive(BlobId id, BlobLayout layout, HashTree tree) throws IOException;

    /** Whether the file system has no symbolic links, so that what is seeded is copied, which takes as much room again. */
    boolean copiesSeeds();

    /**
     * Hashes a file in one pass and lists it as a complete blob without copying it: {@code .blobs/<sha256>} becomes a link to
     * the file, or a copy of it if the store {@linkplain #copiesSeeds copies}. A file under this store's own {@code seed/} is
     * linked relatively.
     *
     * @throws IOException if the file cannot be read, is no regular file, or changes while it is read
     */
    Seeded addSeed(Path file) throws IOException;

    /**
     * Lists a file as {@link #addSeed} does without waiting for the disk, so that many files share a {@link #flush}: a power
     * failure before may take the listing back, never the file.
     *
     * @throws IOException if the file cannot be read, is no regular file, or changes while it is read
     */
    Seeded addSeedUnflushed(Path file) throws IOException;

    /** Returns when everything that was listed before is on disk. Calls that come together share their work. */
    void flush() throws IOException;

    /**
     * Copies a file into {@code seed/} under a name that no look at seeds minds, hashing it in the same pass. It counts as a seed once it is
     * {@linkplain SeedCopy#place placed}.
     *
     * @param givenUp asked again and again, on the thread that copies; once it is true nothing more is copied
     * @return the copy; the caller closes it
     * @throws java.io.InterruptedIOException if it was given up; nothing is left of it then
     * @throws IOException if the file cannot be read, is no regular file, or changes while it is read, or the copy cannot be
     *     written; nothing is left of it then
     */
    SeedCopy copySeed(Path source, BooleanSupplier givenUp) throws IOException;

    /** The same without giving up. */
    default SeedCopy copySeed(Path source) throws IOException {
        return copySeed(source, () -> false);
    }

    /** Lists a file as a complete blob that {@link #addSeed} hashed earlier, if the file and the kept hashes still fit. */
    boolean relinkSeed(Path file, BlobId id) throws IOException;

    /** Deletes what is here of a blob: content, partial copy, hashes and sources; a seed file that it links to stays. */
    boolean evict(BlobId id) throws IOException;

    /**
     * Deletes the partial copy of a blob that is not being received, with hashes and sources if the blob is not complete either.
     * Whether there was one.
     */
    boolean discard(BlobId id) throws IOException;

    /** Moves a complete blob to the graveyard, a seed file's bytes included; drops a partial one. */
    boolean bury(BlobId id) throws IOException;

    /**
     * Takes a seed file that has ended out of its directory, that very file and no other of the same content. What this store has
     * of the blob by other files stays.
     *
     * @param file a file in {@code seed/}, not open for writing
     * @param copies whether there is room for a copy in the graveyard, if the file lies on another file system
     */
    SeedEnd burySeed(Path file, BlobId id, boolean copies) throws IOException;

    /** Brings a blob back from the graveyard. Its bytes are hashed again; a copy that does not match is deleted. */
    boolean resurrect(BlobId id) throws IOException;

    /** Deletes graveyard copies buried before {@code epochMillis}. */
    int purgeGraveyard(long epochMillis) throws IOException;

    /**
     * Removes partial copies of blobs that are complete, links to seed files that are gone, and entries of {@code files/} that lead nowhere.
     *
     * @return what was removed, in the order of the names
     */
    List<Path> removeLeftovers() throws IOException;

    /** Points {@code files/<label>} at a complete blob, replacing what the label pointed to. */
    void link(Label label, BlobId id) throws IOException;

    /** Removes {@code files/<label>} if it points at {@code id}. */
    boolean unlink(Label label, BlobId id) throws IOException;

    /**
     * What the links of {@code files/} lead to, by label. Those of this store that lead nowhere are removed, what others made is left out;
     * empty where the store {@linkplain #copiesSeeds copies}.
     */
    Map<Label, BlobId> links() throws IOException;

    /** Keeps how a blob was received beside it, written whole or not at all. */
    void writeSources(BlobId id, byte[] json) throws IOException;

    /** What {@link #writeSources} kept, or null. */
    byte @Nullable [] readSources(BlobId id) throws IOException;

    /** Closes open files. Calls under way end with an {@link IOException}; later ones fail. Repeated calls do nothing. */
    @Override
    void close() throws IOException;

    /**
     * What is here of a blob, as of the call. Immutable but for {@link #leaves}, which is the caller's own copy.
     *
     * @param layout its size and division
     * @param tree its leaf hashes
     * @param leaves which leaves can be read
     * @param complete whether all can, and the whole blob's hash was checked
     */
    record Holding(BlobLayout layout, HashTree tree, LeafSet leaves, boolean complete) {}

    /**
     * A file that was hashed.
     *
     * @param id its SHA-256
     * @param layout its size and division
     * @param tree its leaf hashes
     */
    record Seeded(BlobId id, BlobLayout layout, HashTree tree) {}

    /** A copy of a file in {@code seed/} that is not a seed yet. For one thread at a time. */
    interface SeedCopy extends AutoCloseable {

        /** What was copied. */
        Seeded content();

        /**
         * Names the copy {@code seed/<label>} and lists it as {@link BlobCache#addSeed} does; all of it is on disk then. What was seeded
         * under that label is replaced.
         *
         * @throws IOException if that fails; the file may have its name nevertheless
         */
        void place(Label label) throws IOException;

        /** Deletes the copy unless it was placed. */
        @Override
        void close() throws IOException;
    }

    /** What became of a seed file that has ended. */
    enum SeedEnd {
        /** Its content lies in the graveyard. */
        BURIED,
        /** It is deleted; the store has its content by itself. */
        HELD,
        /** It is deleted, and no copy kept. */
        DELETED,
        /** There is no such file, and no copy in the graveyard. */
        GONE,
        /** It holds something else, and stays. */
        OTHER
    }
}
