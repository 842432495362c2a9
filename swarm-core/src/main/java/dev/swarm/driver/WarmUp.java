package dev.swarm.driver;

import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerAddress;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.ByteRange;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node that has just started fetch bytes from itself, over its own port, so that the virtual machine compiles what
 * carries content before there is any. Until it has, encryption and hashing run some twenty times slower, and the first
 * transfer of a fleet is one of cold nodes. Safe for many threads.
 */
final class WarmUp {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private static final String PATH = "/warm-up";

    /**
     * Small answers first: the compiler takes notice of a method by how often it is called, and a record of 2 KiB is as much a
     * call as one of 16 KiB. HotSpot compiles in full after some 5,000 calls and again when it has learnt more.
     */
    private static final int SMALL_REQUESTS = 8_000;

    private static final int SMALL_BYTES = 2 * 1024;

    /** Then answers as transfers have them, for the loops over their bytes. */
    private static final int LARGE_REQUESTS = 64;

    private static final int IN_FLIGHT = 8;

    private static final BlobLayout LAYOUT = new BlobLayout(BlobLayout.CHUNK_BYTES);

    private final NodeParts parts;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final LeafBuffers buffers = new LeafBuffers();
    private volatile boolean stopped;
    private volatile long startedAt;

    WarmUp(NodeParts parts) {
        this.parts = parts;
    }

    void addTo(Router router) {
        router.add(Route.get(PATH, this::serve));
    }

    /** Begins; returns at once. */
    void start() {
        startedAt = parts.ticker().nanoTime();
        for (int i = 0; i < IN_FLIGHT; i++) {
            fetchNext();
        }
    }

    /** Asks for nothing more. */
    void stop() {
        stopped = true;
    }

    private void serve(Exchange exchange) {
        ByteRange range = ByteRange.select(exchange.headers().first("range"), LAYOUT.size())
                .range();
        if (range == null || !exchange.peer().host().equals(parts.self())) {
            exchange.respond(404, Headers.empty(), ByteBuffer.allocate(0));
            return;
        }
        long last = range.offset() + range.length() - 1;
        Headers headers = Headers.of("content-range", "bytes " + range.offset() + "-" + last + "/" + LAYOUT.size());
        exchange.respond(206, headers, new Zeros(range.length()));
    }

    private void fetchNext() {
        int number = next.getAndIncrement();
        if (stopped || number >= SMALL_REQUESTS + LARGE_REQUESTS) {
            return;
        }
        boolean small = number < SMALL_REQUESTS;
        Request request = Request.get(PATH).with("Range", "bytes=0-" + ((small ? SMALL_BYTES : LAYOUT.size()) - 1));
        PeerAddress self = parts.transport().localAddress();
        if (small) {
            CollectingSink sink = new CollectingSink(
                    SMALL_BYTES, answer -> parts.workers().execute(() -> took(answer.body())), failure -> failed());
            sink.send(parts.client(), self, Lane.BULK, request);
        } else {
            Scheduler.Fetch fetch = new Scheduler.Fetch(number, self, 0, LAYOUT.leafCount());
            LeafReceiver receiver = new LeafReceiver(LAYOUT, fetch, buffers, parts.ticker(), new Leaves());
            receiver.attach(parts.client().send(self, Lane.BULK, request, receiver));
        }
    }

    private void took(ByteBuffer body) {
        hash(body);
        done();
    }

    private static void hash(ByteBuffer data) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(data);
        Objects.requireNonNull(hasher.finish());
    }

    private void done() {
        if (answered.incrementAndGet() == SMALL_REQUESTS + LARGE_REQUESTS) {
            log.info("warmed up in {} ms", (parts.ticker().nanoTime() - startedAt) / 1_000_000);
        }
        fetchNext();
    }

    private void failed() {
        stop();
        log.info(
                "not warmed up: the node does not reach itself at {}",
                parts.transport().localAddress());
    }

    private final class Leaves implements LeafReceiver.Listener {
        private final SerialExecutor order = new SerialExecutor(parts.workers());

        @Override
        public void leaf(int leaf, ByteBuffer data) {
            order.execute(() -> {
                hash(data);
                buffers.give(data);
            });
        }

        @Override
        public void arriving() {
            // Nobody waits for it.
        }

        @Override
        public void peers(String addresses) {
            // It names none.
        }

        @Override
        public void ended(Scheduler.Ending ending, String why) {
            if (ending == Scheduler.Ending.COMPLETE) {
                order.execute(WarmUp.this::done);
            } else {
                failed();
            }
        }
    }

    private static final class Zeros implements ContentSource {
        private final long length;
        private long left;

        Zeros(long length) {
            this.length = length;
            this.left = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void read(ByteBuffer target) {
            int count = (int) Math.min(left, target.remaining());
            target.position(target.position() + count);
            left -= count;
        }

        @Override
        public void close() {}
    }
}
