package dev.swarm.transport.nio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A loop without a thread or a clock: the test runs its tasks and moves its time. Also runs what would be work for others. */
final class VirtualLoop implements Loop {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Map<Deadline, Long> deadlines = new LinkedHashMap<>();
    private final BufferPool buffers = new BufferPool();
    private long now;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void schedule(Deadline deadline, long nanoTime) {
        deadline.set(nanoTime);
        deadlines.put(deadline, nanoTime);
    }

    @Override
    public void forget(Deadline deadline) {
        deadline.cancel();
        deadlines.remove(deadline);
    }

    @Override
    public BufferPool buffers() {
        return buffers;
    }

    /** Runs the tasks that are there; answers whether there were any. */
    boolean runTasks() {
        boolean any = !tasks.isEmpty();
        for (int left = tasks.size(); left > 0; left--) {
            tasks.remove().run();
        }
        return any;
    }

    /** Moves time on and runs what is due by then. */
    void advance(long nanos) {
        now += nanos;
        List<Deadline> due = new ArrayList<>();
        deadlines.forEach((deadline, at) -> {
            if (at - now <= 0) {
                due.add(deadline);
            }
        });
        for (Deadline deadline : due) {
            deadlines.remove(deadline);
            if (deadline.isDue(now)) {
                deadline.run();
            }
        }
    }
}
