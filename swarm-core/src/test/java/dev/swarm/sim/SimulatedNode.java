package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.Mischief;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeEffects;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.NodeRules;
import dev.swarm.node.TransferView;
import dev.swarm.node.Watch;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A whole node whose world is a {@link SimulatedFleet}: the machine that ships, a modelled disk, no socket. */
final class SimulatedNode implements NodeEffects {

    private static final String SEGMENT = "eth0";
    private static final long SMALL_MESSAGE_BYTES = 300;

    /** What carries a request or an answer of gossip: its head, a TLS record, TCP and IP. */
    private static final long REQUEST_BYTES = 80 + 38 + 52;

    private static final long ANSWER_BYTES = 117 + 38 + 52;
    static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private final SimulatedFleet fleet;
    private final PeerId id;
    private final PeerAddress address;
    private final EntrySigner signer;
    private final ModelledDisk disk = new ModelledDisk();
    private final Map<BlobId, Long> arrivedAt = new HashMap<>();
    private final Set<BlobId> servedTold = new HashSet<>();
    private final Set<Long> cancelled = new HashSet<>();
    private final Map<Long, Consumer<Object>> waiting = new HashMap<>();
    private ManifestImage savedManifest = ManifestImage.EMPTY;
    private NodeMachine machine;
    private int incarnation;
    private boolean running;
    private boolean liar;
    private @Nullable Mischief mischief;
    private long clockAheadMillis;
    private int forgeriesSeen;
    private long nextExchange = 1;
    private long nextWake = Long.MAX_VALUE;
    private long leavesFetched;
    private long leavesRejected;
    private long changedAt;

    SimulatedNode(SimulatedFleet fleet, PeerId id, PeerAddress address) {
        this.fleet = fleet;
        this.id = id;
        this.address = address;
        this.signer = ModelledMembers.signer(SimulatedFleet.FLEET, id);
        this.machine = newMachine();
    }

    PeerId id() {
        return id;
    }

    PeerAddress address() {
        return address;
    }

    NodeMachine machine() {
        return machine;
    }

    boolean isRunning() {
        return running;
    }

    /** When the manifest changed last. */
    long changedAt() {
        return changedAt;
    }

    /** When a blob that this node received was complete, in virtual nanoseconds; 0 if it is not. */
    long completedAt(BlobId blob) {
        return arrivedAt.getOrDefault(blob, 0L);
    }

    /** Leaves that came in and were not what they should have been. */
    long leavesRejected() {
        return leavesRejected;
    }

    long leavesFetched() {
        return leavesFetched;
    }

    void becomeLiar() {
        liar = true;
    }

    /** Sends what it sends of the manifest by way of this. */
    void become(Mischief malice) {
        mischief = malice;
    }

    /** Sets the wall clock so far ahead of the true time. */
    void setClock(long aheadMillis) {
        clockAheadMillis = aheadMillis;
    }

    /** Entries seen that are not their author's word. */
    int forgeriesSeen() {
        return forgeriesSeen;
    }

    /** How far the manifest's clock is ahead of the wall clock. */
    long manifestClockAheadMillis() {
        long wall = now().epochMillis();
        return machine.manifest().nextClock(wall).epochMillis() - wall;
    }

    int held(BlobId blob) {
        LeafSet leaves = disk.held(blob);
        return leaves == null ? 0 : leaves.size();
    }

    List<TransferView> transfers() {
        return machine.transfers(now());
    }

    void start(List<PeerAddress> peers) {
        running = true;
        incarnation++;
        machine = newMachine();
        machine.located(fleet.hasMulticast() ? Map.of(SEGMENT, address) : Map.of(), Set.of(address), now());
        machine.manifest().restore(savedManifest, ModelledMembers.verifier(SimulatedFleet.FLEET), now().epochMillis());
        machine.storeHolds(disk.complete());
        peers.forEach(peer -> machine.suggested(peer, now()));
        act();
    }

    /** Ends the process; disk and saved manifest stay, and whoever waits for an answer sees the connection break. */
    void crash() {
        savedManifest = machine.manifest().image();
        running = false;
        incarnation++;
        waiting.clear();
        exchanges.values().forEach(exchange -> fleet.time()
                .after(fleet.network().roundTripNanos() / 2, exchange.lost()));
        exchanges.clear();
    }

