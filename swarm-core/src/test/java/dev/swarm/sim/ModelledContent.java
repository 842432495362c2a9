package dev.swarm.sim;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import java.nio.ByteBuffer;

/**
 * A blob of which only size and hashes are needed. A leaf's hash is made from its index, so that trees are real while bytes are not.
 *
 * @param id its id
 * @param layout its size
 * @param tree its leaf hashes
 */
record ModelledContent(BlobId id, BlobLayout layout, HashTree tree) {

    /** A blob of which the bytes exist as well. */
    static ModelledContent ofBytes(byte[] bytes) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(bytes));
        BlobCache.Seeded hashed = hasher.finish();
        return new ModelledContent(hashed.id(), hashed.layout(), hashed.tree());
    }

    /** The so many'th blob that a fleet makes up. There is one alone without bytes, whose id every node knows. */
    static ModelledContent of(long number, long size) {
        if (size == 0) {
            return ofBytes(new byte[0]);
        }
        BlobLayout layout = new BlobLayout(size);
        ByteBuffer hashes = ByteBuffer.allocate(layout.leafCount() * BlobId.BYTES);
        for (int leaf = 0; leaf < layout.leafCount(); leaf++) {
            hashes.putLong(number).putLong(leaf).putLong(0).putLong(0);
        }
        return new ModelledContent(
                new BlobId(number * 0x9e3779b97f4a7c15L, number, size, 1),
                layout,
                HashTree.ofLeafHashes(hashes.flip()));
    }
}
