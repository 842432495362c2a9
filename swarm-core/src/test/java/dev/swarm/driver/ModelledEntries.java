package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;

/** Entries by modelled members; those whose name starts with op are operators. */
final class ModelledEntries {

    static final FleetId FLEET = new FleetId("1".repeat(64));
    static final EntryVerifier VERIFIER = ModelledMembers.verifier(FLEET);

    private ModelledEntries() {}

    static VerifiedEntry active(String author, int blob, long millis) {
        return of(author, blob, EntryState.ACTIVE, millis);
    }

    static VerifiedEntry of(String author, int blob, EntryState state, long millis) {
        PeerId host = new PeerId(author);
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob(blob))
                .author(host)
                .size(1)
                .root(new TreeRoot(1, 2, 3, blob))
                .label(new Label("label-" + blob))
                .target(TargetSpec.ALL)
                .state(state)
                .clock(HybridTimestamp.of(millis, 0))
                .build();
        Role[] roles = author.startsWith("op") ? new Role[] {Role.OPERATOR} : new Role[0];
        try {
            return VERIFIER.verify(ModelledMembers.signer(FLEET, host, roles).sign(entry));
        } catch (RefusedEntryException e) {
            throw new AssertionError(e);
        }
    }

    static BlobId blob(int number) {
        return new BlobId(number, 2, 3, 4);
    }
}
