package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What becomes of a partial copy that nothing is being received into. */
class IdlePartialsTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId AUTHOR = new PeerId("author");
    private static final PeerId SELF = new PeerId("self");
    private static final Moment NOW = new Moment(1_000_000L, EPOCH_MILLIS);
    private static final BlobId BLOB = new BlobId(7, 7, 7, 7);
    private static final BlobId OTHER = new BlobId(8, 8, 8, 8);

    private final List<Object> closed = new ArrayList<>();
    private final List<Object> discarded = new ArrayList<>();
    private final NodeMachine machine =
            machineOver(ManifestCrdt.create(ManifestPolicy.builder().build()));
    private boolean open = true;

    private NodeMachine machineOver(ManifestCrdt manifest) {
        NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
            if (method.equals("close")) {
                closed.add(given[1]);
            } else if (method.equals("discard")) {
                discarded.add(given[0]);
            }
            return null;
        });
        NodeRules rules = new NodeRules(
                SELF,
                FLEET.tag(),
                1531,
                Duration.ofSeconds(5),
                entry -> open && entry.target().equals(TargetSpec.ALL),
                entry -> open,
                () -> false,
                DialPolicy.of(false));
        return new NodeMachine(
                rules, manifest, PeerMap.create(SELF, PeerMap.DEFAULT_MAX_PEERS), effects, new Random(1));
    }

    @Test
    void merge_endOfABlobWhoseTransferTheGateHasStopped_deletesThePartialCopy() throws RefusedEntryException {
        merge(BLOB, EntryState.ACTIVE, 0);
        open = false;
        machine.rulesChanged();
        machine.advance(NOW);
        assertThat(closed).containsExactly(false);

        merge(BLOB, EntryState.REVOKED, 1);

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void merge_endOfABlobThatIsReceivedAgain_deletesItWithTheTransferAlone() throws RefusedEntryException {
        merge(BLOB, EntryState.ACTIVE, 0);
        open = false;
        machine.rulesChanged();
        machine.advance(NOW);
        open = true;
        machine.rulesChanged();
        machine.advance(NOW);

        merge(BLOB, EntryState.REVOKED, 1);

        assertThat(closed).containsExactly(false, true);
        assertThat(discarded).isEmpty();
    }

    @Test
    void storeHoldsPartly_blobWhoseEntriesHaveEnded_deletesIt() throws RefusedEntryException {
        merge(BLOB, EntryState.REVOKED, 0);
        found(true, BLOB);

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void storeHoldsPartly_blobWhoseEndWasPruned_deletesItWhateverElseIsKnown() throws RefusedEntryException {
        merge(BLOB, EntryState.REVOKED, 0);
        machine.manifest().prune(EPOCH_MILLIS + 1_000, Duration.ZERO);
        assertThat(machine.manifest().isBuried(BLOB)).isTrue();

        found(false, BLOB);

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void storeHoldsPartly_blobThatIsMeantForOthersNow_keepsItUntilItEnds() throws RefusedEntryException {
        merge(BLOB, EntryState.ACTIVE, 0, "others-*");
        found(true, BLOB);
        assertThat(discarded).isEmpty();

        merge(BLOB, EntryState.REVOKED, 1);

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void storeHoldsPartly_blobThatIsBeingReceived_leavesItToTheTransfer() throws RefusedEntryException {
        merge(BLOB, EntryState.ACTIVE, 0);
        found(true, BLOB);
        merge(BLOB, EntryState.REVOKED, 1);

        assertThat(closed).containsExactly(true);
        assertThat(discarded).isEmpty();
    }

    @Test
    void storeHoldsPartly_blobOfWhichNothingIsKnown_deletesItIfTheManifestIsWhole() throws RefusedEntryException {
        merge(OTHER, EntryState.ACTIVE, 0);
        found(false, BLOB);
        assertThat(discarded).as("the journal was damaged").isEmpty();

        found(true, BLOB);

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void storeHoldsPartly_retentionOverForAnHour_deletesItOnceTheClockIsSure() throws RefusedEntryException {
        merge(BLOB, EntryState.ACTIVE, 0, "others-*");
        long end = EPOCH_MILLIS + Duration.ofDays(7).plusHours(1).toMillis();
        found(true, BLOB, new Moment(1_000_000_000L, end - 61_000));
        found(true, BLOB, new Moment(61_999_000_000L, end - 1));
        assertThat(discarded).isEmpty();
        found(true, BLOB, new Moment(62_000_000_000L, end + 120_000));
        assertThat(discarded).as("the clock has just been set").isEmpty();

        found(true, BLOB, new Moment(122_000_000_000L, end + 180_000));

        assertThat(discarded).containsExactly(BLOB);
    }

    @Test
    void storeHoldsPartly_manifestIsEmpty_deletesNothing() {
        found(true, BLOB);

        assertThat(discarded).isEmpty();
    }

    private void found(boolean allKnown, BlobId blob) {
        found(allKnown, blob, NOW);
    }

    private void found(boolean allKnown, BlobId blob, Moment now) {
        machine.storeHoldsPartly(List.of(blob), allKnown);
        machine.advance(now);
    }

    private void merge(BlobId blob, EntryState state, int count) throws RefusedEntryException {
        merge(blob, state, count, "*");
    }

    private void merge(BlobId blob, EntryState state, int count, String target) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob)
                .author(AUTHOR)
                .size(10)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(Label.of("app.bin"))
                .target(TargetSpec.parse(target))
                .clock(HybridTimestamp.of(EPOCH_MILLIS, count))
                .retention(Retention.parse("7d"))
                .state(state)
                .build();
        machine.merge(
                List.of(ModelledMembers.verifier(FLEET)
                        .verify(ModelledMembers.signer(FLEET, AUTHOR).sign(entry))),
                NOW);
        machine.advance(NOW);
    }
}
