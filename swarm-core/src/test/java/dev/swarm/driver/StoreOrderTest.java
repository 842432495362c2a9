package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class StoreOrderTest {

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final StoreOrder order = new StoreOrder(threads::add, 4);
    private final List<String> done = new ArrayList<>();

    @Test
    void execute_sameBlob_runsOneAfterTheOtherInOrder() {
        order.execute(blob(1), () -> {
            order.execute(blob(1), () -> done.add("third"));
            done.add("first");
        });
        order.execute(blob(1), () -> done.add("second"));

        assertThat(threads).hasSize(1);
        threads.remove().run();
        assertThat(done).containsExactly("first", "second", "third");
    }

    @Test
    void execute_manyBlobs_runOnAsManyThreadsAsThereAreLines() {
        for (int i = 0; i < 100; i++) {
            order.execute(blob(i), () -> done.add("one"));
        }

        assertThat(threads).hasSize(4);
        threads.forEach(Runnable::run);
        assertThat(done).hasSize(100);
    }

    private static BlobId blob(int number) {
        byte[] bytes = new byte[BlobId.BYTES];
        bytes[0] = (byte) number;
        bytes[BlobId.BYTES - 1] = (byte) (number * 31);
        return BlobId.of(bytes);
    }
}
