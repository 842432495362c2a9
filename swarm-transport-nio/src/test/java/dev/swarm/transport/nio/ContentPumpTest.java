package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.transport.PatternContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ContentPumpTest {

    private static final int LENGTH = 5 * BufferPool.BUFFER_BYTES + 7;

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final Queue<Runnable> workers = new ArrayDeque<>();
    private final BufferPool pool = new BufferPool();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Test
    void next_untilDone_givesEveryByteInOrderAndClosesTheSource() throws IOException {
        PatternContent source = new PatternContent(LENGTH);
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, source, () -> {});

        drain(pump);

        assertThat(taken.toByteArray()).isEqualTo(PatternContent.bytes(0, LENGTH));
        assertThat(source.closed().getCount()).isZero();
    }

    @Test
    void next_betweenAReadAndItsHandover_letsNoOtherReadOvertake() throws IOException {
        PatternContent source = new PatternContent(LENGTH);
        ContentPump[] pump = new ContentPump[1];
        pump[0] = new ContentPump(
                handover -> {
                    // As if the worker paused here while the loop and another worker went on.
                    takeAll(pump[0]);
                    runAll(workers);
                    loop.add(handover);
                },
                pool,
                workers::add,
                source,
                () -> {});

        drain(pump[0]);

        assertThat(taken.toByteArray()).isEqualTo(PatternContent.bytes(0, LENGTH));
    }

    @Test
    void next_firstTaken_oneIsReadAheadAndNoMore() throws IOException {
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, new PatternContent(LENGTH), () -> {});
        pump.readAhead();
        runAll(workers);

        assertThat(pump.next()).isNotNull();
        assertThat(workers).hasSize(1);
        runAll(workers);
        pump.readAhead();

        assertThat(workers).isEmpty();
    }

    @Test
    void next_nobodyWaits_loopIsNotWoken() throws IOException {
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, new PatternContent(LENGTH), () -> {});
        pump.readAhead();
        runAll(workers);

        assertThat(pump.next()).isNotNull();
        runAll(workers);

        assertThat(loop).isEmpty();
        assertThat(pump.next()).isNotNull();
    }

    @Test
    void next_nothingHereYet_loopIsWokenWhenThereIs() throws IOException {
        int[] woken = new int[1];
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, new PatternContent(LENGTH), () -> woken[0]++);

        assertThat(pump.next()).isNull();
        runAll(workers);
        runAll(loop);

        assertThat(woken[0]).isOne();
        assertThat(pump.next()).isNotNull();
    }

    @Test
    void abandon_duringARead_leavesTheSourceOpenUntilItIsOver() {
        PatternContent source = new PatternContent(LENGTH);
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, source, () -> {});
        pump.readAhead();

        pump.abandon();
        assertThat(source.closed().getCount()).isOne();

        runAll(workers);
        assertThat(source.closed().getCount()).isZero();
    }

    @Test
    void abandon_afterARead_closesTheSource() {
        PatternContent source = new PatternContent(LENGTH);
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, source, () -> {});
        pump.readAhead();
        runAll(workers);

        pump.abandon();
        runAll(workers);

        assertThat(source.closed().getCount()).isZero();
    }

    @Test
    void new_emptySource_isDoneAndClosed() {
        PatternContent source = new PatternContent(0);

        ContentPump pump = new ContentPump(loop::add, pool, workers::add, source, () -> {});
        runAll(workers);

        assertThat(pump.isDone()).isTrue();
        assertThat(source.closed().getCount()).isZero();
    }

    @Test
    void next_sourceFails_throwsItsFailure() {
        PatternContent source = new PatternContent(LENGTH, BufferPool.BUFFER_BYTES);
        ContentPump pump = new ContentPump(loop::add, pool, workers::add, source, () -> {});

        assertThatThrownBy(() -> drain(pump)).isInstanceOf(IOException.class).hasMessageContaining("disk fails");
    }

    private void drain(ContentPump pump) throws IOException {
        pump.readAhead();
        while (!loop.isEmpty() || !workers.isEmpty()) {
            runAll(workers);
            runAll(loop);
            takeAllOrThrow(pump);
        }
        assertThat(pump.isDone()).isTrue();
    }

    private void takeAll(ContentPump pump) {
        try {
            takeAllOrThrow(pump);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void takeAllOrThrow(ContentPump pump) throws IOException {
        for (ByteBuffer next = pump.next(); next != null; next = pump.next()) {
            byte[] data = new byte[next.remaining()];
            next.get(data);
            taken.writeBytes(data);
        }
    }

    private static void runAll(Queue<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
