package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.driver.PeersJson.Known;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierPeersTest {

    private static final long DAY = 24L * 60 * 60 * 1_000;
    private static final long NOW = 20_000 * DAY;

    private final PeerMap peers = PeerMap.create(new PeerId("self"), 10_000);

    @Test
    void beside_nothingProvedInThisRun_areAll() {
        peers.hint(address(1), 0);

        assertThat(beside(NOW, seen(1, NOW - DAY), seen(2, NOW - 2 * DAY)))
                .containsExactly(seen(1, NOW - DAY), seen(2, NOW - 2 * DAY));
    }

    @Test
    void beside_oneProvedItself_areTheOthers() {
        peers.proven(address(1), new PeerId("another"), 0);

        assertThat(beside(NOW, seen(1, NOW - DAY), seen(2, NOW - 2 * DAY))).containsExactly(seen(2, NOW - 2 * DAY));
    }

    @Test
    void beside_peerWhoseBanOfAnEarlierRunIsOver_isKept() {
        peers.ban(address(1), new PeerId("host-1"), 1_000, 0);
        assertThat(beside(NOW, seen(1, NOW - DAY)))
                .as("it is known in this run")
                .isEmpty();

        assertThat(new EarlierPeers(List.of(seen(1, NOW - DAY))).beside(peers.peers(1_000), NOW))
                .containsExactly(seen(1, NOW - DAY));
    }

    @Test
    void beside_seenLongAgo_isLeftOutWhereThereAreEnoughOthers() {
        for (int i = 0; i < EarlierPeers.KEPT_AT_ANY_AGE - 1; i++) {
            peers.proven(address(1_000 + i), new PeerId("proven-" + i), 0);
        }

        assertThat(beside(NOW, seen(1, NOW - 31 * DAY), seen(2, NOW - 40 * DAY), seen(3, NOW - 29 * DAY)))
                .containsExactly(seen(3, NOW - 29 * DAY));
        assertThat(beside(NOW, seen(1, NOW - 31 * DAY), seen(2, NOW - 40 * DAY)))
                .as("the last of those that are kept at any age")
                .containsExactly(seen(1, NOW - 31 * DAY));
    }

    @Test
    void beside_clockThatIsYearsAheadForAWhile_losesNobody() {
        EarlierPeers earlier = new EarlierPeers(IntStream.range(0, 200)
                .mapToObj(i -> seen(i, NOW - i * 60_000L))
                .toList());

        assertThat(earlier.beside(List.of(), NOW + 9_000 * DAY)).hasSize(EarlierPeers.KEPT_AT_ANY_AGE);
        assertThat(earlier.beside(List.of(), NOW)).hasSize(200);
    }

    @Test
    void beside_clockThatWasNotSetAtTheStart_areAll() {
        Known[] seen = IntStream.range(0, 200).mapToObj(i -> seen(i, NOW - i)).toArray(Known[]::new);

        assertThat(beside(5, seen)).containsExactly(seen);
    }

    @Test
    void beside_tooMany_areThoseSeenLast() {
        Known[] seen = IntStream.range(0, EarlierPeers.MOST + 10)
                .mapToObj(i -> seen(i, NOW - 1 - i))
                .toArray(Known[]::new);

        assertThat(beside(NOW, seen)).containsExactlyElementsOf(List.of(seen).subList(0, EarlierPeers.MOST));
    }

    @Test
    void beside_timeThatIsStillToCome_countsAsLongAgo() {
        Known ahead = seen(5_000, NOW + 9_000 * DAY);
        EarlierPeers earlier = new EarlierPeers(IntStream.range(0, EarlierPeers.MOST + 1)
                .mapToObj(i -> i == 0 ? ahead : seen(i, NOW - i))
                .toList());

        assertThat(earlier.beside(List.of(), NOW)).hasSize(EarlierPeers.MOST).doesNotContain(ahead);
    }

    @Test
    void beside_manyAddressesOfOneName_areTheLast() {
        Known[] seen = IntStream.range(0, 9)
                .mapToObj(i -> new Known(address(i), new PeerId("laptop"), NOW - i * DAY, 0))
                .toArray(Known[]::new);
        peers.proven(address(77), new PeerId("laptop"), 0);

        assertThat(beside(NOW, seen)).containsExactly(seen[0], seen[1]);
    }

    @Test
    void read_fileThatCannotBeUsed_isSetAside(@TempDir Path directory) throws Exception {
        StateFiles files = new StateFiles(directory);
        files.write(EarlierPeers.FILE, "{\"peers\":[{\"address\":\"x\"}]}");

        assertThat(EarlierPeers.read(files).beside(List.of(), NOW)).isEmpty();
        assertThat(directory.resolve("peers.json.unreadable")).exists();
    }

    private List<Known> beside(long epochMillis, Known... earlier) {
        return new EarlierPeers(List.of(earlier)).beside(peers.peers(0), epochMillis);
    }

    private static Known seen(int number, long lastSeen) {
        return new Known(address(number), new PeerId("host-" + number), lastSeen, 0);
    }

    private static PeerAddress address(int number) {
        return PeerAddress.parse("10.1." + number / 250 + "." + (number % 250 + 1) + ":1531");
    }
}
