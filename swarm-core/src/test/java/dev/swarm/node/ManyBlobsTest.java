package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Role;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node that wants more small blobs than fit one question asks for and runs at once. */
class ManyBlobsTest {

    private static final int BLOBS = 2_000;
    private static final int MOST_AT_ONCE = 1_024;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SEEDER = new PeerId("seeder");
    private static final PeerId OTHER = new PeerId("other");
    private static final PeerAddress ADDRESS = PeerAddress.parse("10.1.0.1:1531");

    private record Question(long number, boolean hold, List<Watch.Want> wants) {}

    private final List<Question> questions = new ArrayList<>();
    private final Queue<BlobId> toOpen = new ArrayDeque<>();
    private final Queue<Runnable> fetches = new ArrayDeque<>();
    private final Queue<BlobId> toCommit = new ArrayDeque<>();
    private final Set<BlobId> underWay = new HashSet<>();
    private NodeMachine machine;
    private int answered;
    private long nanos = MILLI;
    private int most;

    @BeforeEach
    void start() throws RefusedEntryException {
        start(Integer.BYTES);
    }

    private void start(int bytes) throws RefusedEntryException {
        questions.clear();
        PeerMap peers = PeerMap.create(new PeerId("receiver"), PeerMap.DEFAULT_MAX_PEERS);
        NodeRules rules = Scripted.rules(new PeerId("receiver"), FLEET.tag());
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.builder().build());
        machine = new NodeMachine(rules, manifest, peers, effects(), new Random(1));
        machine.suggested(ADDRESS, now());
        List<VerifiedEntry> entries = new ArrayList<>();
        for (int i = 0; i < BLOBS; i++) {
            entries.add(entry(i, bytes));
        }
        machine.merge(entries, now());
        machine.advance(now());
    }

    @Test
    void advance_moreBlobsThanFitAQuestion_allComeFromOneNeighbour() {
        for (int turn = 0; turn < 40 * BLOBS && !machine.transfers(now()).isEmpty(); turn++) {
            step();
        }

        assertThat(machine.transfers(now())).isEmpty();
        assertThat(most).isEqualTo(MOST_AT_ONCE);
        assertThat(questions)
                .allMatch(question -> question.wants().size() <= Watch.MAX_WANTS)
                .hasSizeLessThan(5 * BLOBS / Watch.MAX_WANTS + 50);
    }

    @Test
    void advance_blobsOfAWholeLeaf_noMoreRunThanHoldSixteenMebibytes() throws RefusedEntryException {
        start(BlobLayout.LEAF_BYTES);

        for (int turn = 0; turn < 40 * BLOBS && !machine.transfers(now()).isEmpty(); turn++) {
            step();
        }

        assertThat(machine.transfers(now())).isEmpty();
        assertThat(most).isEqualTo((16 << 20) / BlobLayout.LEAF_BYTES);
    }

    @Test
    void watchAnswered_everyBlobIsThere_asksForTheNextOnesBeforeAnyHasCome() {
        Set<BlobId> asked = new HashSet<>();
        for (int round = 0; round < 2 * BLOBS / Watch.MAX_WANTS; round++) {
            answerQuestions();
            machine.advance(now());
        }
        questions.forEach(question -> question.wants().forEach(want -> asked.add(want.blob())));

        assertThat(asked).hasSize(BLOBS);
    }

    @Test
    void watchFailed_theOnlyNeighbour_asksAnewForWhatItGave() {
        answerQuestions();
        machine.advance(now());
        Question parked = questions.get(questions.size() - 1);
        machine.watchFailed(parked.number(), now());
        nanos += 2_000 * MILLI;
        answered = questions.size();

        machine.advance(now());

        assertThat(questions).hasSizeGreaterThan(answered);
        assertThat(questions.get(answered).wants()).hasSize(Watch.MAX_WANTS);
    }

    @Test
    void storeHolds_blobWhoseCommitIsUnderWay_isCompleteOnceThatHasFailedAndToldOnce() {
        BlobId blob = runUntilACommit();
        Map<BlobId, Long> found = Map.of(blob, EPOCH_MILLIS);

        assertThat(machine.storeHolds(found)).isEmpty();
        assertThat(machine.isComplete(blob)).isFalse();

        machine.commitFailed(blob, "its sources cannot be written", now());
        assertThat(machine.storeHolds(found)).containsExactly(blob);
        assertThat(machine.storeHolds(found)).isEmpty();
        assertThat(machine.isComplete(blob)).isTrue();
        assertThat(machine.transfers(now())).extracting(TransferView::blob).doesNotContain(blob);
    }

    @Test
    void storeHolds_blobThatWasCommitted_isNotToldAgain() {
        BlobId blob = runUntilACommit();
        machine.committed(blob, now());

        assertThat(machine.storeHolds(Map.of(blob, EPOCH_MILLIS))).isEmpty();
    }

    @Test
    void shapeIsFalse_blob_isFetchedAgainByAnotherRootAlone() throws RefusedEntryException {
        BlobId blob = runUntilACommit();
        VerifiedEntry wrong = machine.manifest().blob(blob).winner();

        machine.shapeIsFalse(blob);
        machine.rulesChanged();
        runWithoutOpening(blob);
        machine.merge(List.of(sign(said(wrong).author(OTHER))), now());
        runWithoutOpening(blob);
        ManifestEntry unlike = entry(BLOBS, Integer.BYTES).entry();
        machine.merge(
                List.of(sign(said(wrong)
                        .author(OTHER)
                        .clock(HybridTimestamp.of(EPOCH_MILLIS, 1))
                        .root(unlike.root()))),
                now());
        machine.advance(now());

        assertThat(machine.transfers(now())).extracting(TransferView::blob).contains(blob);
    }

    private void runWithoutOpening(BlobId blob) {
        for (int turn = 0; turn < 5_000; turn++) {
            assertThat(toOpen).doesNotContain(blob);
            step();
        }
        assertThat(machine.transfers(now())).isEmpty();
    }

    private BlobId runUntilACommit() {
        answerQuestions();
        machine.advance(now());
        while (toCommit.isEmpty()) {
            answerQuestions();
            while (!toOpen.isEmpty()) {
                machine.opened(toOpen.remove(), LeafSet.none(1), now());
            }
            if (!fetches.isEmpty()) {
                fetches.remove().run();
            }
            machine.advance(now());
            nanos += MILLI;
        }
        return toCommit.remove();
    }

    private void step() {
        answerQuestions();
        while (!toOpen.isEmpty()) {
            BlobId blob = toOpen.remove();
            underWay.add(blob);
            machine.opened(blob, LeafSet.none(1), now());
        }
        most = Math.max(most, underWay.size());
        for (int i = 0; i < 20 && !fetches.isEmpty(); i++) {
            fetches.remove().run();
        }
        while (!toCommit.isEmpty()) {
            BlobId blob = toCommit.remove();
            underWay.remove(blob);
            machine.committed(blob, now());
        }
        machine.advance(now());
        nanos += MILLI;
    }

    /** Everything that is asked for is there; a question that would bring nothing new is held back. */
    private void answerQuestions() {
        for (; answered < questions.size(); answered++) {
            Question question = questions.get(answered);
            List<Watch.Share> shares = question.wants().stream()
                    .map(want -> Watch.Share.of(want.blob(), LeafSet.all(1)))
                    .filter(share -> !question.wants().contains(new Watch.Want(share.blob(), share.version())))
                    .toList();
            if (!question.hold() || !shares.isEmpty()) {
                machine.watchAnswered(
                        question.number(),
                        SEEDER,
                        new Watch.Reply(
                                new Fingerprint(0, 0), 0, 0, EPOCH_MILLIS, SyncFrame.FINISHED, shares, List.of()),
                        List.of(),
                        now());
            }
        }
    }

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            switch (method) {
                case "watch" -> {
                    Watch.Question question = (Watch.Question) given[2];
                    questions.add(new Question((Long) given[1], question.hold(), question.wants()));
                }
                case "open" -> toOpen.add((BlobId) given[0]);
                case "fetch" -> fetches.add(() -> deliver((BlobId) given[0], (Scheduler.Fetch) given[1]));
                case "commit" -> toCommit.add((BlobId) given[0]);
                default -> {}
            }
            return null;
        });
    }

    private void deliver(BlobId blob, Scheduler.Fetch fetch) {
        machine.leafStored(blob, fetch.request(), 0, fetch.peer(), now());
        machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.COMPLETE, now());
    }

    private Moment now() {
        return new Moment(nanos, EPOCH_MILLIS + nanos / MILLI);
    }

    private static VerifiedEntry entry(int number, int bytes) throws RefusedEntryException {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.allocate(bytes).putInt(0, number));
        BlobCache.Seeded blob = hasher.finish();
        return sign(ManifestEntry.builder()
                .blob(blob.id())
                .author(SEEDER)
                .size(blob.layout().size())
                .root(blob.tree().root())
                .label(Label.of("file-" + number))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, 0)));
    }

    private static ManifestEntry.Builder said(VerifiedEntry entry) {
        return ManifestEntry.builder()
                .blob(entry.entry().blob())
                .size(entry.entry().size())
                .root(entry.entry().root())
                .label(entry.entry().label())
                .target(entry.entry().target())
                .clock(entry.entry().clock());
    }

    private static VerifiedEntry sign(ManifestEntry.Builder entry) throws RefusedEntryException {
        ManifestEntry built = entry.build();
        return ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, built.author(), Role.OPERATOR)
                        .sign(built));
    }
}
