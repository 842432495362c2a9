package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnnouncerTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long CYCLE = 5 * SECOND;
    private static final String OLD = "0".repeat(32);
    private static final String NEW = "1".repeat(32);
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);

    private final Announcer announcer = new Announcer(CYCLE, new SplittableRandom(1), 0);
    private long now;

    private static Announcement said(int node, boolean seeking, String manifest, List<Announcement.Holding> holdings) {
        return new Announcement(
                "0123456789abcdef",
                new PeerId("node-" + node),
                PeerAddress.parse("10.0.0.1:1531"),
                seeking,
                manifest,
                holdings);
    }

    private void hear(int node, boolean seeking, String manifest) {
        announcer.heard(said(node, seeking, manifest, List.of()), 120, true, now);
    }

    /** Lets time pass; how often it spoke. */
    private int run(long nanos, String manifest) {
        long end = now + nanos;
        int spoken = 0;
        while (announcer.wakeAt() <= end) {
            now = Math.max(now, announcer.wakeAt());
            if (announcer.isDue(now, manifest)) {
                announcer.spoke(150, now);
                spoken++;
            }
        }
        now = end;
        return spoken;
    }

    /** Past its first announcements, at a moment when the next regular one is far. */
    private void settle() {
        for (int node = 100; node < 200; node++) {
            hear(node, false, OLD);
        }
        run(SECOND, OLD);
        announcer.spoke(150, now);
    }

    @Test
    void start_nobodyElse_speaksThreeTimesWithinASecondAndAsksToBeGreeted() {
        assertThat(announcer.wakeAt()).isLessThan(40 * MILLI);
        assertThat(announcer.isSeeking(0)).isTrue();
        assertThat(run(SECOND, OLD)).isEqualTo(3);
    }

    @Test
    void start_someoneHeard_asksForNoGreeting() {
        hear(1, false, OLD);

        assertThat(announcer.isSeeking(now)).isFalse();
    }

    @Test
    void heard_newcomer_isGreetedSoon() {
        settle();
        hear(1, true, OLD);

        assertThat(run(600 * MILLI, OLD)).isEqualTo(1);
    }

    @Test
    void heard_newcomerThatThreeOthersGreeted_isNotGreetedOnceMore() {
        settle();
        hear(1, true, OLD);
        hear(2, false, OLD);
        hear(3, false, OLD);
        hear(4, false, OLD);

        assertThat(run(600 * MILLI, OLD)).isZero();
    }

    @Test
    void heard_newcomerThatRepeatsItself_isStillGreeted() {
        settle();
        for (int i = 0; i < 5; i++) {
            hear(1, true, OLD);
        }

        assertThat(run(600 * MILLI, OLD)).isEqualTo(1);
    }

    @Test
    void heard_busySegment_greetingIsLeftOut() {
        settle();
        hear(1, true, OLD);
        announcer.heard(said(1, false, OLD, List.of()), 1_000_000, true, now);

        assertThat(run(600 * MILLI, OLD)).isZero();
    }

    @Test
    void learned_nobodySaidIt_isSaid() {
        settle();
        announcer.learned(now);

        assertThat(run(600 * MILLI, NEW)).isEqualTo(1);
    }

    @Test
    void learned_threeSaidTheSame_isLeftOut() {
        settle();
        announcer.learned(now);
        hear(1, false, NEW);
        hear(2, false, NEW);
        hear(3, false, NEW);

        assertThat(run(600 * MILLI, NEW)).isZero();
    }

    @Test
    void learned_oneSaidTheSameThrice_isSaid() {
        settle();
        announcer.learned(now);
        hear(1, false, NEW);
        hear(1, false, NEW);
        hear(1, false, NEW);

        assertThat(run(600 * MILLI, NEW)).isEqualTo(1);
    }

    @Test
    void learned_othersFleetSaysTheSame_isSaid() {
        settle();
        announcer.learned(now);
        for (int node = 1; node < 5; node++) {
            announcer.heard(said(node, false, NEW, List.of()), 120, false, now);
        }

        assertThat(run(600 * MILLI, NEW)).isEqualTo(1);
    }

    @Test
    void completed_threeHoldAllOfIt_isLeftOut() {
        settle();
        announcer.completed(BLOB, now);
        for (int node = 1; node < 4; node++) {
            announcer.heard(said(node, false, OLD, List.of(new Announcement.Holding(BLOB, 7, 7))), 200, true, now);
        }

        assertThat(run(600 * MILLI, OLD)).isZero();
    }

    @Test
    void completed_threeHoldSomeOfIt_isSaid() {
        settle();
        announcer.completed(BLOB, now);
        for (int node = 1; node < 4; node++) {
            announcer.heard(said(node, false, OLD, List.of(new Announcement.Holding(BLOB, 6, 7))), 200, true, now);
        }

        assertThat(run(600 * MILLI, OLD)).isEqualTo(1);
    }

    @Test
    void published_busySegment_isSaidWithinATenthOfASecond() {
        settle();
        announcer.heard(said(1, false, OLD, List.of()), 1_000_000, true, now);
        announcer.published(BLOB, now);

        assertThat(run(100 * MILLI, NEW)).isEqualTo(1);
    }

    @Test
    void interval_manyHeard_growsInProportion() {
        run(SECOND, OLD);
        for (int node = 0; node < 1_000; node++) {
            hear(node, false, OLD);
        }
        announcer.spoke(120, now);

        assertThat(announcer.wakeAt() - now).isBetween(50 * SECOND, 250 * SECOND);
    }

    @Test
    void select_freshBlob_comesFirstThenOthersInTurn() {
        List<Announcement.Holding> all = IntStream.range(0, 40)
                .mapToObj(i -> new Announcement.Holding(new BlobId(i, 0, 0, 0), 1, 1))
                .toList();
        settle();
        announcer.completed(new BlobId(30, 0, 0, 0), now);
        List<Announcement.Holding> first = announcer.select(here(all), now);
        announcer.spoke(400, now);
        List<Announcement.Holding> second = announcer.select(here(all), now);

        assertThat(first).hasSize(3).startsWith(all.get(30));
        assertThat(second).hasSize(3).doesNotContainAnyElementsOf(first);
    }

    @Test
    void select_asManyFreshBlobsAsItMayList_looksAtNoOthers() {
        settle();
        for (int i = 0; i < 40; i++) {
            announcer.completed(new BlobId(i, 0, 0, 0), now);
        }

        List<Announcement.Holding> listed = announcer.select(
                new Announcer.Holdings() {
                    @Override
                    public Announcement.Holding of(BlobId blob) {
                        return new Announcement.Holding(blob, 1, 1);
                    }

                    @Override
                    public List<Announcement.Holding> all() {
                        throw new AssertionError("every blob was looked at");
                    }
                },
                now);

        assertThat(listed).hasSize(15);
    }

    private static Announcer.Holdings here(List<Announcement.Holding> all) {
        return new ListedHoldings(all);
    }

    @Test
    void select_fewNodes_listsWhatADatagramHolds() {
        List<Announcement.Holding> all = IntStream.range(0, 40)
                .mapToObj(i -> new Announcement.Holding(new BlobId(i, 0, 0, 0), 1, 1))
                .toList();
        run(SECOND, OLD);

        assertThat(announcer.select(here(all), now)).hasSize(15);
    }
}
