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
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.Mischief;
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
import dev.swarm.peer.HintSource;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.schedule.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A whole node whose world is a {@link SimulatedFleet}: the machine that ships, a store, no socket. */
final class SimulatedNode implements NodeEffects {

    static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private static final String SEGMENT = "eth0";
    private static final long SMALL_MESSAGE_BYTES = 300;

    /** What carries a request or an answer of gossip: its head, a TLS record, TCP and IP. */
    private static final long REQUEST_BYTES = 80 + 38 + 52;

    private static final long ANSWER_BYTES = 117 + 38 + 52;

    private final SimulatedFleet fleet;
    private final int number;
    private final PeerId id;
    private final PeerAddress address;
    private final EntrySigner signer;
    private final NodeStore store;
    private final SimulatedExchanges exchanges;
    private final LeafTraffic leaves;
    private final StoreLine storeLine;
    private final NextWake nextWake;
    private final Map<BlobId, Long> arrivedAt = new HashMap<>();
    private final Set<BlobId> servedTold = new HashSet<>();
    private NodeMachine machine;
    private Conduct conduct = new Conduct();
    private int incarnation;
    private boolean running;
    private boolean kept = true;
    private long clockAheadMillis;
    private long driftPerMillion;
    private int forgeriesSeen;
    private long changedAt;

    /** The present one, if it was asked for. */
    private @Nullable Moment moment;

    SimulatedNode(SimulatedFleet fleet, int number, PeerAddress address) {
        this.fleet = fleet;
        this.number = number;
        this.id = new PeerId("node-" + number);
        this.address = address;
        this.signer = fleet.world().signer(id);
        this.store = fleet.world().store(id);
        this.exchanges = new SimulatedExchanges(fleet, this);
        this.leaves = new LeafTraffic(fleet, this);
        this.storeLine = new StoreLine(fleet, this);
        this.nextWake = new NextWake(fleet.time(), () -> {
            if (running) {
                acted();
            }
        });
        this.machine = newMachine();
    }

    /** Which of the fleet's nodes it is, from 0. */
    int number() {
        return number;
    }

    PeerId id() {
        return id;
    }

    PeerAddress address() {
        return address;
    }

    SimulatedFleet fleet() {
        return fleet;
    }

    NodeMachine machine() {
        return machine;
    }

    NodeStore store() {
        return store;
    }

    LeafTraffic leaves() {
        return leaves;
    }

    SimulatedExchanges exchanges() {
        return exchanges;
    }

    Conduct conduct() {
        return conduct;
    }

    boolean isRunning() {
        return running;
    }

    /** How often the node was started or has crashed. */
    int incarnation() {
        return incarnation;
    }

    /** Whether the machine asked to be told who is given leaves of a blob. */
    boolean isTold(BlobId blob) {
        return servedTold.contains(blob);
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
        return leaves.rejected();
    }

    long leavesFetched() {
        return leaves.fetched();
    }

    void becomeLiar() {
        become(new Conduct() {
            @Override
            Serving serving() {
                return Serving.FALSE;
            }
        });
    }

    /** Sends what it sends of the manifest by way of this. */
    void become(Mischief malice) {
        become(new Conduct() {
            @Override
            SyncFrame frame(SyncFrame planned) {
                return malice.alter(planned);
            }
        });
    }

    void become(Conduct other) {
        conduct = other;
    }

    /** Sets the wall clock so far ahead of the true time. */
    void setClock(long aheadMillis) {
        clockAheadMillis = aheadMillis;
        moment = null;
    }

