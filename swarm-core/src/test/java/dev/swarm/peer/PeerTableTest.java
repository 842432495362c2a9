package dev.swarm.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.blob.BlobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTableTest {

    private static final PeerAddress A = PeerAddress.parse("10.0.0.1:1531");
    private static final PeerAddress B = PeerAddress.parse("10.0.0.2:1531");
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);

    private final PeerMap peers = PeerMap.create(new PeerId("me"), 4);

    @Test
    void hint_tableFull_displacesTheOldestHintAndNoProvenPeer() {
        peers.hint(A, 0);
        peers.proven(A, new PeerId("a"), 0);
        for (int i = 0; i < 10; i++) {
            peers.hint(PeerAddress.parse("10.0.1." + i + ":1531"), 10 + i);
        }

        assertThat(peers.peers(100)).hasSize(4);
        assertThat(peers.peer(A, 100)).isNotNull();
        assertThat(peers.peer(PeerAddress.parse("10.0.1.0:1531"), 100)).isNull();
    }

    @Test
    void failed_inARow_waitsTwiceAsLongEachTime() {
        peers.hint(A, 0);
        long wait = 250_000_000L;
        long now = 0;
        for (int i = 0; i < 5; i++) {
            peers.failed(A, now);
            assertThat(peers.sample(10, now + wait - 1, new SplittableRandom(1)))
                    .isEmpty();
            assertThat(peers.sample(10, now + wait, new SplittableRandom(1))).containsExactly(A);
            now += wait;
            wait *= 2;
        }
    }

    @Test
    void sample_provenPeerThatFailed_comesAfterAHint() {
        peers.proven(A, new PeerId("a"), 0);
        peers.hint(B, 0);
        assertThat(peers.sample(10, 0, new SplittableRandom(1))).containsExactly(A, B);
        peers.failed(A, 0);

        assertThat(peers.sample(10, 1_000_000_000L, new SplittableRandom(1))).containsExactly(B, A);
    }

    @Test
    void sample_hintOfThisRun_comesBeforeThoseOfAnEarlierOneAndTheseByAge() {
        PeerAddress c = PeerAddress.parse("10.0.0.3:1531");
        PeerAddress d = PeerAddress.parse("10.0.0.4:1531");
        peers.hint(A, HintSource.earlierRun(500 * 3_600_000L), 0);
        peers.hint(B, HintSource.earlierRun(0), 0);
        peers.hint(c, HintSource.earlierRun(10 * 3_600_000L), 0);
        peers.hint(d, HintSource.earlierRun(900 * 3_600_000L), 0);
        peers.hint(d, 1);

        assertThat(peers.sample(10, 2, new SplittableRandom(1))).containsExactly(d, B, c, A);
    }

    @Test
    void search_namedByTheOperator_hasEveryOtherPlaceThoughItFailed() {
        PeerAddress c = PeerAddress.parse("10.0.0.3:1531");
        PeerAddress d = PeerAddress.parse("10.0.0.4:1531");
        peers.proven(A, new PeerId("a"), 0);
        peers.hint(B, 0);
        peers.hint(c, HintSource.OPERATOR, 0);
        peers.hint(d, HintSource.earlierRun(0), 0);
        peers.failed(c, 0);
        peers.failed(A, 0);

        assertThat(peers.search(10, 1_000_000_000L, new SplittableRandom(1))).containsExactly(c, B, d, A);
        assertThat(peers.search(2, 1_000_000_000L, new SplittableRandom(1))).containsExactly(c, B);
    }

    @Test
    void hint_tableFull_displacesNoneThatTheOperatorNamed() {
        peers.hint(A, 0);
        peers.hint(A, HintSource.OPERATOR, 0);
        for (int i = 0; i < 10; i++) {
            peers.hint(PeerAddress.parse("10.0.1." + i + ":1531"), 10 + i);
        }
        peers.hint(A, 25);
        peers.ban(A, new PeerId("a"), 5, 30);
        assertThat(peers.peer(A, 100)).returns(0, PeerView::trust);
        for (int i = 0; i < 10; i++) {
            peers.hint(PeerAddress.parse("10.0.2." + i + ":1531"), 200);
        }

        assertThat(peers.peer(A, 300)).isNotNull();
    }

    @Test
    void unmet_namedByTheOperator_isUntilSomebodyProvesHimselfThere() {
        peers.hint(A, HintSource.OPERATOR, 0);
        peers.hint(B, 0);
        assertThat(peers.unmet(0)).containsExactly(A);
        peers.proven(A, new PeerId("a"), 1);

        assertThat(peers.unmet(1)).isEmpty();
    }

    @Test
    void spare_otherAddressFails_isAskedAgainAtOnce() {
        peers.proven(A, new PeerId("a"), 0);
        peers.proven(B, new PeerId("a"), 0);
        peers.spare(B, 0);
        assertThat(peers.sample(10, 59_000_000_000L, new SplittableRandom(1))).containsExactly(A);
        peers.failed(A, 1);

        assertThat(peers.sample(10, 2, new SplittableRandom(1))).containsExactly(B);
    }

    @Test
    void spare_otherPeerFails_isStillLeftAlone() {
        peers.proven(A, new PeerId("a"), 0);
        peers.proven(B, new PeerId("b"), 0);
        peers.spare(B, 0);
        peers.failed(A, 1);

        assertThat(peers.sample(10, 2, new SplittableRandom(1))).isEmpty();
        assertThat(peers.sample(10, 60_000_000_000L, new SplittableRandom(1))).contains(B);
    }

    @Test
    void servedFalseLeaf_threeTimes_bansForAnHour() {
        peers.proven(A, new PeerId("a"), 0);
        assertThat(peers.servedFalseLeaf(A, 0)).isFalse();
        assertThat(peers.servedFalseLeaf(A, 0)).isFalse();
        assertThat(peers.servedFalseLeaf(A, 0)).isTrue();

        peers.proven(A, new PeerId("a"), 1);
        assertThat(peers.sample(10, PeerMap.BAN_NANOS - 1, new SplittableRandom(1)))
                .isEmpty();
        assertThat(peers.sample(10, PeerMap.BAN_NANOS, new SplittableRandom(1))).containsExactly(A);
    }

    @Test
    void ban_ofAnEarlierRun_leavesThePeerAloneUntilItIsOverAndNamesItOnlyTillThen() {
        peers.hint(A, 0);
        peers.ban(A, new PeerId("a"), 1_000, 0);
        peers.hint(A, 1);

        assertThat(peers.sample(10, 999, new SplittableRandom(1))).isEmpty();
        assertThat(peers.peer(A, 999))
                .returns(-1, PeerView::trust)
                .returns(new PeerId("a"), PeerView::id)
                .returns(1L, PeerView::bannedNanos);
        assertThat(peers.sample(10, 1_000, new SplittableRandom(1))).containsExactly(A);
        assertThat(peers.peer(A, 1_000))
                .as("nothing was proved in this run")
                .returns(0, PeerView::trust)
                .returns(null, PeerView::id)
                .returns(0L, PeerView::bannedNanos);
    }

    @Test
    void ban_forLongerThanBansLast_isCutToThat() {
        peers.ban(A, new PeerId("a"), Long.MAX_VALUE / 2, 5);

        assertThat(peers.peer(A, 5)).returns(PeerMap.BAN_NANOS, PeerView::bannedNanos);
    }

    @Test
    void ban_peerThatHintsWouldDisplace_isKept() {
        PeerMap small = PeerMap.create(new PeerId("self"), 2);
        small.ban(A, new PeerId("a"), 1_000, 0);
        for (int port = 1; port < 10; port++) {
            small.hint(PeerAddress.parse("192.0.2.77:" + port), 1);
        }

        assertThat(small.peer(A, 2)).returns(-1, PeerView::trust);
    }

    @Test
    void proven_whileBanned_staysBanned() {
        peers.proven(A, new PeerId("a"), 0);
        for (int i = 0; i < PeerMap.MAX_FALSE_LEAVES; i++) {
            peers.servedFalseLeaf(A, 0);
        }
        peers.proven(A, new PeerId("a"), 1);

        assertThat(peers.peer(A, PeerMap.BAN_NANOS - 1))
                .returns(false, PeerView::reachable)
                .returns(-1, PeerView::trust);
    }

    @Test
    void claim_tooManyBlobs_countsTheFirstOnly() {
        for (int i = 0; i < 2_000; i++) {
            peers.claim(A, new BlobId(i, 2, 3, 4), 0);
        }

        assertThat(peers.peer(A, 0).claimedBlobs()).isEqualTo(1_024);
        assertThat(peers.holders(new BlobId(1_999, 2, 3, 4), 0)).isEmpty();
    }

    @Test
    void proven_oneself_isDropped() {
        peers.hint(A, 0);
        peers.proven(A, new PeerId("me"), 0);

        assertThat(peers.peers(0)).isEmpty();
    }

    @Test
    void forget_blob_dropsEveryClaim() {
        peers.claim(A, BLOB, 0);
        peers.claim(B, BLOB, 0);
        assertThat(peers.holders(BLOB, 0)).containsExactlyInAnyOrder(A, B);
        peers.forget(BLOB);

        assertThat(peers.holders(BLOB, 0)).isEmpty();
    }

    @Test
    void announcement_encodeDecode_isIdentity() {
        Announcement said = new Announcement(
                "0123456789abcdef",
                new PeerId("web-01"),
                A,
                true,
                "ab".repeat(16),
                List.of(new Announcement.Holding(BLOB, 3, 7)));

        assertThat(Announcement.decode(said.encode())).isEqualTo(said);
    }

    @Test
    void announcement_manyHoldings_staysWithinADatagram() {
        List<Announcement.Holding> many = IntStream.range(0, 100)
                .mapToObj(i -> new Announcement.Holding(new BlobId(i, 0, 0, 0), 1, 1))
                .toList();
        ByteBuffer bytes = new Announcement("0123456789abcdef", new PeerId("a"), A, false, null, many).encode();

        assertThat(bytes.remaining()).isBetween(1_000, Announcement.MAX_BYTES);
        assertThat(Announcement.decode(bytes)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HELLO",
                "SWARM/2 0123456789abcdef a\nADDR 10.0.0.1:1531\n",
                "SWARM/1 xyz a\nADDR 10.0.0.1:1531\n",
                "SWARM/1 0123456789abcdef a\n",
                "SWARM/1 0123456789abcdef a/b\nADDR 10.0.0.1:1531\n",
                "SWARM/1 0123456789abcdef a\nADDR localhost:1531\n",
                "SWARM/1 0123456789abcdef a\nADDR 10.0.0.1:99999\n",
                "SWARM/1 0123456789abcdef a\nADDR 10.0.0.1:1531\nHAVE zz 1/2\n",
                "SWARM/1 0123456789abcdef a\nADDR 10.0.0.1:1531\nHAVE "
                        + "0000000000000000000000000000000000000000000000000000000000000000 3/2\n",
                "SWARM/1 0123456789abcdef a\nADDR 10.0.0.1:1531\nHAVE "
                        + "0000000000000000000000000000000000000000000000000000000000000000 x/y\n"
            })
    void announcement_malformed_isPassedOver(String text) {
        assertThat(Announcement.decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.9:1531, 10.0.0.9:1531, true",
        "10.0.0.9:5, 10.0.0.8:1531, false",
        "10.0.0.9:1, 10.0.0.9:22, false",
        "127.0.0.1:9, 127.0.0.1:1531, false",
        "169.254.169.254:9, 169.254.169.254:1531, false",
        "224.0.0.42:9, 224.0.0.42:1531, false",
        "0.0.0.0:9, 0.0.0.0:1531, false"
    })
    void mayDial_addressFromADatagram_onlyItsSendersOwn(String sender, String said, boolean allowed) {
        DialPolicy policy = DialPolicy.forNodeAt(A);

        assertThat(policy.mayDial(PeerAddress.parse(sender), PeerAddress.parse(said)))
                .isEqualTo(allowed);
    }

    @Test
    void mayDial_loopbackNode_mayDialLoopback() {
        PeerAddress own = PeerAddress.parse("127.0.0.1:4000");

        assertThat(DialPolicy.forNodeAt(own).mayDial(PeerAddress.parse("127.0.0.1:5000")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.1",
                ":1531",
                "10.0.0.1:0",
                "10.0.0.1:x",
                "host:1531",
                "::1:1531",
                "[::1]",
                "1.2.3.4.5:9"
            })
    void parse_anythingButAnAddressAndPort_throws(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PeerAddress.parse(text));
    }
}
