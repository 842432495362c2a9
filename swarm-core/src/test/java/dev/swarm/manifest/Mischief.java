package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a member does to the frames it sends that wants to harm: withholds, replays, forges, equivocates. */
public final class Mischief {

    private static final int MAX_REMEMBERED = 20;

    private final RandomGenerator random;
    private final EntrySigner signer;
    private final PeerId self;
    private final PeerId victim;
    private final HybridTimestamp when;
    private final List<SyncFrame> remembered = new ArrayList<>();
    private boolean over;

    /** A member of this name that also speaks for {@code victim}, with its own key. */
    public Mischief(FleetId fleet, PeerId self, PeerId victim, long nowMillis, RandomGenerator random) {
        this.random = random;
        this.signer = ModelledMembers.signer(fleet, self);
        this.self = self;
        this.victim = victim;
        this.when = HybridTimestamp.of(nowMillis, 0);
    }

    /** Sends nothing but what it should from here on. */
    public void end() {
        over = true;
    }

    /** What is sent instead of a frame. */
    public SyncFrame alter(SyncFrame frame) {
        if (over) {
            return frame;
        }
        remembered.add(frame);
        if (remembered.size() > MAX_REMEMBERED) {
            remembered.remove(random.nextInt(MAX_REMEMBERED));
        }
        return switch (random.nextInt(6)) {
            case 0 -> SyncFrame.FINISHED;
            case 1 -> remembered.get(random.nextInt(remembered.size()));
            case 2 -> with(frame, altered(frame));
            case 3 -> with(frame, List.of(inAnothersName()));
            case 4 -> with(frame, List.of(signer.sign(entry(self, "label-" + random.nextInt(1_000)))));
            default -> frame;
        };
    }

    private static SyncFrame with(SyncFrame frame, List<SignedEntry> entries) {
        return new SyncFrame(frame.claims(), frame.wanted(), entries, frame.more());
    }

    private static List<SignedEntry> altered(SyncFrame frame) {
        List<SignedEntry> altered = new ArrayList<>();
        for (SignedEntry signed : frame.entries()) {
            ManifestEntry.Builder other = ManifestEntry.builder()
                    .blob(signed.entry().blob())
                    .author(signed.entry().author())
                    .clock(HybridTimestamp.of(signed.entry().clock().epochMillis() + 1, 0));
            signed.entry().describing(other);
            ManifestEntry revoked = other.state(EntryState.REVOKED).build();
            altered.add(new SignedEntry(revoked, signed.certificate(), signed.signature()));
        }
        return altered;
    }

    private SignedEntry inAnothersName() {
        SignedEntry own = signer.sign(entry(self, "mine"));
        return new SignedEntry(entry(victim, "yours"), own.certificate(), own.signature());
    }

    private ManifestEntry entry(PeerId author, String label) {
        return ManifestEntry.builder()
                .blob(new BlobId(6, 6, 6, 6))
                .author(author)
                .clock(when)
                .size(1)
                .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                .label(Label.of(label))
                .target(TargetSpec.parse("nobody"))
                .build();
    }
}
