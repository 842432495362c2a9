package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.PartialBlob;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.NodeEffects;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferView;
import dev.swarm.node.Watch;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Call;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Does what a node's machine wants done: requests over the transport, bytes to the store. Confined to the node's loop but for
 * what it hands to workers, whose results come back through the loop.
 */
final class SocketEffects implements NodeEffects {

    private static final Logger log = LoggerFactory.getLogger(SocketEffects.class);

    /** Chunks between two writes of a blob's sources. */
    private static final int CHUNKS_PER_SOURCES = 32;

    /** How the JDK passes ENOSPC and EDQUOT on. */
    private static final Pattern NO_SPACE = Pattern.compile("No space left|[Qq]uota");

    private final NodeParts parts;
    private final LeafBuffers buffers = new LeafBuffers();
    private final Map<BlobId, ReceivingBlob> receiving = new HashMap<>();
    private final OpeningBlobs opening = new OpeningBlobs();
    private final HeldExchanges exchanges = new HeldExchanges();

    /** What each peer named last with an answer: it says the same with each until its next cycle. */
    private final Map<PeerAddress, String> named = new ConcurrentHashMap<>();

    private final StoreTroubles troubles = new StoreTroubles();
    private final StoreOrder store;
    private final GroupFlush flush;
    private final BundledFetches bundles;
    private final PeerQuestions questions;
    private @Nullable NodeMachine machine;

    /** Changes the store on {@link NodeThreads#STORE_THREADS} of these threads, and flushes on one more. */
    SocketEffects(NodeParts parts, Executor storeThreads) {
        this.parts = parts;
        this.store = new StoreOrder(storeThreads, NodeThreads.STORE_THREADS);
        this.flush = new GroupFlush(parts.blobs()::flush, storeThreads);
        this.bundles = new BundledFetches(parts, this::onLoop, this::peersNamed);
        this.questions = new PeerQuestions(parts, this::onLoop);
    }

    void attach(NodeMachine newMachine) {
        this.machine = newMachine;
    }

    HeldExchanges exchanges() {
        return exchanges;
    }

    @Override
    public void watch(PeerAddress peer, long ask, Watch.Question question) {
        questions.watch(peer, ask, question);
    }

    @Override
    public void sync(PeerAddress peer, long ask, SyncFrame frame) {
        questions.sync(peer, ask, frame);
    }

    @Override
    public void fetchDenyList(PeerAddress peer) {
        questions.denyList(peer);
    }

