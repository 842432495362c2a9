package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That a node learns from a peer whether others get in. */
@Timeout(60)
class ReachBackIT {

    @TempDir
    Path directory;

    @Test
    void reachedBy_peerThatGetsIn_isTrue() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            assertThat(fleet.node(0).reachedBy(fleet.node(1).address()).get(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void reach_portWhereAnotherNodeOrNobodyListens_isNoWayToTheAsker() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            PeerAddress asked = fleet.node(0).address();
            try (RawMember member = new RawMember(fleet.member("asker.example"), asked)) {
                int another = fleet.node(1).address().port();
                assertThat(member.answer("/health/reach?port=" + another).text())
                        .isEqualTo("{\"reached\":false}\n");
                assertThat(member.answer("/health/reach?port=1").text()).isEqualTo("{\"reached\":false}\n");
                assertThat(member.get("/health/reach?port=70000")).isEqualTo(400);
                assertThat(member.get("/health/reach")).isEqualTo(400);
            }
        }
    }
}
