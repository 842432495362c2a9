package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerId;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParkedWatchesTest {

    private static final Fingerprint SAME = new Fingerprint(1, 2);
    private static final Standing STANDING = new Standing(SAME, 3, 0);

    private final List<Long> answered = new ArrayList<>();
    private final ParkedWatches parked = new ParkedWatches(
            (NodeEffects) Proxy.newProxyInstance(
                    NodeEffects.class.getClassLoader(),
                    new Class<?>[] {NodeEffects.class},
                    (proxy, method, arguments) -> {
                        answered.add((Long) arguments[0]);
                        return null;
                    }),
            (ParkedWatches.Holdings) Proxy.newProxyInstance(
                    ParkedWatches.Holdings.class.getClassLoader(),
                    new Class<?>[] {ParkedWatches.Holdings.class},
                    (proxy, method, arguments) -> method.getName().equals("reportGap") ? 1L : null),
            theirs -> SyncFrame.FINISHED,
            List::of,
            new Random(1));

    @Test
    void hurry_question_isAnsweredWithoutNewsAndOthersWaitOn() {
        park("a", 7, 0);
        park("b", 8, 0);
        parked.advance(STANDING, new Moment(1_000, 0));
        assertThat(answered).isEmpty();

        parked.hurry(7, 2_000);

        assertThat(parked.wakeAt()).isEqualTo(2_000);
        parked.advance(STANDING, new Moment(2_000, 0));
        assertThat(answered).containsExactly(7L);
        assertThat(parked.wakeAt()).isEqualTo(Watch.MAX_WAIT_NANOS);
    }

    @Test
    void hurry_questionThatIsAnswered_changesNothing() {
        park("a", 7, 0);

        parked.hurry(9, 2_000);

        parked.advance(STANDING, new Moment(2_000, 0));
        assertThat(answered).isEmpty();
    }

    private void park(String peer, long exchange, long now) {
        Watch.Question question = new Watch.Question(1531, true, SAME, SAME, 0, List.of(), true);
        parked.park(new PeerId(peer), exchange, question, STANDING, now);
    }
}