    @Override
    public void fetchTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root) {
        questions.tree(peer, blob, layout, root);
    }

    @Override
    public void open(BlobId blob, BlobLayout layout, HashTree tree) {
        OpeningBlobs.Opening opened = opening.begin(blob);
        store.execute(blob, () -> {
            String problem = parts.blobs().problem();
            if (problem != null) {
                openFailed(blob, opened, problem, false);
                return;
            }
            try {
                DiskGate.Reservation reservation = parts.disk()
                        .reserve(parts.blobs().contentDirectory(), layout.size(), DiskGate.BLOB_HEADROOM_BYTES);
                try {
                    PartialBlob partial = parts.blobs().receive(blob, layout, tree);
                    ReceivingBlob target = new ReceivingBlob(layout, partial, reservation);
                    opened.opened(target);
                    onOpened(blob, opened, machine -> {
                        receiving.put(blob, target);
                        machine.opened(blob, partial.held(), parts.now());
                    });
                } catch (IOException | RuntimeException e) {
                    reservation.close();
                    throw e;
                }
            } catch (SwarmException e) {
                boolean disk = e.reason() == SwarmException.Reason.DISK_PRESSURE;
                // Tried again every cycle for as long as the disk is full; SkippedBlobs says so once.
                log.atLevel(disk ? Level.DEBUG : Level.WARN).log("blob {} skipped: {}", blob, e.getMessage());
                parts.events().skipped(blob.hex(), String.valueOf(e.getMessage()));
                openFailed(blob, opened, String.valueOf(e.getMessage()), disk);
            } catch (IllegalStateException e) {
                log.debug("no partial copy of blob {} is opened: {}", blob, e.getMessage());
                openFailed(blob, opened, String.valueOf(e.getMessage()), false);
            } catch (IOException e) {
                log.atLevel(troubles.level(blob, e.toString()))
                        .log(
                                "cannot open a partial copy of blob {}: {}; it is tried again every cycle",
                                blob,
                                e.toString());
                openFailed(blob, opened, String.valueOf(e.getMessage()), false);
            }
        });
    }

    private void openFailed(BlobId blob, OpeningBlobs.Opening opened, String why, boolean disk) {
        onOpened(blob, opened, machine -> machine.openFailed(blob, why, disk, parts.now()));
    }

    /** Tells what came of an opening, unless it was given up. */
    private void onOpened(BlobId blob, OpeningBlobs.Opening opened, Consumer<NodeMachine> event) {
        onLoop(machine -> {
            if (opening.end(blob, opened)) {
                event.accept(machine);
            }
        });
    }

    /** Ends a turn of the machine: sends what it wants to have of small blobs. */
    void turnEnds() {
        bundles.send();
    }

    @Override
    public void fetch(BlobId blob, Scheduler.Fetch fetch) {
        ReceivingBlob target = receiving.get(blob);
        if (target != null && target.layout().leafCount() == 1) {
            bundles.add(fetch.peer(), new LeafWriter(blob, target, fetch));
        } else {
            fetchAlone(blob, fetch);
        }
    }

    private void fetchAlone(BlobId blob, Scheduler.Fetch fetch) {
        ReceivingBlob target = receiving.get(blob);
        if (target == null) {
            onLoop(machine -> machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.BROKEN, parts.now()));
            return;
        }
        BlobLayout layout = target.layout();
        Request request = Request.get("/blobs/" + blob)
                .with(
                        "Range",
                        "bytes=" + layout.leafOffset(fetch.first()) + "-" + (layout.leafOffset(fetch.end()) - 1));
        LeafReceiver receiver =
                new LeafReceiver(layout, fetch, buffers, parts.ticker(), new LeafWriter(blob, target, fetch));
        Call call = parts.client().send(fetch.peer(), Lane.BULK, request, receiver);
        receiver.attach(call);
        target.started(fetch.request(), call);
    }

    /** Verifies and keeps a leaf; whether it matched. */
    private interface LeafWrite {
        boolean run() throws IOException;
    }

    /** Verifies and writes the leaves of one fetch in order, on workers. */
    private final class LeafWriter implements LeafReceiver.Listener, BundledFetches.Item {
        private final BlobId blob;
        private final ReceivingBlob target;
        private final Scheduler.Fetch fetch;
        private final SerialExecutor order;

        LeafWriter(BlobId blob, ReceivingBlob target, Scheduler.Fetch fetch) {
            this.blob = blob;
            this.target = target;
            this.fetch = fetch;
            this.order = new SerialExecutor(parts.workers());
        }

        @Override
        public void leaf(int leaf, ByteBuffer data) {
            order.execute(() -> write(leaf, data));
        }

        private void write(int leaf, ByteBuffer data) {
            try {
                ByteBuffer same = data.duplicate();
                onLoop(stored(leaf, same, () -> target.partial().write(leaf, data)));
            } finally {
                buffers.give(data);
            }
        }

        /** Verifies and writes a leaf; what the machine is to be told of it. */
        private Consumer<NodeMachine> stored(int leaf, ByteBuffer data, LeafWrite write) {
            int bytes = data.remaining();
            try {
                target.checkRoom();
                boolean matched = write.run();
                if (!matched && isWholeBlob(data)) {
                    return machine -> machine.shapeIsFalse(blob);
                }
                if (matched) {
                    parts.events().received(bytes);
                    if (target.written(bytes)) {
                        store.execute(blob, () -> flush(leaf));
                    }
                }
                return machine -> report(machine, leaf, matched);
            } catch (IOException | RuntimeException e) {
                return failed(leaf, e);
            }
        }

        /** Whether a leaf that does not match is all of the blob nevertheless: then the root is false, and not the peer. */
        private boolean isWholeBlob(ByteBuffer data) {
            if (target.layout().leafCount() != 1) {
                return false;
            }
            BlobHasher hasher = new BlobHasher();
            hasher.update(data);
            return hasher.finish().id().equals(blob);
        }

        /** Has the disk take what came so far, while there is time. */
        private void flush(int leaf) {
            try {
                target.partial().flushWritten();
            } catch (IOException | RuntimeException e) {
                onLoop(failed(leaf, e));
            }
        }

        private Consumer<NodeMachine> failed(int leaf, Exception cause) {
            if (!target.end()) {
                return machine -> {};
            }
            String why = String.valueOf(cause.getMessage());
            boolean disk =
                    cause instanceof SwarmException || NO_SPACE.matcher(why).find();
            log.atLevel(troubles.level(blob, why)).log("blob {} stops at leaf {}: {}", blob, leaf, why);
            return machine -> machine.storeFailed(blob, why, disk, parts.now());
        }

        private void report(NodeMachine machine, int leaf, boolean matched) {
            if (!matched) {
                logFalse(machine, leaf);
                parts.events().rejected(blob, leaf, fetch.peer());
                machine.leafRejected(blob, fetch.request(), leaf, fetch.peer(), parts.now());
            } else if (machine.leafStored(blob, fetch.request(), leaf, fetch.peer(), parts.now())
                    && target.chunkCompleted(CHUNKS_PER_SOURCES)) {
                writeSources(blob);
            }
        }

        /** What was on its way from a peer when it was banned says nothing new. */
        private void logFalse(NodeMachine machine, int leaf) {
            PeerView view = machine.peers().peer(fetch.peer(), parts.now().nanos());
            Level level = view != null && view.trust() < 0 ? Level.DEBUG : Level.WARN;
            log.atLevel(level).log("leaf {} of blob {} from {} does not match its hash", leaf, blob, fetch.peer());
        }

        @Override
        public void arriving() {
            onLoop(bytesArrived());
        }

        @Override
        public Consumer<NodeMachine> bytesArrived() {
            return machine -> machine.bytesArrived(blob, fetch.request(), parts.now());
        }

        @Override
        public void peers(String addresses) {
            peersNamed(fetch.peer(), addresses);
        }

        @Override
        public void ended(Scheduler.Ending ending, String why) {
            if (ending != Scheduler.Ending.COMPLETE) {
                log.debug("fetch {} of blob {} from {} ended: {}", fetch.request(), blob, fetch.peer(), why);
            }
            order.execute(() -> onLoop(ended(ending)));
        }

        @Override
        public BlobId blob() {
            return blob;
        }

        @Override
        public int size() {
            return (int) target.layout().size();
        }

        @Override
        public void fetchAlone() {
            SocketEffects.this.fetchAlone(blob, fetch);
        }

        @Override
        public void started(Call call) {
            target.started(fetch.request(), call);
        }

        @Override
        public Consumer<NodeMachine> store(byte[] content) {
            return stored(0, ByteBuffer.wrap(content), () -> target.partial().take(content));
        }

        @Override
        public Consumer<NodeMachine> ended(Scheduler.Ending ending) {
            return machine -> {
                target.ended(fetch.request());
                machine.fetchEnded(blob, fetch.request(), ending, parts.now());
            };
        }
    }

    private void peersNamed(PeerAddress by, String addresses) {
        if (named.size() > PeerMap.DEFAULT_MAX_PEERS) {
            named.clear();
        }
        if (!addresses.equals(named.put(by, addresses))) {
            List<PeerAddress> parsed = LeafReceiver.parsePeers(addresses);
            onLoop(machine -> machine.exchangedPeers(parsed, parts.now()));
        }
    }

    private void writeSources(BlobId blob) {
        byte[] json = sources(blob);
        if (json != null) {
            store.execute(blob, () -> writeSources(blob, json));
        }
    }

    private byte @Nullable [] sources(BlobId blob) {
        SourceReport report = report(blob);
        return report == null ? null : SourcesJson.write(report);
    }

    private @Nullable SourceReport report(BlobId blob) {
        TransferView view = Objects.requireNonNull(machine).transfer(blob, parts.now());
        return view == null ? null : view.sources();
    }

    private void writeSources(BlobId blob, byte @Nullable [] json) {
        try {
            if (json != null) {
                parts.blobs().writeSources(blob, json);
            }
        } catch (IOException e) {
            log.debug("sources of blob {} not written: {}", blob, e.toString());
        }
    }

    @Override
    public void cancelFetch(BlobId blob, long request) {
        ReceivingBlob target = receiving.get(blob);
        if (target != null) {
            target.cancel(request);
        }
    }

    @Override
    public void commit(BlobId blob) {
        ReceivingBlob target = receiving.remove(blob);
        if (target == null) {
            onLoop(machine -> machine.commitFailed(blob, "the partial copy is closed", parts.now()));
            return;
        }
        target.end();
        target.cancelAll();
        SourceReport report = report(blob);
        byte[] sources = report == null ? null : SourcesJson.write(report);
        store.execute(blob, () -> {
            try {
                if (target.partial().commitUnflushed()) {
                    writeSources(blob, sources);
                    flush.request(failure -> {
                        parts.events()
                                .transferEnded(
                                        blob,
                                        target.layout(),
                                        report,
                                        failure == null ? NodeEvents.COMPLETE : failure.toString());
                        onLoop(machine -> flushed(machine, blob, failure));
                    });
                } else {
                    parts.events().transferEnded(blob, target.layout(), report, "content does not match the id");
                    onLoop(machine -> machine.shapeIsFalse(blob));
                }
            } catch (IOException | RuntimeException e) {
                sayIncomplete(blob, e);
                parts.events().transferEnded(blob, target.layout(), report, e.toString());
                onLoop(machine -> machine.commitFailed(blob, e.toString(), parts.now()));
            } finally {
                target.reservation().close();
            }
        });
    }

    private void sayIncomplete(BlobId blob, Exception why) {
        log.atLevel(troubles.level(blob, why.toString())).log("cannot complete blob {}: {}", blob, why.toString());
    }

    private void flushed(NodeMachine machine, BlobId blob, @Nullable Exception failure) {
        if (failure == null) {
            troubles.over(blob);
            machine.committed(blob, parts.now());
            parts.listener().completed(blob);
        } else {
            sayIncomplete(blob, failure);
            machine.commitFailed(blob, failure.toString(), parts.now());
        }
    }

    @Override
    public void close(BlobId blob, boolean delete) {
        OpeningBlobs.Opening givenUp = opening.giveUp(blob);
        ReceivingBlob target = receiving.remove(blob);
        if (target != null) {
            target.end();
            target.cancelAll();
            parts.events().transferEnded(blob, target.layout(), report(blob), delete ? "given up" : "stopped");
        }
        store.execute(blob, () -> {
            try {
                close(target);
                close(givenUp == null ? null : givenUp.opened());
                if (delete) {
                    troubles.over(blob);
                    parts.blobs().evict(blob);
                }
            } catch (IOException e) {
                log.warn("cannot close the partial copy of blob {}: {}", blob, e.toString());
            }
        });
    }

    private static void close(@Nullable ReceivingBlob target) throws IOException {
        if (target != null) {
            target.reservation().close();
            target.partial().close();
        }
    }

    @Override
    public void discard(BlobId blob) {
        store.execute(blob, () -> {
            try {
                if (parts.blobs().discard(blob)) {
                    log.info("the partial copy of blob {} is deleted: no entry of it is active", blob);
                }
            } catch (IOException e) {
                log.warn("cannot delete the partial copy of blob {}: {}", blob, e.toString());
            }
        });
    }

    @Override
    public void revive(BlobId blob) {
        store.execute(blob, () -> {
            try {
                if (parts.blobs().resurrect(blob)) {
                    log.info("blob {} was in the graveyard and is back", blob);
                    onLoop(machine -> {
                        machine.stored(blob, parts.now());
                        parts.listener().completed(blob);
                    });
                }
            } catch (IOException e) {
                log.warn("cannot bring blob {} back from the graveyard: {}", blob, e.toString());
            }
        });
    }

    @Override
    public void retire(BlobId blob, HybridTimestamp clock) {
        parts.listener().retiring(blob, clock);
    }

    @Override
    public void endLapsed(BlobId blob, HybridTimestamp newest) {
        parts.listener().endingLapsed(blob, newest);
    }

    @Override
    public void evict(BlobId blob, boolean bury) {
        parts.listener().evicting(blob);
        store.execute(blob, () -> {
            try {
                if (!bury || !parts.blobs().bury(blob)) {
                    parts.blobs().evict(blob);
                }
            } catch (IOException e) {
                log.warn("cannot evict blob {}: {}", blob, e.toString());
            }
        });
    }

    @Override
    public void tellServed(BlobId blob, boolean tell) {
        parts.listener().followingServed(blob, tell);
    }

    @Override
    public void answerWatch(long exchange, Watch.Reply reply) {
        Headers headers = reply.idle() ? HeldExchanges.CONTENT.with(Watch.IDLE, "1") : HeldExchanges.CONTENT;
        exchanges.answer(exchange, headers, reply.encode());
    }

    @Override
    public void answerSync(long exchange, SyncFrame frame) {
        exchanges.answer(exchange, HeldExchanges.CONTENT, frame.encode());
    }

    @Override
    public void announce(String segment, Announcement announcement) {
        parts.segments().send(segment, announcement.encode());
    }

    @Override
    public long roundTripNanos(PeerAddress peer) {
        return parts.client().roundTripNanos(peer);
    }

    @Override
    public boolean isUplinkIdle() {
        return parts.outgoing().isNone();
    }

    @Override
    public boolean storeIsBehind() {
        return buffers.isHoldingBack();
    }

    @Override
    public void banned(PeerAddress peer) {
        parts.events().banned(peer);
    }

    @Override
    public void manifestChanged() {
        parts.listener().manifestChanged();
    }

    private void onLoop(Consumer<NodeMachine> event) {
        parts.loop().execute(() -> event.accept(Objects.requireNonNull(machine)));
    }
}
