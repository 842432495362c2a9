package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.util.stream.LongStream;

/** Entries by a few modelled members: a and b are plain, op and op2 operators, co a coordinator. */
final class Fixtures {

    static final FleetId FLEET = new FleetId("1".repeat(64));
    static final EntryVerifier VERIFIER = ModelledMembers.verifier(FLEET);

    /** A time in 2027, in milliseconds. */
    static final long NOW = 1_800_000_000_000L;

    static final long DAY = 86_400_000L;

    private Fixtures() {}

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.rangeClosed(1, 50);
    }

    static BlobId blob(int number) {
        return new BlobId(number * 0x9E3779B97F4A7C15L, number, 0, 0);
    }

    static HybridTimestamp at(long millis) {
        return HybridTimestamp.of(millis, 0);
    }

    /** An active entry of a member at a time. */
    static ManifestEntry.Builder entry(String author, int blob, long millis) {
        return ManifestEntry.builder()
                .blob(blob(blob))
                .author(new PeerId(author))
                .size(1_000L + blob)
                .root(new TreeRoot(blob, 1, 2, 3))
                .label(new Label("label-" + blob))
                .target(TargetSpec.ALL)
                .clock(at(millis));
    }

    static VerifiedEntry verified(ManifestEntry.Builder entry) {
        return verified(entry.build());
    }

    static VerifiedEntry verified(ManifestEntry entry) {
        try {
            return VERIFIER.verify(signed(entry));
        } catch (RefusedEntryException e) {
            throw new AssertionError(e);
        }
    }

    static SignedEntry signed(ManifestEntry entry) {
        return ModelledMembers.signer(FLEET, entry.author(), rolesOf(entry.author()))
                .sign(entry);
    }

    static VerifiedEntry active(String author, int blob, long millis) {
        return verified(entry(author, blob, millis));
    }

    static VerifiedEntry revoked(String author, int blob, long millis) {
        return verified(entry(author, blob, millis).state(EntryState.REVOKED));
    }

    static VerifiedEntry banned(String author, int blob, long millis) {
        return verified(entry(author, blob, millis).state(EntryState.BANNED));
    }

    static ManifestCrdt manifest(VerifiedEntry... entries) {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        for (VerifiedEntry entry : entries) {
            manifest.merge(entry, NOW);
        }
        return manifest;
    }

    private static Role[] rolesOf(PeerId author) {
        if (author.host().startsWith("op")) {
            return new Role[] {Role.OPERATOR};
        }
        return author.host().startsWith("co") ? new Role[] {Role.COORDINATOR} : new Role[0];
    }
}
