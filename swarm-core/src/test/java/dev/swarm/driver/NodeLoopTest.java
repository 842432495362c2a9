package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeLoopTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private final NodeLoop loop = new NodeLoop(Thread::new, now::get, () -> now.get() + TimeUnit.HOURS.toNanos(1));

    @Test
    void after_severalTasks_runInTheOrderOfTheirTimesAndNotBefore() throws InterruptedException {
        loop.after(20, () -> ran.add("second"));
        loop.after(10, () -> ran.add("first"));
        loop.after(30, () -> ran.add("third"));
        loop.start();
        loop.ask(() -> "looked").join();
        assertThat(ran).isEmpty();

        now.addAndGet(20);
        loop.execute(() -> {});

        assertThat(List.of(ran.take(), ran.take())).containsExactly("first", "second");
        loop.stop(Duration.ofSeconds(30));
        assertThat(ran).isEmpty();
    }

    @Test
    void ask_fromTheLoopItself_isAnsweredAtOnce() {
        loop.start();

        assertThat(loop.ask(() -> loop.ask(() -> "inner").join()).join()).isEqualTo("inner");
    }

    @Test
    void execute_taskThatEndsInAnError_leavesTheLoopRunning() {
        loop.start();
        loop.execute(() -> {
            throw new NoClassDefFoundError("a class of another version");
        });

        assertThat(loop.ask(() -> "going on").join()).isEqualTo("going on");
    }
}
