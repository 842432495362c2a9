package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TellersTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Tellers tellers = new Tellers();

    @AfterEach
    void end() {
        tellers.close(Duration.ZERO);
    }

    @Test
    void told_dependent_runsOnATellerAndNotOnTheThreadThatCompletes() throws Exception {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> ran = tellers.told(source)
                .thenApply(value -> value + " on " + Thread.currentThread().getName());

        source.complete("told");

        assertThat(ran.get()).startsWith("told on swarm-teller-");
    }

    @Test
    void told_dependentsThatAllWaitForAnotherFuture_holdNobodyUp() throws Exception {
        List<CompletableFuture<String>> first = sources(200);
        List<CompletableFuture<String>> second = sources(200);
        List<CompletableFuture<String>> ends = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            CompletableFuture<String> other = tellers.told(second.get(i));
            ends.add(tellers.told(first.get(i)).thenApply(value -> other.join()));
        }

        first.forEach(source -> source.complete("first"));
        second.forEach(source -> source.complete("second"));

        for (CompletableFuture<String> end : ends) {
            assertThat(end.get()).isEqualTo("second");
        }
    }

    @Test
    void told_ofTwoOnOneSource_oneThatBlocksDoesNotHoldUpTheOther() throws Exception {
        CompletableFuture<String> source = new CompletableFuture<>();
        CountDownLatch other = new CountDownLatch(1);
        CompletableFuture<Boolean> waits = tellers.told(source).thenApply(value -> await(other));
        CompletableFuture<Void> frees = tellers.told(source).thenAccept(value -> other.countDown());

        source.complete("told");

        frees.get();
        assertThat(waits.get()).isTrue();
    }

    @Test
    void told_failure_isToldWithoutAWrapping() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> derived = source.thenApply(value -> value);
        CompletableFuture<Throwable> seen =
                tellers.told(derived).handle((value, failure) -> failure == null ? new AssertionError(value) : failure);

        source.completeExceptionally(new IllegalStateException("refused"));

        assertThat(seen).succeedsWithin(LONG).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void told_ofWhatHasEnded_hasEndedAtOnce() {
        assertThat(tellers.told(CompletableFuture.completedFuture("told"))).isCompletedWithValue("told");
        assertThatThrownBy(() -> tellers.told(CompletableFuture.failedFuture(new IllegalStateException("refused")))
                        .get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void told_cancelledByItsOwner_leavesTheSourceToOthers() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> other = tellers.told(source);

        tellers.told(source).cancel(true);
        source.complete("told");

        assertThat(other).succeedsWithin(LONG).isEqualTo("told");
    }

    @Test
    void close_whileDependentsBlock_interruptsThemAndTellsTheRest() {
        List<CompletableFuture<String>> sources = sources(4);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> blocked = sources.stream()
                .map(source -> tellers.told(source).thenApply(value -> {
                    begun.countDown();
                    return await(never);
                }))
                .toList();
        sources.forEach(source -> source.complete("told"));
        assertThat(await(begun)).isTrue();

        tellers.close(Duration.ZERO);
        assertThat(blocked)
                .anySatisfy(
                        dependent -> assertThat(dependent).succeedsWithin(LONG).isEqualTo(false));
        never.countDown();

        blocked.forEach(dependent -> assertThat(dependent).succeedsWithin(LONG));
    }

    @Test
    void told_afterTheEnd_isToldAllTheSame() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> told = tellers.told(source);
        tellers.close(LONG);

        source.complete("late");

        assertThat(told).succeedsWithin(LONG).isEqualTo("late");
    }

    @Test
    void close_byATeller_doesNotWaitForItself() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Boolean> closed = tellers.told(source).thenApply(value -> {
            tellers.close(LONG.plus(LONG));
            return Thread.currentThread().isInterrupted();
        });

        source.complete("told");

        assertThat(closed).succeedsWithin(LONG).isEqualTo(false);
    }

    private static List<CompletableFuture<String>> sources(int count) {
        List<CompletableFuture<String>> sources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sources.add(new CompletableFuture<>());
        }
        return sources;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
