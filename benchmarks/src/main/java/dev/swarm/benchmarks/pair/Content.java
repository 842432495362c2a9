package dev.swarm.benchmarks.pair;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * What is moved, and how to tell that it arrived. Immutable.
 *
 * @param file where the sender reads it
 * @param id SHA-256 of the whole
 * @param layout size and leaves
 * @param tree hashes of the leaves
 */
record Content(Path file, BlobId id, BlobLayout layout, HashTree tree) {

    private static final int STEP = 1 << 20;

    long size() {
        return layout.size();
    }

    /** Writes random bytes and their hashes into {@code directory}. Reading them later finds them in the page cache. */
    static Content make(Path directory, long size) throws IOException {
        SplittableRandom random = new SplittableRandom(size);
        BlobHasher hasher = new BlobHasher();
        ByteBuffer step = ByteBuffer.allocate(STEP);
        try (FileChannel file = create(source(directory))) {
            for (long left = size; left > 0; left -= step.limit()) {
                random.nextBytes(step.array());
                step.clear().limit((int) Math.min(left, STEP));
                hasher.update(step);
                writeFully(file, step.flip());
            }
            file.force(true);
        }
        BlobCache.Seeded hashed = hasher.finish();
        try (FileChannel file = create(hashes(directory))) {
            writeFully(file, ByteBuffer.wrap(hashed.id().toBytes()));
            writeFully(file, hashed.tree().encode());
        }
        return new Content(source(directory), hashed.id(), hashed.layout(), hashed.tree());
    }

    /** What was made in {@code directory} before. */
    static Content open(Path directory) throws IOException {
        ByteBuffer hashes = ByteBuffer.wrap(Files.readAllBytes(hashes(directory)));
        BlobId id = BlobId.read(hashes);
        Path file = source(directory);
        return new Content(file, id, new BlobLayout(Files.size(file)), HashTree.ofLeafHashes(hashes));
    }

    private static Path source(Path directory) {
        return directory.resolve("source");
    }

    private static Path hashes(Path directory) {
        return directory.resolve("source.hashes");
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void writeFully(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }
}