    /** Has the wall clock go so much too fast from the beginning of time on. */
    void setDrift(long perMillion) {
        driftPerMillion = perMillion;
        moment = null;
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

    /** Leaves of a blob that can be read; none if the disk is off. */
    int held(BlobId blob) {
        try {
            LeafSet held = store.held(blob);
            return held == null ? 0 : held.size();
        } catch (IOException e) {
            return 0;
        }
    }

    List<TransferView> transfers() {
        return machine.transfers(now());
    }

    Moment now() {
        Moment last = moment;
        long now = fleet.time().now();
        if (last == null || last.nanos() != now) {
            long elapsed = now / 1_000_000;
            last = new Moment(now, EPOCH_MILLIS + clockAheadMillis + elapsed + elapsed * driftPerMillion / 1_000_000);
            moment = last;
        }
        return last;
    }

    void start(List<PeerAddress> peers) {
        running = true;
        incarnation++;
        nextWake.cancel();
        servedTold.clear();
        machine = newMachine();
        try {
            store.start();
            machine.located(fleet.hasMulticast() ? Map.of(SEGMENT, address) : Map.of(), Set.of(address), now());
            store.restore(machine.manifest(), fleet.world().verifier(), now().epochMillis());
            storeLine.tell(machine);
        } catch (IOException e) {
            running = false;
            incarnation++;
            store.crash();
            fleet.time().after(1_000_000_000L, () -> startAgain(peers));
            return;
        }
        peers.forEach(peer -> machine.suggested(peer, HintSource.OPERATOR, now()));
        fleet.network().onIdle(address, () -> nextWake.by(fleet.time().now()));
        act();
        fleet.world().happened(this);
    }

    private void startAgain(List<PeerAddress> peers) {
        if (!running) {
            start(peers);
        }
    }

    /** Ends the process; what is on disk stays, and whoever waits for an answer sees the connection break. */
    void crash() {
        if (fleet.world().manifestNanos() == 0) {
            keepManifest();
        }
        running = false;
        incarnation++;
        store.crash();
        leaves.crashed();
        storeLine.crashed();
        exchanges.breakAll();
    }

    /** Keeps the manifest if that failed before, as a node does each cycle. */
    void keepAgain() {
        if (running && !kept) {
            keepManifest();
        }
    }

    private void keepManifest() {
        kept = false;
        try {
            store.keep(machine.manifest());
            kept = true;
            fleet.world().kept(this);
        } catch (IOException e) {
            fleet.time().trace(id + " cannot keep its manifest");
        }
    }

    /** Somebody deletes a blob behind the node's back. */
    void lose(BlobId blob) {
        try {
            store.delete(blob);
        } catch (IOException e) {
            fleet.time().trace(id + " keeps a blob that was to be lost");
        }
        lookAtStore();
    }

    /** Takes stock of the store, as a node does each cycle. */
    void lookAtStore() {
        event(incarnation, storeLine::look);
    }

    void publish(ModelledContent content, String target) {
        publish(content, target, Retention.DEFAULT);
    }

    void publish(ModelledContent content, String target, Retention retention) {
        try {
            store.seed(content, now().epochMillis());
        } catch (IOException e) {
            fleet.time().trace(id + " cannot seed");
            return;
        }
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
        end(blob, EntryState.REVOKED);
    }

    /** Says that a blob is to end. */
    void end(BlobId blob, EntryState state) {
        merge(machine.manifest()
                .draft(blob, id, now().epochMillis())
                .state(state)
                .build());
    }

    /** Dates anew what a wrong clock dated in the future, as a node does each cycle. */
    void dateAnew() {
        machine.manifest().datedAnew(id, now().epochMillis(), 100).forEach(this::merge);
    }

    private void merge(ManifestEntry entry) {
        event(incarnation, () -> verify(List.of(signer.sign(entry)), id).forEach(own -> machine.merge(own, now())));
    }

    private NodeMachine newMachine() {
        NodeRules rules = new NodeRules(
                id,
                fleet.world().fleet().tag(),
                address.port(),
                Duration.ofSeconds(5),
                entry -> entry.target().matches(id, Map.of()),
                entry -> true,
                () -> false,
                DialPolicy.forNodeAt(address));
        return new NodeMachine(
                rules,
                ManifestCrdt.create(ManifestPolicy.defaults()),
                PeerMap.create(id, PeerMap.DEFAULT_MAX_PEERS),
                fleet.world().around(this),
                fleet.time().random());
    }

    /** Those of the entries that are their author's word. Whoever sent others is found out a little later. */
    List<VerifiedEntry> verify(List<SignedEntry> entries, PeerId from) {
        List<VerifiedEntry> verified = entries.isEmpty() ? List.of() : new ArrayList<>();
        for (SignedEntry entry : entries) {
            try {
                verified.add(fleet.world().verifier().verify(entry));
            } catch (RefusedEntryException e) {
                forgeriesSeen++;
            }
        }
        int forged = entries.size() - verified.size();
        fleet.world().offered(this, verified, forged);
        if (forged > 0) {
            int born = incarnation;
            fleet.time().after(0, () -> event(born, () -> machine.sentForgeries(from, forged, now())));
        }
        return verified;
    }

    /** Runs an event in this incarnation, then lets the machine act. */
    void event(int born, Runnable action) {
        if (mayAct(born)) {
            action.run();
            acted();
        }
    }

    /** Whether something that belongs to an incarnation can happen. If it does, {@link #acted} has to follow. */
    boolean mayAct(int born) {
        return running && born == incarnation;
    }

    /** Something happened: lets the machine act. */
    void acted() {
        act();
        fleet.world().happened(this);
    }

    private void act() {
        Moment now = now();
        machine.advance(now);
        nextWake.by(machine.wakeAt(now));
    }

    @Override
    public void watch(PeerAddress peer, long ask, Watch.Question question) {
        exchanges.ask(REQUEST_BYTES + WatchBytes.of(question), new Questions.Watching(this, peer, ask, question));
    }

    @Override
    public void sync(PeerAddress peer, long ask, SyncFrame planned) {
        SyncFrame frame = conduct.frame(planned);
        exchanges.ask(REQUEST_BYTES + frame.encode().remaining(), new Questions.Comparing(this, peer, ask, frame));
    }

    @Override
    public void fetchDenyList(PeerAddress peer) {
        throw new AssertionError("no deny list exists in this world");
    }

    @Override
    public void fetchTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root) {
        long bytes = 32L * layout.leafCount();
        exchanges.ask(SMALL_MESSAGE_BYTES, new Questions.FetchingTree(this, peer, blob, bytes));
    }

