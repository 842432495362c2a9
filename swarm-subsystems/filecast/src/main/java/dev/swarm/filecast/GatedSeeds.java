package dev.swarm.filecast;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.disk.DiskGate;
import dev.swarm.subsystem.SubsystemContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Puts seed files into the store and takes them out; what takes a copy, only if there is room for it. */
final class GatedSeeds {

    private final BlobCache blobs;
    private final DiskGate disk;
    private final Path graveyard;

    GatedSeeds(SubsystemContext node) {
        blobs = node.blobs();
        disk = node.disk();
        graveyard = node.dataDirectory().resolve("graveyard");
    }

    /** Copies a file, which is then to be placed, until somebody gives up. */
    BlobCache.SeedCopy copy(Path file, Path seeds, BooleanSupplier givenUp) throws IOException {
        long size = Files.size(file);
        long listed = blobs.copiesSeeds() ? size : 0;
        try (DiskGate.Reservation room = disk.reserve(seeds, size + listed, 0)) {
            BlobCache.SeedCopy copy = blobs.copySeed(file, givenUp);
            room.written(size + listed);
            return copy;
        }
    }

    /** Lists a file. */
    BlobCache.Seeded list(Path file) throws IOException {
        if (!blobs.copiesSeeds()) {
            return blobs.addSeedUnflushed(file);
        }
        long size = Files.size(file);
        try (DiskGate.Reservation room = disk.reserve(blobs.contentDirectory(), size, 0)) {
            BlobCache.Seeded seeded = blobs.addSeed(file);
            room.written(size);
            return seeded;
        }
    }

    /** Moves a file to the graveyard; where there is no room for a copy on another file system, deletes it. */
    BlobCache.SeedEnd bury(Path file, BlobId blob) throws IOException {
        if (!Files.exists(file)) {
            return blobs.burySeed(file, blob, false);
        }
        long size = Files.size(file);
        try (DiskGate.Reservation room = disk.reserve(graveyard, size, 0)) {
            BlobCache.SeedEnd end = blobs.burySeed(file, blob, true);
            room.written(size);
            return end;
        } catch (SwarmException e) {
            return blobs.burySeed(file, blob, false);
        }
    }
}
