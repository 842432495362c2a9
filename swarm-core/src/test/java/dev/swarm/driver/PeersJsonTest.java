package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeersJsonTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final PeerAddress LIAR = PeerAddress.parse("192.0.2.1:1531");
    private static final PeerAddress OTHER = PeerAddress.parse("192.0.2.2:1531");

    @Test
    void read_whatWasWrittenOfABan_isWhatIsLeftOfIt() {
        PeerMap peers = PeerMap.create(new PeerId("self"), 10);
        peers.proven(LIAR, new PeerId("liar"), 0);
        peers.proven(OTHER, new PeerId("other"), 0);
        for (int i = 0; i < PeerMap.MAX_FALSE_LEAVES; i++) {
            peers.servedFalseLeaf(LIAR, 0);
        }
        String text = PeersJson.write(peers.peers(10 * MINUTE_NANOS), List.of(), EPOCH_MILLIS);

        assertThat(PeersJson.read(text)).extracting(PeersJson.Known::address).containsExactly(LIAR, OTHER);
        PeersJson.Known liar = PeersJson.read(text).get(0);
        assertThat(liar.host()).isEqualTo(new PeerId("liar"));
        assertThat(liar.bannedNanos(EPOCH_MILLIS + 20 * 60_000L)).isEqualTo(30 * MINUTE_NANOS);
        assertThat(liar.bannedNanos(EPOCH_MILLIS + 50 * 60_000L)).isZero();
        assertThat(PeersJson.read(text).get(1).bannedUntil()).isZero();
    }

    @Test
    void bannedNanos_clockThatWasSetBackByYears_isOneBanAtMost() {
        PeersJson.Known liar = new PeersJson.Known(LIAR, new PeerId("liar"), 0, EPOCH_MILLIS);

        assertThat(liar.bannedNanos(5)).isEqualTo(PeerMap.BAN_NANOS);
        assertThat(new PeersJson.Known(LIAR, new PeerId("liar"), 0, Long.MAX_VALUE).bannedNanos(1))
                .isEqualTo(PeerMap.BAN_NANOS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"banned_until_ms\":\"soon\",\"host\":\"liar\"",
                "\"banned_until_ms\":-5,\"host\":\"liar\"",
                "\"banned_until_ms\":1e99,\"host\":\"liar\"",
                "\"banned_until_ms\":1800000000000,\"host\":\"no host name\"",
                "\"banned_until_ms\":1800000000000,\"host\":7",
                "\"banned_until_ms\":1800000000000"
            })
    void read_banThatCannotBeUsed_isPassedOver(String members) {
        String text = "{\"peers\":[{\"address\":\"" + LIAR + "\"," + members + "}]}";

        assertThat(PeersJson.read(text))
                .singleElement()
                .returns(LIAR, PeersJson.Known::address)
                .returns(0L, PeersJson.Known::bannedUntil);
    }

    @Test
    void read_whatWasWrittenOfAnEarlierRun_isTheSame() {
        List<PeersJson.Known> earlier =
                List.of(new PeersJson.Known(OTHER, new PeerId("other"), 77, 0), new PeersJson.Known(LIAR, null, 0, 0));

        assertThat(PeersJson.read(PeersJson.write(List.of(), earlier, EPOCH_MILLIS)))
                .containsExactlyElementsOf(earlier);
    }

    @Test
    void read_noSuchFile_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> PeersJson.read("{\"peers\":[{\"address\":\"x\"}]}"));
    }
}
