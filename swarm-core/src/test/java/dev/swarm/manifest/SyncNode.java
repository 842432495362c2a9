package dev.swarm.manifest;

import java.nio.ByteBuffer;

/** A node that synchronises its manifest with others, frame by encoded frame, and counts the bytes. */
final class SyncNode {

    final ManifestCrdt manifest;
    private final ManifestSync sync;
    private final long now;
    private int refused;

    SyncNode(ManifestPolicy policy, long now, VerifiedEntry... entries) {
        this.manifest = ManifestCrdt.create(policy);
        this.sync = ManifestSync.over(manifest);
        this.now = now;
        for (VerifiedEntry entry : entries) {
            manifest.merge(entry, now);
        }
    }

    SyncNode(VerifiedEntry... entries) {
        this(ManifestPolicy.defaults(), Fixtures.NOW, entries);
    }

    /** Entries that were offered and refused. */
    int refused() {
        return refused;
    }

    /** One exchange, begun here. */
    Exchange exchangeWith(SyncNode other) {
        long versions = manifest.version() + other.manifest.version();
        SyncFrame frame = sync.open();
        SyncNode receiver = other;
        int frames = 0;
        long bytes = 0;
        boolean more = false;
        while (!frame.isFinished() && frames < ManifestSync.MAX_FRAMES) {
            ByteBuffer encoded = frame.encode();
            frames++;
            bytes += encoded.remaining();
            frame = receiver.receive(encoded);
            more |= frame.more();
            receiver = receiver == this ? other : this;
        }
        boolean changed = manifest.version() + other.manifest.version() != versions;
        return new Exchange(frames, bytes, more, changed);
    }

    /** Exchanges until one changes nothing. */
    Exchange synchroniseWith(SyncNode other) {
        Exchange total = new Exchange(0, 0, false, false);
        Exchange last;
        do {
            last = exchangeWith(other);
            total = new Exchange(total.frames + last.frames, total.bytes + last.bytes, last.more, true);
        } while (last.changed);
        return total;
    }

    private SyncFrame receive(ByteBuffer encoded) {
        try {
            SyncFrame frame = SyncFrame.decode(encoded, SyncFrame.MAX_BYTES);
            for (SignedEntry entry : frame.entries()) {
                if (manifest.merge(Fixtures.VERIFIER.verify(entry), now).isRefused()) {
                    refused++;
                }
            }
            return sync.answer(frame);
        } catch (MalformedFrameException | RefusedEntryException e) {
            throw new AssertionError(e);
        }
    }

    record Exchange(int frames, long bytes, boolean more, boolean changed) {}
}
