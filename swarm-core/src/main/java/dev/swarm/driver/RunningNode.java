package dev.swarm.driver;

import dev.swarm.Bandwidth;
import dev.swarm.NodeCounter;
import dev.swarm.NodeHealth;
import dev.swarm.NodeStatus;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.SystemAdapters;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.DenyList;
import dev.swarm.manifest.EntryFate;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.Gate;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.NodeRules;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.HintSource;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.transport.Answer;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Role;
import dev.swarm.transport.Router;
import dev.swarm.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node on real sockets, disks and time. Safe for many threads. */
public final class RunningNode implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RunningNode.class);

    private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

    /** For all plugins together to close. */
    private static final Duration PLUGINS_GRACE = Duration.ofSeconds(1);

    private final SwarmConfig config;
    private final NodeResources resources;
    private final NodeThreads threads;
    private final Tellers tellers;
    private final BlobCache blobs;
    private final StoreKeeper store;
    private final NodeParts parts;
    private final SocketEffects effects;
    private final Router router = new Router();
    private final NodeRules rules;
    private final NodeMachine machine;
    private final BlobRoutes blobRoutes;
    private final OfferedTraits traits = new OfferedTraits();
    private final GossipRoutes gossipRoutes;
    private final StorageHealth storage;
    private final SubsystemHost subsystems;
    private final Publisher publisher;
    private final NodeJournal journal;
    private final Transport transport;
    private final DownloadLimit downloads;
    private final DenyGate denyGate;
    private final ClockHealth clockHealth = new ClockHealth();
    private final SegmentPorts segments;
    private final StoreLooks looks;
    private final WarmUp warmUp;
    private final Coordination coordination;
    private final NodeLoop loop;
    private final AwaitedBlobs awaited = new AwaitedBlobs();
    private final Lifetime lifetime;
    private final Object rotation = new Object();
    private volatile PeerCertificate identity;
    private final SerialExecutor datingAnew;
    private long cycleAt;
    private long denyPollAt;

    /**
     * Starts a node; it serves when this returns.
     *
     * @throws SwarmException naming what is wrong and the remedy
     */
    public static RunningNode start(SwarmConfig config) {
        NodeResources resources = new NodeResources();
        try {
            PeerCertificate identity =
                    MemberCertificates.read(config.credentials().certificate());
            return new RunningNode(config, identity, resources);
        } catch (IOException e) {
            resources.release();
            throw new SwarmException(
                    Reason.STORAGE,
                    "cannot use data directory " + config.dataDirectory() + ": " + e.getMessage()
                            + "; name one that this user may write",
                    e);
        } catch (RuntimeException | Error e) {
            resources.release();
            throw e;
        }
    }

    private RunningNode(SwarmConfig config, PeerCertificate identity, NodeResources resources) throws IOException {
        this.config = config;
        Coordination.requireRole(config, identity);
        this.resources = resources;
        this.threads = resources.threads();
        this.tellers = resources.tellers();
        this.blobs = resources.openStore(config);
        StateFiles files = new StateFiles(config.dataDirectory());
        this.denyGate = new DenyGate(
                config.credentials().authority(), config.credentials().certificate(), files, config.denyList());
        denyGate.load();
        this.identity = identity;
        this.store = new StoreKeeper(blobs);
        FleetId fleet = FleetId.of(config.credentials().authority());
        EntryVerifier verifier =
                EntryVerifier.of(fleet, config.credentials().authority(), certificate -> denyGate.denies(certificate));
        DiskGate disk = DiskGate.of(DiskGate.SpaceProbe.fileStores(), config.minFreePercent());
        this.parts = new NodeParts(identity.host(), clocks(), blobs, disk, verifier, threads.workers(), new Changes());
        parts.namesakes().showing(config.credentials().certificate());
        this.lifetime = new Lifetime(parts.ticker());
        this.effects = new SocketEffects(parts, threads.store());
        this.blobRoutes = new BlobRoutes(blobs, this::served, parts.events()::sent, parts.outgoing());
        this.subsystems = new SubsystemHost(identity.host(), threads.plugins(), config.users());
        subsystems.load(SubsystemHost.installed(), name -> config.gate(name).allows(identity.host()));
        this.transport = resources.openTransport(config, denyGate, router, parts.ticker());
        parts.attach(transport);
        denyGate.onChange(this::denyListChanged);
        this.downloads = new DownloadLimit(config.maxBandwidth(), transport::limitDownloads);
        SegmentRule where =
                new SegmentRule(config.multicast(), transport.localAddress().ip(), config.announceAddress());
        ManifestCrdt manifest = ManifestCrdt.create(
                ManifestPolicy.builder().seeding(config.seeding()).build());
        this.rules = rules(fleet, where);
        this.machine = new NodeMachine(
                rules,
                manifest,
                PeerMap.create(identity.host(), PeerMap.DEFAULT_MAX_PEERS),
                effects,
                SystemAdapters.randomness());
        effects.attach(machine);
        this.segments = segments(where);
        parts.attach(segments);
        parts.attach(MemberStatements.of(config.credentials(), denyGate::denies));
        ManifestWriter writer = ManifestWriter.of(
                manifest, fleet, config.dataDirectory(), parts, new SerialExecutor(threads.journal()));
        this.gossipRoutes = new GossipRoutes(parts, machine, effects, traits);
        this.coordination =
                new Coordination(parts, machine, rules, config, traits::readAll, SystemAdapters.randomness());
        StateJson state = new StateJson(config, subsystems, () -> trait("swarm_seeds"));
        this.journal = new NodeJournal(parts, machine, writer, files, subsystems, coordination::lastCheckIn, state);
        this.loop = new NodeLoop(new NamedThreads("swarm-node"), parts.ticker(), this::turn);
        parts.attach(loop);
        EntrySigner signer = EntrySigner.of(config.credentials(), fleet);
        this.publisher = new Publisher(parts, machine, signer, verifier, journal::manifestStored);
        this.datingAnew = new SerialExecutor(threads.workers());
        this.looks = new StoreLooks(parts, machine, store, journal, config.cycle());
        this.storage = new StorageHealth(parts, config.minFreePercent());
        this.warmUp = new WarmUp(parts);
        open();
    }

    private static NodeParts.NodeClocks clocks() {
        return new NodeParts.NodeClocks(SystemAdapters.ticker(), SystemAdapters.wallClock());
    }

    private void open() {
        Moment now = parts.now();
        located(segments.look());
        journal.load(now);
        machine.storeHolds(store.complete());
        machine.storeHoldsPartly(store.partial(), journal.isWhole());
        config.peers().forEach(peer -> machine.suggested(peer, HintSource.OPERATOR, now));
        refreshRevoked();
        machine.denyListInForce(denyGate.number());
        denyGate.addTo(router);
        clockHealth.addTo(router);
        new ReachBack(parts).addTo(router);
        blobRoutes.addTo(router);
        gossipRoutes.addTo(router);
        storage.addTo(router);
        coordination.addTo(router);
        traits.offer("swarm_node", BuildVersion::trait);
        traits.offer("swarm", new SwarmTrait(blobs, config.traits(), () -> ask(() -> machine.transfers(parts.now()))));
        PluginMeans means =
                new PluginMeans(router, traits, storage, publisher, tellers, new ConcurrentHashMap<>(), subsystems);
        subsystems.start(name -> new PluginContext(this, parts, name, means));
        loop.start();
        gossipRoutes.ready(true);
        if (config.warmUp()) {
            warmUp.addTo(router);
            warmUp.start();
        }
    }

    private NodeRules rules(FleetId fleet, SegmentRule where) {
        return new NodeRules(
                identity.host(),
                fleet.tag(),
                transport.localAddress().port(),
                config.cycle(),
                entry -> subsystems.assigns(entry) && entry.target().matches(identity.host(), config.traits()),
                subsystems::assigns,
                () -> identity.roles().contains(Role.OPERATOR),
                DialPolicy.of(where.isOnLoopback(InterfaceLister::ofThisMachine)));
    }

    private SegmentPorts segments(SegmentRule where) {
        return new SegmentPorts(
                where,
                InterfaceLister::ofThisMachine,
                transport.localAddress().port(),
                transport::openMulticast,
                segment -> new AnnouncementReader(parts, machine, segment));
    }

    /** One turn of the loop, after each batch of events. */
    private long turn() {
        Moment now = parts.now();
        if (now.nanos() >= cycleAt) {
            cycleAt = now.nanos() + config.cycle().toNanos();
            threads.workers().execute(() -> downloads.refresh(segments.outward()));
            looks.cycle(now);
            segments.lookOn(threads.workers(), location -> loop.execute(() -> located(location)));
            subsystems.cycle();
            journal.cycle();
            coordination.cycle(now);
            lookAtClock(now);
            blobRoutes.namePeers(machine.peers().peers(now.nanos()).stream()
                    .filter(peer -> peer.trust() > 0 && peer.reachable())
                    .map(PeerView::address)
                    .toList());
        }
        machine.advance(now);
        effects.turnEnds();
        if (machine.isReceiving()) {
            // It would take the line, and the share of it that downloads may have, from what is wanted.
            warmUp.stop();
        }
        long wake = Math.min(Math.min(cycleAt, machine.wakeAt(now)), journal.advance(now));
        return parts.tickerTime(denyGate.isWatching() ? Math.min(wake, pollDenyList(now)) : wake);
    }

    private void lookAtClock(Moment now) {
        List<VerifiedEntry> ahead = machine.manifest().datedAhead(parts.self(), now.epochMillis());
        clockHealth.look(machine.aheadMillis(now), ahead.size());
        if (publisher.hasToDateAnew()) {
            datingAnew.execute(publisher::dateAnew);
        }
    }

    private long pollDenyList(Moment now) {
        if (now.nanos() >= denyPollAt) {
            denyPollAt = now.nanos() + DenyGate.POLL_NANOS;
            threads.workers().execute(denyGate::poll);
        }
        return denyPollAt;
    }

    private void located(SegmentPorts.Location location) {
        machine.located(location.segments(), location.own(), parts.now());
    }

    /** Reacts to what the machine did. */
    private final class Changes implements NodeListener {

        @Override
        public void completed(BlobId blob) {
            BlobView view = machine.manifest().blob(blob);
            if (view != null) {
                subsystems.completed(view);
            }
            awaited.completed(blob);
        }

        @Override
        public void evicting(BlobId blob) {
            BlobView view = machine.manifest().blob(blob);
            if (view != null) {
                subsystems.revoked(view);
            }
        }

        @Override
        public void retiring(BlobId blob, HybridTimestamp clock) {
            threads.workers().execute(() -> publisher.retire(blob, clock));
        }

        @Override
        public void endingLapsed(BlobId blob, HybridTimestamp newest) {
            threads.workers().execute(() -> publisher.endLapsed(blob, newest));
        }

        @Override
        public void followingServed(BlobId blob, boolean follows) {
            blobRoutes.tell(blob, follows);
        }

        @Override
        public void manifestChanged() {
            refreshRevoked();
            journal.manifestChanged();
        }

        @Override
        public void denyListTold(PeerAddress peer, Answer answer) {
            denyGate.offerFrom(peer, answer);
        }
    }

    private void served(PeerId peer, BlobId blob, int first, int end) {
        loop.execute(() -> machine.served(peer, blob, first, end, parts.now()));
    }

    private void denyListChanged() {
        transport.recheck();
        loop.execute(() -> machine.denyListInForce(denyGate.number()));
    }

    private void refreshRevoked() {
        Set<BlobId> revoked = machine.manifest().endedBlobs();
        blobRoutes.revoked(revoked);
        awaited.revoked(revoked);
    }

    /** The configuration it was started with. */
    public SwarmConfig config() {
        return config;
    }

    /** Its name. */
    public PeerCertificate identity() {
        return identity;
    }

    /** Where it listens. */
    public PeerAddress address() {
        return transport.localAddress();
    }

    /** Lists a file as a complete blob of the local store, and publishes it. Waits until that is on disk. */
    public BlobId seed(Path file, Publication publication) throws IOException {
        return lifetime.onDisk(() -> {
            BlobId blob = store.addSeed(file, parts.disk()).id();
            publisher.publish(blob, publication);
            return blob;
        });
    }

    /** Removes what is of no use any more from the local store; what that was. */
    public List<Path> cleanUp() throws IOException {
        return lifetime.onDisk(blobs::removeLeftovers);
    }

    /** Where the bytes of complete blobs lie. */
    public Path contentDirectory() {
        return blobs.contentDirectory();
    }

    /** What it knows of others. Waits for the node's loop. */
    public List<PeerView> peers() {
        return ask(() -> machine.peers().peers(parts.now().nanos()));
    }

    /** What the manifest says. Waits for the node's loop. */
    public List<BlobView> blobs() {
        return ask(() -> machine.manifest().blobs());
    }

    /** What the manifest says of a blob, or null. Waits for the node's loop. */
    public @Nullable BlobView blob(BlobId blob) {
        return this.<@Nullable BlobView>ask(() -> machine.manifest().blob(blob));
    }

    /** What became of this node's own entry of a blob. Waits for the node's loop. */
    EntryFate ownFate(BlobId blob) {
        return ask(() -> machine.manifest().fate(new EntryKey(blob, parts.self())));
    }

    /** The blobs that have these labels among those meant for this node or published by it. Waits for the node's loop. */
    Map<Label, BlobId> ownersOf(Collection<Label> labels) {
        return ask(() -> machine.ownersOf(labels));
    }

    /** The node as it is. Waits for the node's loop. */
    public NodeStatus status() {
        return ask(journal::status);
    }

    /** What an operator asks when something is wrong. Waits for the node's loop. */
    public NodeHealth health() {
        return new NodeHealth(
                segments.announced(),
                segments.health(),
                segments.problem(),
                parts.namesakes().present(),
                ask(() -> machine.aheadMillis(parts.now())),
                ask(() -> ClockHealth.datedAhead(machine, parts.self(), parts.now())),
                denyGate.number(),
                denyGate.problem(),
                blobs.problem());
    }

    /** How much it has done since its start. */
    public Map<NodeCounter, Long> counts() {
        return parts.events().counts();
    }

    /** What those who check in here report. Waits for the node's loop. */
    public List<FleetReport> fleet() {
        return ask(coordination::reports);
    }

    /** Completes when a blob is complete here; a teller completes it. */
    public CompletableFuture<BlobId> awaitComplete(BlobId blob) {
        CompletableFuture<BlobId> answer = awaited.await(blob);
        loop.execute(() -> {
            BlobView view = machine.manifest().blob(blob);
            if (machine.isComplete(blob)) {
                awaited.completed(blob);
            } else if (view != null && !view.isActive()) {
                awaited.revoked(Set.of(blob));
            }
        });
        return tellers.told(answer);
    }

    /** Uses other credentials of the same host and fleet. Those that are refused change nothing. */
    public void rotate(NodeCredentials credentials) {
        lifetime.requireOpen();
        PeerCertificate next = Succession.check(credentials, identity, config, denyGate);
        FleetId fleet = FleetId.of(credentials.authority());
        EntrySigner signer = EntrySigner.of(credentials, fleet);
        synchronized (rotation) {
            parts.namesakes().showing(next.certificate());
            transport.rotate(credentials);
            publisher.signWith(signer);
            parts.attach(MemberStatements.of(credentials, denyGate::denies));
            denyGate.showing(next.certificate());
            identity = next;
        }
    }

    /** Takes a deny list into force. */
    public void deny(DenyList list) throws IOException {
        lifetime.requireOpen();
        denyGate.offer(list);
    }

    /** Sets what downloads may take. */
    public void limitDownloads(Bandwidth bandwidth) {
        lifetime.requireOpen();
        downloads.set(bandwidth, segments.outward());
    }

    /** Uses other gates. Waits for the node's loop. */
    public void regate(Map<String, Gate> gates, Gate seeding) {
        ask(() -> {
            machine.manifest()
                    .usePolicy(ManifestPolicy.builder().seeding(seeding).build());
            if (subsystems.regate(name -> gates.getOrDefault(name, Gate.ALL).allows(identity.host()))) {
                machine.rulesChanged();
            }
            journal.cycle();
            return true;
        });
    }

    /** Fetches a blob whatever its target. */
    public void request(BlobId blob) {
        loop.execute(() -> machine.request(blob));
    }

    /** A trait of this node; null if nothing offers it. May read the disk. */
    public @Nullable String trait(String name) {
        lifetime.requireOpen();
        return traits.read(name);
    }

    /** A trait of another node; a teller completes it. */
    public CompletableFuture<String> trait(PeerAddress peer, String name) {
        return whileOpen(() -> TraitQuestion.ask(transport.client(), peer, name));
    }

    /** Whether a peer that is asked to gets in here; a teller completes it. */
    public CompletableFuture<Boolean> reachedBy(PeerAddress peer) {
        return whileOpen(() -> new ReachBack(parts).ask(peer, address().port()));
    }

    private <T> CompletableFuture<T> whileOpen(Supplier<CompletableFuture<T>> question) {
        return lifetime.isOpen() ? tellers.told(question.get()) : CompletableFuture.failedFuture(Lifetime.closed());
    }

    /** Ends the entry of a blob. Waits until that is on disk. */
    public void revoke(BlobId blob) {
        lifetime.requireOpen();
        publisher.revoke(blob, identity.roles().contains(Role.OPERATOR));
    }

    /** Ends all entries of a blob for good. Waits for the disk. */
    public void ban(BlobId blob) {
        lifetime.requireOpen();
        publisher.ban(blob, identity.roles().contains(Role.OPERATOR));
    }

    /** Has revocations no longer shown; how many there were. Waits for the disk. */
    public int purge() {
        lifetime.requireOpen();
        return publisher.purge();
    }

    /** Runs a task on the node's loop once some time has passed, unless the node has stopped. */
    void after(Duration delay, Runnable task) {
        loop.after(delay.toNanos(), task);
    }

    /** The plugin of a type whose gate is open, or null. */
    public <T extends Subsystem> @Nullable T subsystem(Class<T> type) {
        return subsystems.find(type);
    }

    private <T extends @Nullable Object> T ask(Supplier<T> question) {
        try {
            return loop.ask(question).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Stops: plugins, then transfers, then connections within a grace period, then threads. Whoever calls it meanwhile waits for that. */
    @Override
    public void close() {
        if (!lifetime.begin()) {
            lifetime.awaitEnd();
            return;
        }
        // What is under way is to end in order also for a caller whose thread was told to stop.
        boolean interrupted = Thread.interrupted();
        try {
            gossipRoutes.ready(false);
            warmUp.stop();
            subsystems.close(lifetime.left(PLUGINS_GRACE));
            loop.execute(coordination::stop);
            loop.execute(machine::stop);
            segments.close();
            transport.close(lifetime.left(CLOSE_GRACE));
            CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
            loop.execute(() -> journal.flush(() -> written.complete(null)));
            if (!Waiting.forEnd(written, lifetime.left(CLOSE_GRACE))) {
                log.warn("the node did not stop in time: its journal is still being written");
            }
        } finally {
            loop.stop(lifetime.left(CLOSE_GRACE));
            threads.finish(lifetime.left(CLOSE_GRACE));
            awaited.close();
            journal.close();
            resources.release();
            lifetime.end();
            tellers.close(lifetime.left(CLOSE_GRACE));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
