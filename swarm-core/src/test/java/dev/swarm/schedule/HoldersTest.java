package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldersTest {

    private static final int LEAVES = 100;

    private final Holders holders = new Holders(LEAVES);
    private final List<Source> sources = new ArrayList<>();

    private Source source(long roundTripMillis, int... leaves) {
        PeerAddress address = PeerAddress.parse("10.0.0.1:" + (1_000 + sources.size()));
        Source source = new Source(address, new PeerId("peer-" + sources.size()), 0);
        source.report(source.id(), LeafSet.none(LEAVES));
        source.roundTrip(roundTripMillis * 1_000_000);
        sources.add(source);
        report(source, LeafSet.of(LEAVES, leaves));
        holders.distancesChanged();
        return source;
    }

    private void report(Source source, LeafSet leaves) {
        holders.report(source, leaves);
        source.report(source.id(), leaves);
    }

    @Test
    void lookAtDistances_oneMuchFurtherThanTheNearest_countsItsLeavesAsNotNear() {
        source(1, 3);
        source(50, 4);

        assertThat(holders.lookAtDistances(sources)).isTrue();

        assertThat(holders.someAreFar()).isTrue();
        assertThat(holders.isNear(3)).isTrue();
        assertThat(holders.isNear(4)).isFalse();
        assertThat(holders.ofAll().holders(4)).isEqualTo(1);
    }

    @Test
    void lookAtDistances_allAlikeOrUnknown_nobodyIsFar() {
        source(40, 3);
        source(60, 4);
        source(0, 5);

        assertThat(holders.lookAtDistances(sources)).isFalse();
        assertThat(holders.someAreFar()).isFalse();
        assertThat(holders.isNear(4)).isTrue();
    }

    @Test
    void reportMore_ofWhoIsFar_makesNothingNear() {
        source(1, 3);
        Source far = source(50, 4);
        holders.lookAtDistances(sources);

        holders.reportMore(far, new int[] {5});
        holders.reportMore(sources.get(0), new int[] {6});

        assertThat(holders.isNear(5)).isFalse();
        assertThat(holders.isNear(6)).isTrue();
    }

    @Test
    void gone_lastNearHolder_leavesItsLeavesFar() {
        Source near = source(1, 3);
        source(2, 7);
        source(50, 3);
        holders.lookAtDistances(sources);

        sources.remove(near);
        holders.gone(near, LeafSet.none(LEAVES));
        holders.lookAtDistances(sources);

        assertThat(holders.isNear(3)).isFalse();
        assertThat(holders.isNear(7)).isTrue();
    }

    @Test
    void onlySeedersHold_withASeederHereAndOneFarAway_looksAtWhatIsNear() {
        Source seeder = source(1);
        source(1, 8);
        Source other = source(50, 9);
        report(seeder, LeafSet.all(LEAVES));
        report(other, LeafSet.all(LEAVES));
        holders.lookAtDistances(sources);

        assertThat(holders.seeders()).isEqualTo(2);
        assertThat(holders.onlySeedersHold(8)).isFalse();
        assertThat(holders.onlySeedersHold(9)).isTrue();

        holders.withdraw(seeder, 9, 10);
        assertThat(holders.isNear(9)).isFalse();
        assertThat(holders.onlySeedersHold(9)).isTrue();
    }
}
