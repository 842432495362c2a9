package dev.swarm.lockbox.set;

import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.lockbox.vault.Sha256;
import java.util.List;

/**
 * A digest of a set of entries that costs the same whatever the set's size: the exclusive or of the SHA-256 of each. Somebody who
 * chooses entries can make two sets with the same one; they are a machine of the user, which may change every file anyway. Confined
 * to one thread at a time.
 */
final class SetDigest {

    private static final int MAX_ENTRY_BYTES = 1 << 20;

    private final byte[] value = new byte[32];

    /** Puts an entry in, or takes it out. */
    void toggle(FileEntry entry) {
        CanonicalWriter writer = new CanonicalWriter(MAX_ENTRY_BYTES);
        EntryCodec.write(writer, List.of(entry));
        byte[] one = Sha256.start().digest(writer.toByteArray());
        for (int i = 0; i < value.length; i++) {
            value[i] ^= one[i];
        }
    }

    /** The digest. A copy. */
    byte[] value() {
        return value.clone();
    }
}
