package dev.swarm.driver;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.PartialBlob;
import dev.swarm.disk.DiskGate;
import dev.swarm.transport.Call;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A blob that is open for receiving, with what is under way for it. Confined to the node's loop. */
final class ReceivingBlob {

    /**
     * Bytes between two flushes of what was written. Where nothing was flushed before the end, seven copies of 256 MiB on one disk took
     * a third of a second for it, of the twelve and a half that they took to arrive; more flushes leave a file in more pieces.
     */
    private static final long BYTES_PER_FLUSH = 32 << 20;

    private final BlobLayout layout;
    private final PartialBlob partial;
    /** Leaves between two looks at the file system: 4 MiB, so that one that fills up is noticed well within the headroom. */
    private static final int LEAVES_PER_CHECK = 64;

    private final DiskGate.Reservation reservation;
    private final Map<Long, Call> calls = new HashMap<>();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicLong written = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private int chunksSinceReport;

    ReceivingBlob(BlobLayout layout, PartialBlob partial, DiskGate.Reservation reservation) {
        this.layout = layout;
        this.partial = partial;
        this.reservation = reservation;
    }

    BlobLayout layout() {
        return layout;
    }

    PartialBlob partial() {
        return partial;
    }

    DiskGate.Reservation reservation() {
        return reservation;
    }

    /** Looks now and then whether the rest still fits. From any thread. */
    void checkRoom() throws IOException {
        if (writes.getAndIncrement() % LEAVES_PER_CHECK == LEAVES_PER_CHECK - 1) {
            reservation.check();
        }
    }

    /** Counts bytes of content that were written; whether what was written is to be flushed. From any thread. */
    boolean written(int bytes) {
        reservation.written(bytes);
        long before = written.getAndAdd(bytes);
        return before / BYTES_PER_FLUSH != (before + bytes) / BYTES_PER_FLUSH;
    }

    /** Nothing more is stored; whether that is new. From any thread. */
    boolean end() {
        return over.compareAndSet(false, true);
    }

    void started(long request, Call call) {
        calls.put(request, call);
    }

    void ended(long request) {
        calls.remove(request);
    }

    void cancel(long request) {
        Call call = calls.remove(request);
        if (call != null) {
            call.cancel();
        }
    }

    void cancelAll() {
        calls.values().forEach(Call::cancel);
        calls.clear();
    }

    /** Counts a chunk; whether so many came that their sources should be written down. */
    boolean chunkCompleted(int every) {
        chunksSinceReport++;
        if (chunksSinceReport < every) {
            return false;
        }
        chunksSinceReport = 0;
        return true;
    }
}
