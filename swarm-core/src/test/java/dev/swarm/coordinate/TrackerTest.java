package dev.swarm.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TrackerTest {

    private static final long SEED = Long.getLong("swarm.seed", 3);
    private static final Fingerprint MANIFEST = new Fingerprint(5, 6);
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);
    private static final BlobId OTHER = new BlobId(9, 9, 9, 9);
    private static final long SECOND = 1_000_000_000L;

    private long now = 7 * SECOND;
    private Tracker tracker = tracker(Tracker.Bounds.DEFAULT);

    private static Tracker tracker(Tracker.Bounds bounds) {
        return new Tracker(bounds, DialPolicy.of(false), new Random(SEED));
    }

    private static PeerAddress address(int node) {
        return PeerAddress.parse("10.1." + node / 250 + "." + (node % 250 + 1) + ":1531");
    }

    private static CheckIn.Question question(Map<String, TraitDocument> traits, boolean send, BlobId... wants) {
        Map<String, TraitDigest> digests = new HashMap<>();
        traits.forEach((name, document) -> digests.put(name, document.digest()));
        return new CheckIn.Question(1531, null, digests, send ? traits : Map.of(), List.of(wants));
    }

    private static TraitDocument blobs(String... hex) {
        return TraitDocument.of(
                "swarm", "{\"blobs\":[" + (hex.length == 0 ? "" : "\"" + String.join("\",\"", hex) + "\"") + "]}");
    }

    private static Map<String, TraitDocument> holding(BlobId blob) {
        return Map.of("swarm", blobs(blob.hex()));
    }

    private static Map<String, TraitDocument> large(int number, int bytes) {
        return Map.of("big", TraitDocument.of("big", "{\"n\":" + number + ",\"x\":\"" + "x".repeat(bytes) + "\"}"));
    }

    private CheckIn.Answer checkIn(int node, CheckIn.Question question) {
        return tracker.checkIn(new PeerId("node-" + node), address(node), question, MANIFEST, now);
    }

    private CheckIn.Answer checkIn(int node) {
        return checkIn(node, question(Map.of(), true));
    }

    private List<String> hosts() {
        return tracker.reports(now).stream().map(report -> report.host().host()).toList();
    }

    @Nested
    class Reports {

        @Test
        void checkIn_documentOnce_isKeptWhileItsDigestIsTheSame() {
            Map<String, TraitDocument> traits = holding(BLOB);
            assertThat(checkIn(1, question(traits, false)).missing()).containsExactly("swarm");
            assertThat(checkIn(1, question(traits, true)).missing()).isEmpty();
            now += 5 * SECOND;

            CheckIn.Answer answer = checkIn(1, question(traits, false));

            assertThat(answer.missing()).isEmpty();
            assertThat(answer.manifest()).isEqualTo(MANIFEST);
            now += 2 * SECOND;
            assertThat(tracker.reports(now)).singleElement().satisfies(report -> {
                assertThat(report.host()).isEqualTo(new PeerId("node-1"));
                assertThat(report.address()).isEqualTo(address(1));
                assertThat(report.quiet()).isEqualTo(Duration.ofSeconds(2));
                assertThat(report.traits()).containsExactly("swarm");
                assertThat(report.trait("swarm")).isEqualTo(traits.get("swarm").text());
                assertThat(report.trait("swarm_seeds")).isNull();
            });
        }

        @Test
        void checkIn_otherDigest_isMissingAndTheOldDocumentIsGone() {
            checkIn(1, question(holding(BLOB), true));

            assertThat(checkIn(1, question(holding(OTHER), false)).missing()).containsExactly("swarm");
            assertThat(tracker.reports(now).get(0).traits()).isEmpty();

            checkIn(1, question(holding(OTHER), true));
            assertThat(tracker.reports(now).get(0).trait("swarm")).contains(OTHER.hex());
        }

        @Test
        void checkIn_traitNoLongerNamed_isForgotten() {
            checkIn(1, question(holding(BLOB), true));
            checkIn(1);

            assertThat(tracker.reports(now).get(0).traits()).isEmpty();
            assertThat(checkIn(2, question(Map.of(), true, BLOB)).holders()).isEmpty();
        }

        @Test
        void reports_silentForAnHour_isForgottenAndUntilThenLastSeen() {
            checkIn(1);
            now += Duration.ofMinutes(59).toNanos();
            checkIn(2);
            assertThat(tracker.reports(now).get(0).quiet()).isEqualTo(Duration.ofMinutes(59));

            now += Duration.ofMinutes(2).toNanos();

            assertThat(hosts()).containsExactly("node-2");
        }
    }

    @Nested
    class Hints {

        @Test
        void checkIn_othersAreThere_namesThemAndNeverTheAsker() {
            checkIn(1);
            checkIn(2);

            assertThat(checkIn(3).peers()).containsExactlyInAnyOrder(address(1), address(2));
            assertThat(checkIn(1).peers()).containsExactlyInAnyOrder(address(2), address(3));
        }

        @Test
        void checkIn_manyOthers_namesSixtyFourAndInTimeAll() {
            for (int node = 0; node < 1_000; node++) {
                checkIn(node);
            }
            Set<PeerAddress> seen = new HashSet<>();
            for (int round = 0; round < 200; round++) {
                CheckIn.Answer answer = checkIn(0);
                assertThat(answer.peers())
                        .hasSize(CheckIn.MAX_HINTS)
                        .doesNotHaveDuplicates()
                        .doesNotContain(address(0));
                seen.addAll(answer.peers());
            }
            assertThat(seen).hasSize(999);
        }

        @Test
        void checkIn_wantedBlob_namesThoseFirstWhoHoldItOrReceiveIt() {
            for (int node = 0; node < 500; node++) {
                checkIn(node);
            }
            checkIn(7, question(holding(BLOB), true));
            checkIn(
                    8,
                    question(
                            Map.of("swarm", TraitDocument.of("swarm", "{\"downloading\":{\"" + BLOB + "\":3}}")),
                            true));
            checkIn(9, question(holding(OTHER), true));

            CheckIn.Answer answer = checkIn(1, question(holding(BLOB), true, BLOB, new BlobId(0, 0, 0, 1)));

            assertThat(answer.holders()).containsOnlyKeys(BLOB);
            assertThat(answer.holders().get(BLOB)).containsExactlyInAnyOrder(address(7), address(8));
            assertThat(answer.peers()).hasSize(CheckIn.MAX_HINTS - 2);
        }

        @Test
        void checkIn_blobThatAllHold_namesOthersEachTimeAndNoMoreThanTheLimit() {
            for (int node = 0; node < 500; node++) {
                checkIn(node, question(holding(BLOB), true));
            }
            Set<PeerAddress> seen = new HashSet<>();
            for (int round = 0; round < 100; round++) {
                CheckIn.Answer answer = checkIn(0, question(Map.of(), true, BLOB, OTHER));
                assertThat(answer.holders().get(BLOB)).hasSize(CheckIn.MAX_HINTS / 2);
                seen.addAll(answer.holders().get(BLOB));
            }
            assertThat(seen).hasSize(499);
        }

        @Test
        void checkIn_silentForAMinute_isNotNamed() {
            checkIn(1, question(holding(BLOB), true));
            now += Tracker.FRESH_NANOS + 1;

            CheckIn.Answer answer = checkIn(2, question(Map.of(), true, BLOB));

            assertThat(answer.peers()).isEmpty();
            assertThat(answer.holders()).isEmpty();
            assertThat(hosts()).containsExactly("node-1", "node-2");
        }

        @Test
        void checkIn_addressThatNobodyMayDial_isReportedAndNotNamed() {
            for (String address : List.of("127.0.0.1:1531", "169.254.169.254:1531", "224.0.0.42:1531", "10.0.0.1:22")) {
                tracker.checkIn(
                        new PeerId("rogue"), PeerAddress.parse(address), question(holding(BLOB), true), MANIFEST, now);

                CheckIn.Answer answer = checkIn(2, question(Map.of(), true, BLOB));
                assertThat(answer.peers()).isEmpty();
                assertThat(answer.holders()).isEmpty();
            }
            assertThat(hosts()).containsExactly("node-2", "rogue");
        }

        @Test
        void checkIn_nodeThatMoved_isNamedAtItsNewAddressAlone() {
            checkIn(1);
            tracker.checkIn(new PeerId("node-1"), address(77), question(Map.of(), true), MANIFEST, now);

            assertThat(checkIn(2).peers()).containsExactly(address(77));
        }
    }

    @Nested
    class Room {

        @Test
        void checkIn_floodOfStrangers_displacesSilentOnesAndNoFreshOne() {
            tracker = tracker(new Tracker.Bounds(10, 1 << 20, 1 << 20));
            checkIn(1);
            now += Tracker.FRESH_NANOS;
            for (int node = 2; node <= 5; node++) {
                checkIn(node);
            }
            now += SECOND;

            for (int stranger = 100; stranger < 1_000; stranger++) {
                assertThat(checkIn(stranger).manifest()).isEqualTo(MANIFEST);
            }

            assertThat(hosts())
                    .hasSize(10)
                    .contains("node-2", "node-3", "node-4", "node-5")
                    .doesNotContain("node-1");
            checkIn(2);
            assertThat(hosts()).contains("node-2").hasSize(10);
        }

        @Test
        void checkIn_oneMemberUnderManyAddresses_hasOneRecord() {
            for (int i = 0; i < 1_000; i++) {
                tracker.checkIn(new PeerId("rogue"), address(i), question(large(i, 500_000), true), MANIFEST, now);
            }
            assertThat(hosts()).containsExactly("rogue");
            assertThat(checkIn(2000).peers()).hasSize(1);
        }

        @Test
        void checkIn_documentsBeyondTheBound_areNotKeptNorAskedForAgainSoon() {
            tracker = tracker(new Tracker.Bounds(100, 20_000, 50_000));
            checkIn(1, question(large(1, 20_000), true));
            assertThat(tracker.reports(now).get(0).traits()).isEmpty();
            for (int node = 2; node < 10; node++) {
                checkIn(node, question(large(node, 15_000), true));
            }

            assertThat(tracker.reports(now).stream()
                            .filter(report -> !report.traits().isEmpty()))
                    .hasSize(3);
            assertThat(hosts()).hasSize(9);
            assertThat(checkIn(9, question(large(9, 15_000), false)).missing()).isEmpty();
            now += Tracker.REFUSED_NANOS;
            assertThat(checkIn(9, question(large(9, 15_000), false)).missing()).containsExactly("big");
        }

        @Test
        void checkIn_noRoomForADocument_takesThatOfNodesSilentForLong() {
            tracker = tracker(new Tracker.Bounds(100, 20_000, 50_000));
            for (int node = 1; node <= 3; node++) {
                checkIn(node, question(large(node, 15_000), true));
                now += SECOND;
            }
            now += Tracker.FRESH_NANOS;

            checkIn(4, question(large(4, 15_000), true));

            assertThat(hosts()).containsExactly("node-2", "node-3", "node-4");
            assertThat(tracker.reports(now)).allMatch(report -> !report.traits().isEmpty());
        }

        @Test
        void checkIn_reportsThatChangeAndGo_leaveTheRoomTheyTook() {
            tracker = tracker(new Tracker.Bounds(100, 20_000, 20_000));
            for (int i = 0; i < 1_000; i++) {
                checkIn(1, question(large(i, 15_000), true));
                assertThat(tracker.reports(now).get(0).traits()).isNotEmpty();
            }
            now += Tracker.FORGET_NANOS + 1;
            checkIn(2, question(large(2, 15_000), true));

            assertThat(tracker.reports(now)).singleElement().matches(report -> !report.traits()
                    .isEmpty());
        }

        @Test
        void checkIn_nodeThatNamesManyBlobs_countsForThoseThatFit() {
            String[] hex = new String[TraitDocument.MAX_BLOBS + 10];
            for (int i = 0; i < hex.length; i++) {
                hex[i] = new BlobId(0, 0, 0, i).hex();
            }
            checkIn(1, question(Map.of("swarm", blobs(hex)), true));

            assertThat(checkIn(2, question(Map.of(), true, new BlobId(0, 0, 0, 1_023)))
                            .holders())
                    .hasSize(1);
            assertThat(checkIn(2, question(Map.of(), true, new BlobId(0, 0, 0, 1_024)))
                            .holders())
                    .isEmpty();
        }
    }
}
