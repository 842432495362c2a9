package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.TestFleet;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class NamesakesTest {

    private static final TestFleet FLEET = new TestFleet("namesakes");
    private static final PeerId SELF = new PeerId("node-1.example");
    private static final X509Certificate OWN = FLEET.node("node-1.example").certificate();
    private static final X509Certificate RENEWED = FLEET.node("node-1.example").certificate();
    private static final X509Certificate TWIN = FLEET.node("node-1.example").certificate();
    private static final PeerAddress THERE = PeerAddress.parse("192.0.2.7:1531");
    private static final long SECOND = 1_000_000_000L;

    private long now;
    private final Namesakes namesakes = new Namesakes(SELF, () -> now);

    @Test
    void seen_twiceTenSecondsApart_isPresentUntilItIsSilentForTenMinutes() {
        namesakes.seen("192.0.2.7");
        now = 10 * SECOND - 1;
        namesakes.seen("192.0.2.7");
        assertThat(namesakes.present()).isEmpty();

        now++;
        namesakes.seen("192.0.2.7");
        assertThat(namesakes.present()).containsExactly("192.0.2.7");

        now += 600 * SECOND;
        assertThat(namesakes.present()).isEmpty();
    }

    @Test
    void answered_byThisNodeItself_isNobodyElseWhicheverOfItsCertificatesItShows() {
        namesakes.showing(OWN);
        namesakes.showing(RENEWED);

        answeredTwice(SELF, OWN);
        answeredTwice(SELF, RENEWED);

        assertThat(namesakes.present()).isEmpty();
    }

    @Test
    void answered_byTheSameNameWithAnotherCertificate_isPresent() {
        namesakes.showing(OWN);

        answeredTwice(new PeerId("node-2.example"), TWIN);
        assertThat(namesakes.present()).isEmpty();

        answeredTwice(SELF, TWIN);
        assertThat(namesakes.present()).containsExactly("192.0.2.7:1531");
    }

    @Test
    void seen_atManyAddresses_keepsEight() {
        for (int second = 0; second <= 10; second += 10) {
            now = second * SECOND;
            for (int i = 0; i < 100; i++) {
                namesakes.seen("192.0.2." + i);
            }
        }

        assertThat(namesakes.present()).hasSize(8);
    }

    private void answeredTwice(PeerId name, X509Certificate certificate) {
        namesakes.answered(THERE, name, certificate);
        now += 10 * SECOND;
        namesakes.answered(THERE, name, certificate);
    }
}
