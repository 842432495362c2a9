package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemProvider;
import dev.swarm.user.UserPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubsystemHostTest {

    /** Longer than a test may take. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private Runnable onCycle = () -> {};
    private Runnable onClose = () -> {};
    private final SubsystemHost host = new SubsystemHost(new PeerId("self"), waiting::add, UserPolicy.NOBODY);

    @Test
    void regate_closedThenOpened_stopsAndStartsInOrder() {
        load(true);
        host.cycle();
        assertThat(host.regate(name -> false)).isTrue();
        host.cycle();
        run();
        assertThat(calls).containsExactly("start", "close");
        assertThat(host.gates()).containsEntry("fake", false);
        assertThat(host.find(Fake.class)).isNull();

        assertThat(host.regate(name -> true)).isTrue();
        host.cycle();
        run();
        assertThat(calls).containsExactly("start", "close", "start", "cycle");
        assertThat(host.gates()).containsEntry("fake", true);
        assertThat(host.find(Fake.class)).isNotNull();
    }

    @Test
    void regate_sameAgain_doesNothing() {
        load(true);
        run();

        assertThat(host.regate(name -> true)).isFalse();
        run();

        assertThat(calls).containsExactly("start");
    }

    @Test
    void regate_closedFromTheBeginning_startsWhenItOpens() {
        load(false);
        host.cycle();
        run();
        assertThat(calls).isEmpty();

        host.regate(name -> true);
        run();

        assertThat(calls).containsExactly("start");
    }

    @Test
    void close_afterTheGateClosed_closesNothingTwice() {
        load(true);
        run();
        host.regate(name -> false);
        run();

        host.close(LONG);

        assertThat(calls).containsExactly("start", "close");
    }

    @Test
    void offer_byOnePlugin_isFoundByItsTypeUntilWithdrawn() {
        host.offer("fake", Runnable.class, () -> calls.add("called"));

        Runnable offered = host.service(Runnable.class);
        assertThat(offered).isNotNull();
        offered.run();
        host.withdrawOffers("other");
        assertThat(host.service(Runnable.class)).isSameAs(offered);
        host.withdrawOffers("fake");

        assertThat(host.service(Runnable.class)).isNull();
        assertThat(calls).containsExactly("called");
    }

    @Test
    void offer_ofWhatAnotherOffers_isRefusedNamingTheOther() {
        host.offer("fake", Runnable.class, () -> {});

        assertThatThrownBy(() -> host.offer("other", Runnable.class, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fake");
    }

    @Test
    void execute_whileTheGateIsClosed_isLeftOut() {
        load(true);
        host.execute("fake", () -> calls.add("task"));
        run();
        host.regate(name -> false);
        host.execute("fake", () -> calls.add("late"));
        run();

        assertThat(calls).containsExactly("start", "task", "close");
    }

    @Test
    void cycle_pluginThatEndedInAnError_isCalledAgain() {
        onCycle = () -> {
            throw new NoClassDefFoundError("a class of another version");
        };
        load(true);
        host.cycle();
        run();
        onCycle = () -> {};
        host.cycle();
        run();

        assertThat(calls).containsExactly("start", "cycle", "cycle");
    }

    @Test
    void close_pluginThatDoesNotReturn_isNotWaitedFor() {
        CountDownLatch never = new CountDownLatch(1);
        onClose = () -> await(never);
        load(true);
        run();

        host.close(Duration.ZERO);

        assertThat(host.find(Fake.class)).isNull();
        never.countDown();
    }

    @Test
    void close_pluginsThatWaitForEachOther_areClosedAtOnceAndShareTheGrace() {
        CountDownLatch all = new CountDownLatch(3);
        onClose = () -> {
            all.countDown();
            await(all);
        };
        host.load(List.of(new Provider("a"), new Provider("b"), new Provider("c")), name -> true);
        host.start(name -> null);
        run();

        host.close(LONG);

        assertThat(calls).containsOnly("start", "close").hasSize(6);
    }

    @Test
    void load_twoOfOneName_isRefusedNamingBoth() {
        assertThatThrownBy(() -> host.load(List.of(new Provider("fake"), new Provider("fake")), name -> true))
                .isInstanceOf(SwarmException.class)
                .hasMessageContainingAll("fake", Fake.class.getName());
    }

    private void load(boolean open) {
        host.load(List.of(new Provider("fake")), name -> open);
        host.start(name -> null);
    }

    private void run() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Provider implements SubsystemProvider {

        private final String name;

        Provider(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Subsystem create() {
            return new Fake();
        }
    }

    private final class Fake implements Subsystem {

        @Override
        public void start(SubsystemContext context) {
            calls.add("start");
        }

        @Override
        public void onCycle() {
            calls.add("cycle");
            onCycle.run();
        }

        @Override
        public void close() {
            calls.add("close");
            onClose.run();
        }
    }
}
