package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GraveMarkersTest {

    private final GraveMarkers<String> markers = new GraveMarkers<>();

    @Test
    void refuses_upToAndIncludingTheMarker() {
        markers.bury("k", at(5));

        assertThat(markers.refuses("k", at(4))).isTrue();
        assertThat(markers.refuses("k", at(5))).isTrue();
        assertThat(markers.refuses("k", at(6))).isFalse();
        assertThat(markers.refuses("other", at(4))).isFalse();
    }

    @Test
    void bury_earlierThanMarker_changesNothing() {
        markers.bury("k", at(5));

        assertThat(markers.bury("k", at(4))).isFalse();
        assertThat(markers.bury("k", at(5))).isFalse();
        assertThat(markers.refuses("k", at(5))).isTrue();
    }

    @Test
    void bury_laterThanMarker_raisesIt() {
        markers.bury("k", at(5));

        assertThat(markers.bury("k", at(6))).isTrue();
        assertThat(markers.refuses("k", at(6))).isTrue();
        assertThat(markers.size()).isEqualTo(1);
    }

    @Test
    void dropBelow_keepsMarkersAtTheHorizon() {
        markers.bury("old", at(4));
        markers.bury("edge", at(5));

        assertThat(markers.dropBelow(at(5))).isEqualTo(1);
        assertThat(markers.view()).containsOnlyKeys("edge");
        assertThat(markers.horizon()).isEqualTo(at(5));
    }

    @Test
    void dropBelow_lowerHorizon_changesNothing() {
        markers.dropBelow(at(5));

        assertThat(markers.dropBelow(at(3))).isZero();
        assertThat(markers.horizon()).isEqualTo(at(5));
    }

    @Test
    void merge_peerStillHasDroppedMarker_doesNotBringItBack() {
        GraveMarkers<String> peer = new GraveMarkers<>();
        peer.bury("k", at(4));
        markers.bury("k", at(4));
        markers.dropBelow(at(5));

        assertThat(markers.merge(peer)).isFalse();
        assertThat(markers.size()).isZero();
    }

    @Test
    void merge_peerHasHigherHorizon_dropsHereToo() {
        GraveMarkers<String> peer = new GraveMarkers<>();
        peer.dropBelow(at(5));
        markers.bury("k", at(4));

        assertThat(markers.merge(peer)).isTrue();
        assertThat(markers.size()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void merge_anyThreeStates_isCommutativeAssociativeIdempotent(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        GraveMarkers<String> a = randomMarkers(random);
        GraveMarkers<String> b = randomMarkers(random);
        GraveMarkers<String> c = randomMarkers(random);

        assertThat(join(a, b)).hasToString(join(b, a).toString());
        assertThat(join(join(a, b), c)).hasToString(join(a, join(b, c)).toString());
        assertThat(join(a, b).merge(a)).isFalse();
    }

    private static GraveMarkers<String> randomMarkers(SplittableRandom random) {
        GraveMarkers<String> markers = new GraveMarkers<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            markers.bury("k" + random.nextInt(5), at(random.nextInt(10)));
        }
        if (random.nextBoolean()) {
            markers.dropBelow(at(random.nextInt(6)));
        }
        return markers;
    }

    private static GraveMarkers<String> join(GraveMarkers<String> a, GraveMarkers<String> b) {
        GraveMarkers<String> joined = new GraveMarkers<>();
        joined.merge(a);
        joined.merge(b);
        return joined;
    }

    private static HybridTimestamp at(int millis) {
        return HybridTimestamp.of(millis, 0);
    }
}
