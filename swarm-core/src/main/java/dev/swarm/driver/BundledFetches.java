package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Call;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a peer for all the small blobs at once that it is to be asked for after one turn of the node: for one of ten kilobytes an exchange
 * of its own costs more than its bytes. Confined to the node's loop but for the answers, which come on the transport's threads and workers.
 */
final class BundledFetches {

    private static final Logger log = LoggerFactory.getLogger(BundledFetches.class);

    /** Blobs that are verified in one go, so that workers share the blobs of one answer and none starts for one alone. */
    private static final int TAKEN_TOGETHER = 32;

    private final NodeParts parts;
    private final Consumer<Consumer<NodeMachine>> onLoop;
    private final BiConsumer<PeerAddress, String> named;
    private final Map<PeerAddress, List<Item>> waiting = new LinkedHashMap<>();

    /** Peers that know no such question. */
    private final Set<PeerAddress> single = ConcurrentHashMap.newKeySet();

    /** One fetch of a whole small blob. */
    interface Item {

        BlobId blob();

        /** Its size in bytes. */
        int size();

        /** Asks for it by itself. On the loop. */
        void fetchAlone();

        /** The call that brings it is under way. On the loop. */
        void started(Call call);

        /** Verifies and keeps what came, which is given away; what the machine is to be told of it. On a worker. */
        Consumer<NodeMachine> store(byte[] content);

        /** What the machine is to be told when some of what was asked for together comes, be it slowly. */
        Consumer<NodeMachine> bytesArrived();

        /** What the machine is to be told of the fetch's end. */
        Consumer<NodeMachine> ended(Scheduler.Ending ending);
    }

    /**
     * Nothing waits.
     *
     * @param onLoop has the machine told something
     * @param named hears which peers a peer named
     */
    BundledFetches(NodeParts parts, Consumer<Consumer<NodeMachine>> onLoop, BiConsumer<PeerAddress, String> named) {
        this.parts = parts;
        this.onLoop = onLoop;
        this.named = named;
    }

    /** Has a blob asked for at the next {@link #send}. */
    void add(PeerAddress peer, Item item) {
        waiting.computeIfAbsent(peer, unknown -> new ArrayList<>()).add(item);
    }

    /** Asks for everything that waits. */
    void send() {
        if (waiting.isEmpty()) {
            return;
        }
        Map<PeerAddress, List<Item>> all = Map.copyOf(waiting);
        waiting.clear();
        all.forEach((peer, items) -> {
            if (single.contains(peer)) {
                items.forEach(Item::fetchAlone);
            } else {
                cut(items).forEach(some -> send(peer, some));
            }
        });
    }

    private static List<List<Item>> cut(List<Item> items) {
        List<List<Item>> cuts = new ArrayList<>();
        List<Item> some = new ArrayList<>();
        int bytes = 0;
        for (Item item : items) {
            if (some.size() == BlobBundle.MAX_BLOBS
                    || (!some.isEmpty() && bytes + item.size() > BlobBundle.MAX_BYTES)) {
                cuts.add(some);
                some = new ArrayList<>();
                bytes = 0;
            }
            some.add(item);
            bytes += item.size();
        }
        cuts.add(some);
        return cuts;
    }

    private void send(PeerAddress peer, List<Item> items) {
        if (items.size() == 1) {
            items.get(0).fetchAlone();
            return;
        }
        Request question = Request.post(
                BlobBundle.PATH,
                BlobBundle.encode(items.stream().map(Item::blob).toList()));
        int[] sizes = items.stream().mapToInt(Item::size).toArray();
        Answer answer = new Answer(peer, items);
        Call call = parts.client()
                .send(
                        peer,
                        Lane.BULK,
                        question,
                        new BundleReceiver(sizes, parts.ticker(), answer, peers -> named.accept(peer, peers)));
        AtomicInteger left = new AtomicInteger(items.size());
        items.forEach(item -> item.started(new Share(call, left)));
    }

    /** One blob's part of a call: the call goes on for the others. */
    private static final class Share implements Call {
        private final Call call;
        private final AtomicInteger left;
        private final AtomicBoolean cancelled = new AtomicBoolean();

        Share(Call call, AtomicInteger left) {
            this.call = call;
            this.left = left;
        }

        @Override
        public void cancel() {
            if (cancelled.compareAndSet(false, true) && left.decrementAndGet() == 0) {
                call.cancel();
            }
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}
    }

    /** What comes of one question. What came together is verified by one worker, and the machine is told of it in one event. */
    private final class Answer implements BundleReceiver.Listener {
        private final PeerAddress peer;
        private final List<Item> items;
        private final SerialExecutor order = new SerialExecutor(parts.workers());
        private List<Came> came = new ArrayList<>();
        private int next;

        Answer(PeerAddress peer, List<Item> items) {
            this.peer = peer;
            this.items = items;
        }

        @Override
        public void blob(int index, byte @Nullable [] content) {
            came.add(new Came(items.get(index), content));
            next = index + 1;
            if (came.size() == TAKEN_TOGETHER) {
                takeAll();
            }
        }

        @Override
        public void arriving() {
            takeAll();
            List<Item> owed = items.subList(next, items.size());
            onLoop.accept(machine -> owed.forEach(item -> item.bytesArrived().accept(machine)));
        }

        private void takeAll() {
            if (!came.isEmpty()) {
                List<Came> some = came;
                came = new ArrayList<>();
                order.execute(() -> take(some));
            }
        }

        @Override
        public void ended(BundleReceiver.End end, String why) {
            takeAll();
            List<Item> missing = items.subList(next, items.size());
            if (missing.isEmpty()) {
                return;
            }
            log.debug("{} of {} blobs did not come from {}: {}", missing.size(), items.size(), peer, why);
            if (end == BundleReceiver.End.UNKNOWN) {
                if (single.size() >= PeerMap.DEFAULT_MAX_PEERS) {
                    single.clear();
                }
                single.add(peer);
                onLoop.accept(machine -> missing.forEach(Item::fetchAlone));
            } else {
                order.execute(() -> onLoop.accept(machine -> missing.forEach(
                        item -> item.ended(Scheduler.Ending.BROKEN).accept(machine))));
            }
        }

        private void take(List<Came> some) {
            List<Consumer<NodeMachine>> events = new ArrayList<>(2 * some.size());
            for (Came one : some) {
                if (one.content == null) {
                    events.add(one.item.ended(Scheduler.Ending.NOT_HELD));
                } else {
                    events.add(one.item.store(one.content));
                    events.add(one.item.ended(Scheduler.Ending.COMPLETE));
                }
            }
            onLoop.accept(machine -> events.forEach(event -> event.accept(machine)));
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Came(Item item, byte @Nullable [] content) {}
}