    /** Somebody deletes a blob behind the node's back. */
    void lose(BlobId blob) {
        disk.delete(blob);
        machine.lookingAtStore();
        machine.storeHolds(disk.complete());
        act();
    }

    void publish(ModelledContent content, String target) {
        publish(content, target, Retention.DEFAULT);
    }

    void publish(ModelledContent content, String target, Retention retention) {
        disk.put(content.id(), LeafSet.all(content.layout().leafCount()), now().epochMillis());
        machine.stored(content.id(), now());
        merge(machine.manifest()
                .draft(content.id(), id, now().epochMillis())
                .size(content.layout().size())
                .root(content.tree().root())
                .label(dev.swarm.blob.Label.of("blob"))
                .channel(ManifestEntry.DEFAULT_CHANNEL)
                .target(dev.swarm.manifest.TargetSpec.parse(target))
                .retention(retention)
                .state(EntryState.ACTIVE)
                .build());
    }

    /** Publishes so many blobs that nobody wants at once; the bytes of their signed entries. */
    long publishMany(SimulatedFleet world, int count) {
        long bytes = 0;
        List<SignedEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BlobId blob = new BlobId(world.time().random().nextLong(), 0, 0, 0);
            SignedEntry entry = signer.sign(machine.manifest()
                    .draft(blob, id, now().epochMillis())
                    .size(1)
                    .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                    .label(dev.swarm.blob.Label.of("blob-" + i))
                    .target(dev.swarm.manifest.TargetSpec.parse("nobody"))
                    .build());
            entries.add(entry);
            bytes += entry.encode().length;
        }
        machine.merge(verify(entries, id), now());
        act();
        return bytes;
    }

    void revoke(BlobId blob) {
        merge(machine.manifest()
                .draft(blob, id, now().epochMillis())
                .state(EntryState.REVOKED)
                .build());
    }

    private void merge(ManifestEntry entry) {
        machine.merge(verify(List.of(signer.sign(entry)), id), now());
        act();
    }

    private NodeMachine newMachine() {
        NodeRules rules = new NodeRules(
                id,
                SimulatedFleet.FLEET.tag(),
                address.port(),
                Duration.ofSeconds(5),
                entry -> entry.target().matches(id, Map.of()),
                entry -> true,
                DialPolicy.forNodeAt(address));
        return new NodeMachine(
                rules,
                ManifestCrdt.create(ManifestPolicy.defaults()),
                PeerMap.create(id, PeerMap.DEFAULT_MAX_PEERS),
                this,
                fleet.time().random());
    }

    private Moment now() {
        return new Moment(
                fleet.time().now(),
                EPOCH_MILLIS + clockAheadMillis + fleet.time().now() / 1_000_000);
    }

    private List<VerifiedEntry> verify(List<SignedEntry> entries, PeerId from) {
        List<VerifiedEntry> verified = new ArrayList<>();
        for (SignedEntry entry : entries) {
            try {
                verified.add(ModelledMembers.verifier(SimulatedFleet.FLEET).verify(entry));
            } catch (RefusedEntryException e) {
                forgeriesSeen++;
            }
        }
        int forged = entries.size() - verified.size();
        if (forged > 0) {
            int born = incarnation;
            fleet.time().after(0, () -> event(born, () -> machine.sentForgeries(from, forged, now())));
        }
        return verified;
    }

    /** Runs an event in this incarnation, then lets the machine act. */
    private void event(int born, Runnable action) {
        if (running && born == incarnation) {
            action.run();
            act();
        }
    }

    private void act() {
        machine.advance(now());
        long wake = machine.wakeAt(now());
        if (wake < nextWake || nextWake <= fleet.time().now()) {
            nextWake = wake;
            int born = incarnation;
            if (wake < Long.MAX_VALUE) {
                fleet.time().at(wake, () -> event(born, () -> {}));
            }
        }
    }

    /** Asks another node; exactly one of the two runs here later. */
    private <T> void ask(
            PeerAddress peer,
            long bytes,
            Consumer<SimulatedNode> question,
            Class<T> kind,
            Consumer<T> answered,
            Runnable failed) {
        int born = incarnation;
        long number = nextExchange++;
        Runnable lost = () -> event(born, () -> {
            if (waiting.remove(number) != null) {
                failed.run();
            }
        });
        waiting.put(number, answer -> answered.accept(kind.cast(answer)));
        fleet.network()
                .send(
                        address,
                        peer,
                        bytes,
                        () -> {
                            SimulatedNode target = fleet.at(peer);
                            if (target.running) {
                                target.replyTo = new ReplyTo(this, born, number, lost);
                                question.accept(target);
                            } else {
                                lost.run();
                            }
                        },
                        lost);
    }

    private record ReplyTo(SimulatedNode asker, int born, long number, Runnable lost) {}

    private ReplyTo replyTo = new ReplyTo(this, 0, 0, () -> {});
    private final Map<Long, ReplyTo> exchanges = new HashMap<>();

    private void reply(ReplyTo to, Object answer, long bytes) {
        fleet.network()
                .send(
                        address,
                        to.asker().address,
                        bytes,
                        () -> to.asker().event(to.born(), () -> {
                            Consumer<Object> consumer = to.asker().waiting.remove(to.number());
                            if (consumer != null) {
                                consumer.accept(answer);
                            }
                        }),
                        to.lost());
    }

    private long keepExchange() {
        long number = nextExchange++;
        exchanges.put(number, replyTo);
        return number;
    }

    @Override
    public void watch(PeerAddress peer, long ask, Watch.Question question) {
        ask(
                peer,
                REQUEST_BYTES + question.encode().remaining(),
                target -> target.event(target.incarnation, () -> {
                    long exchange = target.keepExchange();
                    target.machine.watchAsked(exchange, id, address, question, target.now());
                }),
                Watch.Reply.class,
                reply -> machine.watchAnswered(
                        ask, fleet.at(peer).id, reply, verify(reply.news().entries(), fleet.at(peer).id), now()),
                () -> machine.watchFailed(ask, now()));
    }

    private SyncFrame sent(SyncFrame frame) {
        Mischief malice = mischief;
        return malice == null ? frame : malice.alter(frame);
    }

    @Override
    public void sync(PeerAddress peer, long ask, SyncFrame planned) {
        SyncFrame frame = sent(planned);
        ask(
                peer,
                REQUEST_BYTES + frame.encode().remaining(),
                target -> target.event(
                        target.incarnation,
                        () -> target.machine.syncAsked(
                                target.keepExchange(), id, frame, target.verify(frame.entries(), id), target.now())),
                SyncFrame.class,
                answer -> machine.syncAnswered(ask, answer, verify(answer.entries(), fleet.at(peer).id), now()),
                () -> machine.syncFailed(ask, now()));
    }

    @Override
    public void fetchDenyList(PeerAddress peer) {
        throw new AssertionError("no deny list exists in this world");
    }

    @Override
    public void fetchTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root) {
        ask(
                peer,
                SMALL_MESSAGE_BYTES,
                target -> target.reply(target.replyTo, fleet.content(blob).tree(), 32L * layout.leafCount()),
                HashTree.class,
                tree -> machine.treeAnswered(peer, blob, tree),
                () -> machine.treeFailed(peer, blob));
    }

    @Override
    public void open(BlobId blob, BlobLayout layout, HashTree tree) {
        LeafSet held = disk.begin(blob, layout.leafCount());
        int born = incarnation;
        fleet.time().after(1_000_000, () -> event(born, () -> machine.opened(blob, held.copy(), now())));
    }

    @Override
    public void fetch(BlobId blob, Scheduler.Fetch fetch) {
        int born = incarnation;
        fleet.network()
                .send(
                        address,
                        fetch.peer(),
                        SMALL_MESSAGE_BYTES,
                        () -> serve(blob, fetch, born),
                        () -> event(
                                born, () -> machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.BROKEN, now())));
    }

    private void serve(BlobId blob, Scheduler.Fetch fetch, int born) {
        SimulatedNode source = fleet.at(fetch.peer());
        LeafSet held = source.disk.held(blob);
        boolean holds = source.running && held != null && held.containsRange(fetch.first(), fetch.end());
        if (!holds) {
            fleet.network()
                    .send(
                            source.address,
                            address,
                            SMALL_MESSAGE_BYTES,
                            () -> event(
                                    born,
                                    () -> machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.NOT_HELD, now())),
                            () -> {});
            return;
        }
        if (source.servedTold.contains(blob)) {
            source.event(
                    source.incarnation,
                    () -> source.machine.served(id, blob, fetch.first(), fetch.end(), source.now()));
        }
        for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
            int index = leaf;
            long bytes = fleet.content(blob).layout().leafLength(leaf);
            fleet.network()
                    .send(
                            source.address,
                            address,
                            bytes,
                            () -> event(born, () -> receive(blob, fetch, index, source.liar)),
                            () -> event(
                                    born,
                                    () -> machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.BROKEN, now())));
        }
    }

    private void receive(BlobId blob, Scheduler.Fetch fetch, int leaf, boolean lie) {
        LeafSet held = disk.held(blob);
        if (held == null || cancelled.contains(fetch.request())) {
            return;
        }
        if (lie) {
            leavesRejected++;
            machine.leafRejected(blob, fetch.request(), leaf, fetch.peer(), now());
        } else {
            leavesFetched++;
            held.add(leaf);
            machine.leafStored(blob, fetch.request(), leaf, fetch.peer(), now());
        }
        fleet.time().trace(id + " leaf " + leaf);
        if (leaf == fetch.end() - 1) {
            machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.COMPLETE, now());
        }
    }

    @Override
    public void cancelFetch(BlobId blob, long request) {
        cancelled.add(request);
    }

    @Override
    public void commit(BlobId blob) {
        int born = incarnation;
        fleet.time()
                .after(
                        5_000_000,
                        () -> event(born, () -> {
                            fleet.time().trace(id + " complete");
                            disk.completed(blob, now().epochMillis());
                            arrivedAt.put(blob, fleet.time().now());
                            machine.committed(blob, now());
                        }));
    }

    @Override
    public void close(BlobId blob, boolean delete) {
        if (delete) {
            disk.delete(blob);
        }
    }

    @Override
    public void evict(BlobId blob, boolean bury) {
        fleet.time().trace(id + " evicts");
        if (bury) {
            disk.bury(blob);
        } else {
            disk.delete(blob);
        }
    }

    @Override
    public void revive(BlobId blob) {
        if (disk.revive(blob, now().epochMillis())) {
            int born = incarnation;
            fleet.time().after(1_000_000, () -> event(born, () -> machine.stored(blob, now())));
        }
    }

    @Override
    public void retire(BlobId blob, HybridTimestamp clock) {
        int born = incarnation;
        fleet.time()
                .after(
                        1_000_000,
                        () -> event(born, () -> {
                            VerifiedEntry own = machine.manifest().entry(new EntryKey(blob, id));
                            if (own != null && own.entry().clock().equals(clock)) {
                                revoke(blob);
                            }
                        }));
    }

    @Override
    public void tellServed(BlobId blob, boolean tell) {
        if (tell) {
            servedTold.add(blob);
        } else {
            servedTold.remove(blob);
        }
    }

    @Override
    public void answerWatch(long exchange, Watch.Reply planned) {
        Watch.Reply reply = new Watch.Reply(
                planned.manifest(),
                planned.entries(),
                planned.denyList(),
                planned.epochMillis(),
                small(sent(planned.news())),
                planned.shares(),
                planned.peers());
        answer(exchange, reply, ANSWER_BYTES + reply.encode().remaining());
    }

    @Override
    public void answerSync(long exchange, SyncFrame planned) {
        SyncFrame frame = sent(planned);
        answer(exchange, frame, ANSWER_BYTES + frame.encode().remaining());
    }

    private static SyncFrame small(SyncFrame news) {
        return news.encode().remaining() > Watch.MAX_NEWS_BYTES ? SyncFrame.FINISHED : news;
    }

    private void answer(long exchange, Object body, long bytes) {
        ReplyTo to = exchanges.remove(exchange);
        if (to != null) {
            reply(to, body, bytes);
        }
    }

    @Override
    public void announce(String segment, Announcement announcement) {
        int bytes = announcement.encode().remaining();
        fleet.network().multicast(address, bytes, to -> {
            SimulatedNode node = fleet.at(to);
            node.event(node.incarnation, () -> node.machine.heard(segment, address, announcement, bytes, node.now()));
        });
    }

    @Override
    public long roundTripNanos(PeerAddress peer) {
        return fleet.network().roundTripNanos();
    }

    @Override
    public void manifestChanged() {
        changedAt = fleet.time().now();
    }
}
