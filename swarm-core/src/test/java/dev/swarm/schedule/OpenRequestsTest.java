package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenRequestsTest {

    private final Source source = new Source(PeerAddress.parse("10.0.0.1:1531"), new PeerId("source"), 0);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3})
    void everyChange_anyOrderOfEnds_leavesTheOthersInOrder(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        OpenRequests open = new OpenRequests();
        Map<Long, OpenRequest> model = new LinkedHashMap<>();

        for (long number = 1; number <= 300; number++) {
            OpenRequest request = new OpenRequest(number, source, 0, 1, false, 0, 1);
            open.add(request);
            model.put(number, request);
            for (int ends = random.nextInt(3); ends > 0; ends--) {
                long ended = 1 + random.nextLong(number);
                assertThat(open.remove(ended)).isSameAs(model.remove(ended));
                assertThat(open.get(ended)).isNull();
            }

            assertThat(open.size()).isEqualTo(model.size());
            assertThat(open.of(source)).containsExactlyElementsOf(model.values());
        }
    }
}
