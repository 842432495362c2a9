package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {

    private static final int LEAF = 64 * 1024;

    /** A leaf on its way, asked for at one moment and here at another. */
    private record Leaf(long arrivesAt) {}

    @ParameterizedTest
    @CsvSource({"12500000, 1", "12500000, 100", "12500000, 300", "125000000, 80", "25000000, 500", "1250000, 200"})
    void windowBytes_lineOfAnyLength_isFilled(long bytesPerSecond, long roundTripMillis) {
        Source source = new Source(PeerAddress.parse("10.0.0.1:1"), new PeerId("a"), 0);
        source.roundTrip(TimeUnit.MILLISECONDS.toNanos(roundTripMillis));
        long half = TimeUnit.MILLISECONDS.toNanos(roundTripMillis) / 2;
        long leafNanos = LEAF * 1_000_000_000L / bytesPerSecond;
        Deque<Leaf> coming = new ArrayDeque<>();
        long now = 0;
        long lineFreeAt = 0;
        long arrived = 0;
        long last = TimeUnit.SECONDS.toNanos(30);
        long from = TimeUnit.SECONDS.toNanos(20);
        while (now < last) {
            while (source.hasRoom(now)) {
                source.asked(LEAF, now);
                lineFreeAt = Math.max(lineFreeAt, now + half) + leafNanos;
                coming.add(new Leaf(lineFreeAt + half));
            }
            now = coming.remove().arrivesAt();
            source.arrived(LEAF, now);
            source.settled(LEAF);
            arrived += now > from ? LEAF : 0;
        }

        assertThat(arrived / 10.0).isGreaterThan(0.95 * bytesPerSecond);
        assertThat(source.windowBytes()).isLessThanOrEqualTo(16 << 20);
    }

    @ParameterizedTest(name = "{0} bytes a second, leaf {1} of units of {2}: to {3}")
    @CsvSource({
        "4000000, 8, 4, 12", // with its unit
        "4000000, 10, 4, 12",
        "4000000, 10, 1, 11",
        "600000, 8, 4, 10", // as much as comes in a quarter of a second
        "60000, 8, 4, 9",
        "0, 8, 4, 9",
        "100000000, 10, 4, 25", // a quarter of the window
        "1000000000, 10, 4, 26", // a chunk
    })
    void runEnd_ofALeaf_isWhereItsUnitEndsOrMoreIfTheSourceIsFast(long rate, int first, int unit, int end) {
        Source source = new Source(PeerAddress.parse("10.0.0.1:1"), new PeerId("a"), 0);
        long now = 0;
        source.asked(LEAF, now);
        for (int i = 0; rate > 0 && i < 1_000; i++) {
            source.asked(LEAF, now);
            now += LEAF * 1_000_000_000L / rate;
            source.arrived(LEAF, now);
            source.settled(LEAF);
        }

        assertThat(source.runEnd(first, unit)).isEqualTo(end);
    }
}
