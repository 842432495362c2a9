package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import dev.swarm.sim.Simulation;
import dev.swarm.transport.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Months of a small fleet: partitions, absences, restores from backups, clocks that are minutes off, pruning after a week. What is
 * revoked stays so until somebody seeds it anew.
 */
@Tag("simulation")
class NoResurrectionTest {

    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final EntryVerifier VERIFIER = ModelledMembers.verifier(FLEET);
    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;
    private static final int NODES = 7;
    private static final int BLOBS = 5;
    private static final int STEPS = 400;

    private final Deque<String> story = new ArrayDeque<>();
    private final List<Node> nodes = new ArrayList<>();
    private Random random;
    private long now = 1_700_000_000_000L;

    /** A node with its clock, what it has known since it was last set back, and its last backup. */
    private final class Node {
        private final PeerId id;
        private final boolean operator;
        private final long clockOff;
        private final EntrySigner signer;
        private final List<VerifiedEntry> known = new ArrayList<>();
        private ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        private ManifestImage backup = ManifestImage.EMPTY;
        private List<VerifiedEntry> knownAtBackup = List.of();
        private int group;
        private long awayUntil;

        Node(int number) {
            operator = number == 0;
            id = new PeerId(operator ? "op" : "node-" + number);
            clockOff = random.nextLong(10 * MINUTE) / 12 - 25_000;
            signer = operator ? ModelledMembers.signer(FLEET, id, Role.OPERATOR) : ModelledMembers.signer(FLEET, id);
        }

        long clock() {
            return now + clockOff;
        }

        boolean meets(Node other) {
            return group == other.group && now >= awayUntil && now >= other.awayUntil;
        }

        void say(BlobId blob, EntryState state) {
            ManifestEntry.Builder draft = manifest.draft(blob, id, clock());
            if (state == EntryState.ACTIVE) {
                draft.size(1)
                        .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                        .label(Label.of("b"))
                        .target(TargetSpec.ALL);
            }
            VerifiedEntry entry = verified(signer.sign(draft.state(state).build()));
            if (manifest.merge(entry, clock()).isMerged()) {
                known.add(entry);
                tell(id + " says " + entry.entry());
            }
        }

        SyncFrame receive(SyncFrame frame) {
            for (SignedEntry signed : frame.entries()) {
                VerifiedEntry entry = verified(signed);
                if (!manifest.merge(entry, clock()).isRefused()) {
                    known.add(entry);
                }
            }
            return ManifestSync.over(manifest).answer(frame);
        }

        void takeBackup() {
            backup = manifest.image();
            knownAtBackup = List.copyOf(known);
            tell(id + " takes a backup");
        }

        void restoreBackup() {
            now += MINUTE;
            manifest = ManifestCrdt.create(ManifestPolicy.defaults());
            assertThat(manifest.restore(backup, VERIFIER, clock())).isEmpty();
            known.clear();
            known.addAll(knownAtBackup);
            tell(id + " is restored from its backup");
        }

        /** Nothing that it knows to be ended is active, unless it knows of a later seed. */
        void check() {
            for (BlobView view : manifest.blobs()) {
                for (VerifiedEntry active : view.activeEntries()) {
                    for (VerifiedEntry other : known) {
                        if (ends(other, active)
                                && !isSeededAfter(view.blob(), other.entry().clock())) {
                            fail(id + " has " + active.entry() + " active, though it knew of " + other.entry());
                        }
                    }
                }
            }
        }