    /** Has something happen at this node later, if it is in the same life then. */
    void later(long nanos, Runnable report) {
        int born = incarnation;
        fleet.time().after(nanos, () -> event(born, report));
    }

    @Override
    public void open(BlobId blob, BlobLayout layout, HashTree tree) {
        storeLine.open(blob, layout, tree);
    }

    @Override
    public void fetch(BlobId blob, Scheduler.Fetch fetch) {
        leaves.fetch(blob, fetch);
    }

    @Override
    public void cancelFetch(BlobId blob, long request) {
        leaves.cancel(blob, request);
    }

    @Override
    public void commit(BlobId blob) {
        leaves.cancelAll(blob);
        storeLine.commit(blob, () -> arrivedAt.put(blob, fleet.time().now()));
    }

    @Override
    public void close(BlobId blob, boolean delete) {
        leaves.cancelAll(blob);
        storeLine.close(blob, delete);
    }

    @Override
    public void evict(BlobId blob, boolean bury) {
        fleet.time().trace(id + " evicts");
        storeLine.evict(blob, bury);
    }

    @Override
    public void discard(BlobId blob) {
        storeLine.discard(blob);
    }

    @Override
    public void revive(BlobId blob) {
        storeLine.revive(blob);
    }

    @Override
    public void retire(BlobId blob, HybridTimestamp clock) {
        later(1_000_000, () -> {
            VerifiedEntry own = machine.manifest().entry(new EntryKey(blob, id));
            if (own != null && own.entry().clock().equals(clock)) {
                end(blob, EntryState.REVOKED);
            }
        });
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
        SyncFrame news = small(conduct.frame(planned.news()));
        Watch.Reply sent = news.equals(planned.news())
                ? planned
                : new Watch.Reply(
                        planned.manifest(),
                        planned.entries(),
                        planned.denyList(),
                        planned.epochMillis(),
                        news,
                        planned.shares(),
                        planned.peers());
        Watch.Reply reply = conduct.reply(sent);
        exchanges.answer(exchange, reply, ANSWER_BYTES + WatchBytes.of(reply));
    }

    @Override
    public void answerSync(long exchange, SyncFrame planned) {
        SyncFrame frame = conduct.frame(planned);
        exchanges.answer(exchange, frame, ANSWER_BYTES + frame.encode().remaining());
    }

    private static SyncFrame small(SyncFrame news) {
        boolean fits = news.isFinished() || news.encode().remaining() <= Watch.MAX_NEWS_BYTES;
        return fits ? news : SyncFrame.FINISHED;
    }

    @Override
    public void announce(String segment, Announcement planned) {
        Announcement announcement = conduct.announcement(planned);
        int bytes = announcement.encode().remaining();
        fleet.network().multicast(address, bytes, to -> {
            SimulatedNode node = fleet.at(to);
            node.event(node.incarnation, () -> node.machine.heard(segment, address, announcement, bytes, node.now()));
        });
    }

    @Override
    public long roundTripNanos(PeerAddress peer) {
        return fleet.network().roundTripNanos(address, peer);
    }

    @Override
    public boolean isUplinkIdle() {
        return fleet.network().isIdle(address);
    }

    @Override
    public void manifestChanged() {
        changedAt = fleet.time().now();
        long nanos = fleet.world().manifestNanos();
        if (nanos > 0) {
            int born = incarnation;
            fleet.time().after(nanos, () -> {
                if (running && born == incarnation) {
                    keepManifest();
                    fleet.world().happened(this);
                }
            });
        }
    }
}
