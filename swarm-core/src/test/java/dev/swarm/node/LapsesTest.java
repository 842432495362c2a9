package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who ends an entry whose retention is over, and when. */
class LapsesTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SELF = new PeerId("self");
    private static final BlobId BLOB = new BlobId(7, 7, 7, 7);
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.2:1531");

    private final Map<PeerAddress, Long> asked = new HashMap<>();
    private final List<Object> retired = new ArrayList<>();
    private final List<Object> ended = new ArrayList<>();
    private final NodeMachine machine = new NodeMachine(
            new NodeRules(
                    SELF,
                    FLEET.tag(),
                    1531,
                    Duration.ofSeconds(5),
                    entry -> false,
                    entry -> false,
                    this::isOperator,
                    DialPolicy.of(false)),
            ManifestCrdt.create(ManifestPolicy.builder().build()),
            PeerMap.create(SELF, PeerMap.DEFAULT_MAX_PEERS),
            Scripted.of(NodeEffects.class, this::called),
            new Random(1));
    private boolean operator = true;
    private long toldAt = Long.MIN_VALUE / 2;

    private boolean isOperator() {
        return operator;
    }

    private Object called(String method, Object[] given) {
        switch (method) {
            case "watch" -> asked.put((PeerAddress) given[0], (Long) given[1]);
            case "retire" -> retired.add(given[0]);
            case "endLapsed" -> ended.add(given[1]);
            default -> {}
        }
        return method.equals("roundTripNanos") ? 0L : false;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void advance_ownEntryWithoutTheBlob_isEndedWhenItsRetentionIsOver(boolean isOperator) throws Exception {
        operator = isOperator;
        merge("self", "2h", 0);
        at(2 * HOUR - 1, 0);
        assertThat(retired).isEmpty();

        at(2 * HOUR, 0);

        assertThat(retired).containsExactly(BLOB);
        assertThat(ended).isEmpty();
    }

    @Test
    void advance_entryOfAnAuthorThatIsGone_isEndedByAnOperatorAnHourAfterItsRetention() throws Exception {
        merge("author", "2h", 3);
        at(3 * HOUR - 1, 0);
        assertThat(ended).isEmpty();

        at(3 * HOUR, 0);

        assertThat(ended).containsExactly(HybridTimestamp.of(EPOCH_MILLIS, 3));
        assertThat(retired).isEmpty();
        at(3 * HOUR + 9_999, 0);
        assertThat(ended).hasSize(1);
        at(3 * HOUR + 10_000, 0);
        assertThat(ended).as("it did not come about").hasSize(2);
    }

    @Test
    void advance_plainNode_leavesTheEntriesOfOthersAlone() throws Exception {
        operator = false;
        merge("author", "2h", 0);

        at(3 * HOUR, 0);

        assertThat(ended).isEmpty();
    }

    @Test
    void advance_retentionForEver_isNeverOver() throws Exception {
        merge("author", "0", 0);

        at(1_000_000 * HOUR, 0);

        assertThat(ended).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2h, 5h", "5h, 2h"})
    void advance_twoAuthors_countsTheLaterEnd(String one, String another) throws Exception {
        merge("author", one, 0);
        merge("other", another, 0);

        at(5 * HOUR, 0);
        assertThat(ended).isEmpty();
        at(6 * HOUR, 0);
        assertThat(ended).hasSize(1);
    }

    @ParameterizedTest(name = "clock {0} ms ahead: ended {1} times")
    @CsvSource({"-7200000, 1", "0, 1", "60000, 1", "60001, 0", "31536000000, 0"})
    void advance_clockAheadOfThePeers_endsNothingOfOthers(long ahead, int times) throws Exception {
        merge("author", "2h", 0);

        at(3 * HOUR, ahead);

        assertThat(ended).hasSize(times);
    }

    @Test
    void advance_nobodyToCompareTheClockWith_endsOwnEntriesAlone() throws Exception {
        merge("author", "2h", 0);
        merge(new BlobId(8, 8, 8, 8), "self", "2h", 0);
        machine.advance(moment(0));

        machine.advance(moment(4 * HOUR));

        assertThat(ended).isEmpty();
        assertThat(retired).containsExactly(new BlobId(8, 8, 8, 8));
    }

    /** Lets the machine act so long after the publication, when a peer has just told its time, or did so within the last second. */
    private void at(long millis, long ahead) {
        Moment before = moment(millis - 1);
        machine.suggested(PEER, before);
        machine.advance(before);
        Long ask = asked.remove(PEER);
        if (ask != null) {
            toldAt = millis;
            Watch.Reply reply = new Watch.Reply(
                    machine.manifestDigest(),
                    0,
                    0,
                    before.epochMillis() - ahead,
                    SyncFrame.FINISHED,
                    List.of(),
                    List.of());
            machine.watchAnswered(ask, new PeerId("peer"), reply, List.of(), before);
        }
        assertThat(millis - toldAt).as("since the peer told its time").isLessThan(1_000);
        machine.advance(moment(millis));
    }

    private static Moment moment(long millis) {
        return new Moment(1 + millis * 1_000_000, EPOCH_MILLIS + millis);
    }

    private void merge(String author, String retention, int count) throws RefusedEntryException {
        merge(BLOB, author, retention, count);
    }

    private void merge(BlobId blob, String author, String retention, int count) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob)
                .author(new PeerId(author))
                .size(10)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(Label.of("app.bin"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, count))
                .retention(Retention.parse(retention))
                .build();
        machine.merge(
                List.of(ModelledMembers.verifier(FLEET)
                        .verify(ModelledMembers.signer(FLEET, new PeerId(author))
                                .sign(entry))),
                moment(0));
    }
}
