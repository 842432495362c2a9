package dev.swarm.benchmarks.pair;

import dev.swarm.blob.BlobLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Takes the leaves of one stripe off the event loop: checked and written in order, on a worker. Safe for many threads. */
final class StripeWriter {

    private final BlobLayout layout;
    private final LeafFile target;
    private final LeafBuffers buffers;
    private final Executor workers;
    private final Object lock = new Object();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    StripeWriter(BlobLayout layout, LeafFile target, LeafBuffers buffers, Executor workers) {
        this.layout = layout;
        this.target = target;
        this.buffers = buffers;
        this.workers = workers;
    }

    /** A buffer with room for exactly that leaf. */
    ByteBuffer buffer(int leaf) {
        return buffers.take().limit(layout.leafLength(leaf));
    }

    /** Takes a full buffer. */
    void write(int leaf, ByteBuffer full, StripeSink.Listener listener) {
        execute(() -> {
            try {
                target.take(leaf, full.flip());
                buffers.give(full);
            } catch (IOException e) {
                listener.failed(e);
            }
        });
    }

    /** Runs behind everything that was handed in before. */
    void execute(Runnable task) {
        synchronized (lock) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        workers.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Runnable task;
            synchronized (lock) {
                task = waiting.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            task.run();
        }
    }
}
