package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleFirstPoolTest {

    private static final int THREADS = 3;

    private final IdleFirstPool pool = new IdleFirstPool(THREADS, 60_000, new NamedThreads("test"));

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void execute_oneTaskAfterAnother_onOneThread() throws Exception {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            pool.submit(() -> used.add(Thread.currentThread())).get();
            awaitIdle();
        }

        assertThat(used).hasSize(1);
    }

    @Test
    void execute_moreThanThereAreThreads_waitInOrderAndAllRun() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            pool.execute(() -> {
                awaitQuietly(release);
                ran.incrementAndGet();
            });
        }

        assertThat(pool.getPoolSize()).isEqualTo(THREADS);
        assertThat(pool.getQueue()).hasSize(50 - THREADS);

        release.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(50);
    }

    @Test
    void execute_afterShutdown_isRefused() {
        pool.shutdown();

        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void execute_afterShutdownWhileAllThreadsAreBusy_isRefusedAndWhatWaitedRuns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < THREADS + 1; i++) {
            pool.execute(() -> {
                awaitQuietly(release);
                ran.incrementAndGet();
            });
        }
        pool.shutdown();

        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        release.countDown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(THREADS + 1);
    }

    /** The thread waits in the queue's own poll a moment after the task has ended. */
    private void awaitIdle() {
        while (pool.getActiveCount() > 0 || !((TransferQueue<?>) pool.getQueue()).hasWaitingConsumer()) {
            Thread.onSpinWait();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
