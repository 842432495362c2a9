package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class GroupFlushTest {

    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final Queue<String> comeMeanwhile = new ArrayDeque<>();
    private boolean broken;
    private final GroupFlush flush = new GroupFlush(this::work, thread::add);

    private void work() throws IOException {
        log.add("flush");
        while (!comeMeanwhile.isEmpty()) {
            request(comeMeanwhile.remove());
        }
        if (broken) {
            throw new IOException("the disk is gone");
        }
    }

    private void request(String name) {
        flush.request(failure -> log.add(failure == null ? name : name + " failed"));
    }

    @Test
    void request_many_shareOneFlushAndAreToldAfterIt() {
        request("a");
        request("b");
        request("c");

        assertThat(log).isEmpty();
        assertThat(thread).hasSize(1);
        thread.remove().run();
        assertThat(log).containsExactly("flush", "a", "b", "c");
    }

    @Test
    void request_whileAFlushRuns_waitsForTheNext() {
        request("a");
        comeMeanwhile.add("b");
        comeMeanwhile.add("c");

        thread.remove().run();

        assertThat(log).containsExactly("flush", "a", "flush", "b", "c");
        assertThat(thread).isEmpty();
    }

    @Test
    void request_afterAllWasFlushed_startsAnew() {
        request("a");
        thread.remove().run();
        request("b");

        thread.remove().run();

        assertThat(log).containsExactly("flush", "a", "flush", "b");
    }

    @Test
    void request_flushFails_everyoneOfTheGroupIsTold() {
        broken = true;
        request("a");
        request("b");

        thread.remove().run();

        assertThat(log).containsExactly("flush", "a failed", "b failed");
    }

    @Test
    void request_noThreadAnyMore_flushesHere() {
        GroupFlush ending = new GroupFlush(this::work, task -> {
            throw new RejectedExecutionException("ended");
        });

        ending.request(failure -> log.add("a"));

        assertThat(log).containsExactly("flush", "a");
    }
}