        private boolean isSeededAfter(BlobId blob, HybridTimestamp end) {
            return known.stream()
                    .map(VerifiedEntry::entry)
                    .anyMatch(entry -> entry.blob().equals(blob)
                            && entry.state() == EntryState.ACTIVE
                            && entry.clock().isAfter(end));
        }
    }

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.range(0, Simulation.pick(40, 400, 4_000));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void revoked_staysSoUntilItIsSeededAnew(long seed) {
        random = new Random(seed);
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(i));
        }
        for (int step = 0; step < STEPS; step++) {
            step();
            nodes.forEach(Node::check);
        }
        ManifestCrdt everything = ManifestCrdt.create(ManifestPolicy.defaults());
        nodes.forEach(node -> node.known.forEach(entry -> everything.merge(entry, now + DAY)));
        reunite();

        for (int blob = 0; blob < BLOBS; blob++) {
            BlobView expected = everything.blob(blob(blob));
            boolean active = expected != null && expected.isActive();
            for (Node node : nodes) {
                BlobView view = node.manifest.blob(blob(blob));
                if ((view != null && view.isActive()) != active) {
                    fail("blob " + blob + " is " + (active ? "not " : "") + "active at " + node.id);
                }
            }
        }
    }

    private void step() {
        Node node = nodes.get(random.nextInt(NODES));
        BlobId blob = blob(random.nextInt(BLOBS));
        BlobView view = node.manifest.blob(blob);
        int choice = random.nextInt(100);
        if (choice < 8) {
            node.say(blob, EntryState.ACTIVE);
        } else if (choice < 16 && view != null && view.isActive() && (node.operator || isAuthor(node, view))) {
            node.say(blob, EntryState.REVOKED);
        } else if (choice < 18) {
            node.takeBackup();
        } else if (choice < 20) {
            node.restoreBackup();
        } else if (choice < 23) {
            node.group = random.nextInt(2);
            tell(node.id + " is in part " + node.group);
        } else if (choice < 25) {
            node.awayUntil = now + random.nextLong(40 * DAY);
            tell(node.id + " is away for " + (node.awayUntil - now) / DAY + " days");
        } else if (choice < 35) {
            int dropped = node.manifest.prune(node.clock(), ManifestCrdt.REVOKED_WINDOW);
            tell(node.id + " prunes " + dropped);
        } else if (choice < 45) {
            now += random.nextLong(3 * DAY);
            tell("day " + now / DAY);
        } else {
            now += random.nextLong(10 * MINUTE);
            Node other = nodes.get(random.nextInt(NODES));
            if (other != node && node.meets(other)) {
                exchange(node, other);
            }
        }
    }

    private void reunite() {
        now += 60 * DAY;
        nodes.forEach(node -> node.group = 0);
        for (int round = 0; round < 3; round++) {
            for (Node one : nodes) {
                for (Node other : nodes) {
                    if (one != other) {
                        exchange(one, other);
                        nodes.forEach(Node::check);
                    }
                }
            }
        }
    }

    private void exchange(Node one, Node other) {
        SyncFrame frame = ManifestSync.over(one.manifest).open();
        Node receiver = other;
        for (int frames = 0; !frame.isFinished() && frames < ManifestSync.MAX_FRAMES; frames++) {
            try {
                frame = receiver.receive(SyncFrame.decode(frame.encode(), SyncFrame.MAX_BYTES));
            } catch (MalformedFrameException e) {
                throw new AssertionError(e);
            }
            receiver = receiver == one ? other : one;
        }
        tell(one.id + " and " + other.id + " exchange");
    }

    private static boolean ends(VerifiedEntry word, VerifiedEntry active) {
        ManifestEntry by = word.entry();
        ManifestEntry of = active.entry();
        if (!by.blob().equals(of.blob())) {
            return false;
        }
        HybridTimestamp time = of.clock();
        if (by.author().equals(of.author())) {
            return by.state() != EntryState.ACTIVE && by.clock().isAfter(time);
        }
        return word.isByOperator()
                && by.endsOthersUpTo().isAfter(HybridTimestamp.ZERO)
                && !by.endsOthersUpTo().isBefore(time);
    }

    private static boolean isAuthor(Node node, BlobView view) {
        return view.activeEntries().stream()
                .anyMatch(entry -> entry.entry().author().equals(node.id));
    }

    private static VerifiedEntry verified(SignedEntry entry) {
        try {
            return VERIFIER.verify(entry);
        } catch (RefusedEntryException e) {
            throw new AssertionError(e);
        }
    }

    private static BlobId blob(int number) {
        return new BlobId(number + 1, 0, 0, 0);
    }

    private void tell(String what) {
        story.add(what);
        if (story.size() > 60) {
            story.remove();
        }
    }

    private void fail(String what) {
        throw new AssertionError(what + "; before that: " + String.join("; ", story));
    }
}
