package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final String TAG = "0123456789abcdef";
    private static final PeerAddress OLD = PeerAddress.parse("10.0.0.2:1531");
    private static final PeerAddress NEW = PeerAddress.parse("10.0.0.99:1531");
    private static final PeerAddress ELSEWHERE = PeerAddress.parse("192.168.1.7:1531");

    private final List<String> said = new ArrayList<>();
    private final NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
        if (method.equals("announce")) {
            said.add(given[0] + " " + ((Announcement) given[1]).address());
        }
        return null;
    });
    private final NodeMachine machine = new NodeMachine(
            Scripted.rules(new PeerId("me"), TAG),
            ManifestCrdt.create(ManifestPolicy.defaults()),
            PeerMap.create(new PeerId("me"), 100),
            effects,
            new SplittableRandom(1));
    private long now;

    private void run(long nanos) {
        long end = now + nanos;
        machine.advance(new Moment(now, 0));
        while (machine.wakeAt(new Moment(now, 0)) <= end) {
            now = Math.max(now, machine.wakeAt(new Moment(now, 0)));
            machine.advance(new Moment(now, 0));
        }
        now = end;
    }

    private void located(Map<String, PeerAddress> segments) {
        machine.located(segments, Set.copyOf(segments.values()), new Moment(now, 0));
    }

    @Test
    void located_twoSegments_eachIsToldTheAddressThereSoon() {
        located(Map.of("eth0", OLD, "wlan0", ELSEWHERE));
        run(SECOND / 20);

        assertThat(said).containsExactlyInAnyOrder("eth0 " + OLD, "wlan0 " + ELSEWHERE);
    }

    @Test
    void located_otherAddress_isToldSoonAndTheOldOneNoMore() {
        located(Map.of("eth0", OLD));
        run(20 * SECOND);
        said.clear();
        located(Map.of("eth0", NEW));
        run(SECOND / 20);
        assertThat(said).containsExactly("eth0 " + NEW);
        run(60 * SECOND);

        assertThat(said).containsOnly("eth0 " + NEW).hasSizeGreaterThan(8);
    }

    @Test
    void located_sameAgain_changesNothing() {
        located(Map.of("eth0", OLD));
        run(20 * SECOND);
        said.clear();
        located(Map.of("eth0", OLD));
        run(SECOND / 20);

        assertThat(said).isEmpty();
    }

    @Test
    void located_segmentLeft_isSilent() {
        located(Map.of("eth0", OLD));
        run(SECOND);
        said.clear();
        located(Map.of());
        run(60 * SECOND);

        assertThat(said).isEmpty();
    }

    @Test
    void heard_ownAddress_isNoPeer() {
        located(Map.of("eth0", OLD));
        machine.suggested(OLD, new Moment(0, 0));
        machine.heard(
                "eth0",
                OLD,
                new Announcement(TAG, new PeerId("twin"), OLD, false, null, List.of()),
                100,
                new Moment(0, 0));
        machine.heard(
                "eth0",
                NEW,
                new Announcement(TAG, new PeerId("other"), NEW, false, null, List.of()),
                100,
                new Moment(0, 0));

        assertThat(machine.peers().peers(0)).singleElement().matches(peer -> peer.address()
                .equals(NEW));
    }

    @Test
    void heard_otherFleet_isNoPeer() {
        located(Map.of("eth0", OLD));
        machine.heard(
                "eth0",
                NEW,
                new Announcement("f".repeat(16), new PeerId("me"), NEW, true, null, List.of()),
                100,
                new Moment(0, 0));

        assertThat(machine.peers().peers(0)).isEmpty();
    }
}
