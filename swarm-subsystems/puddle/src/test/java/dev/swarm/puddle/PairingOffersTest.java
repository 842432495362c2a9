package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import dev.swarm.puddle.PairingOffers.Verdict;
import dev.swarm.user.UserName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PairingOffersTest {

    private static final UserName ANN = new UserName("ann");
    private static final UserName BOB = new UserName("bob");
    private static final PeerId HERE = new PeerId("here");
    private static final PeerId THERE = new PeerId("there");

    private final AtomicLong nanos = new AtomicLong();
    private final Random random = new Random(11);
    private final PairingOffers offers = new PairingOffers(nanos::get, random);

    @Test
    void prove_rightCode_givesBothSidesTheSameKey() {
        byte[] code = offers.offer(ANN);
        Joining joining = new Joining(THERE, code);

        PairingOffers.Proven proven = joining.prove();

        assertThat(proven.verdict()).isEqualTo(Verdict.RIGHT);
        assertThat(proven.user()).isEqualTo(ANN);
        byte[] sealed = Objects.requireNonNull(proven.keys()).seal(new byte[] {42});
        assertThat(joining.keys.open(sealed)).containsExactly(42);
    }

    @Test
    void prove_rightCodeOfTheSecondUser_isTheirs() {
        byte[] unused = offers.offer(ANN);
        byte[] code = offers.offer(BOB);

        assertThat(new Joining(THERE, code).prove().user()).isEqualTo(BOB);
        assertThat(offers.isOpen(ANN)).isTrue();
    }

    @Test
    void prove_codeThatWasUsed_isWrong() {
        byte[] code = offers.offer(ANN);
        assertThat(new Joining(THERE, code).prove().verdict()).isEqualTo(Verdict.RIGHT);

        assertThat(new Joining(THERE, code).prove().verdict()).isEqualTo(Verdict.WRONG);
    }

    @Test
    void prove_sameExchangeAgain_isNotHeard() {
        byte[] code = offers.offer(ANN);
        Joining joining = new Joining(THERE, code);
        assertThat(joining.prove().verdict()).isEqualTo(Verdict.RIGHT);
        byte[] unused = offers.offer(ANN);

        assertThat(joining.prove().verdict()).isEqualTo(Verdict.UNHEARD);
    }

    @Test
    void prove_proofOfAnotherPeersExchange_isWrong() {
        byte[] code = offers.offer(ANN);
        Joining honest = new Joining(THERE, code);
        PeerId thief = new PeerId("thief");
        byte[] half = offers.begin(thief, honest.half.open());
        assertThat(half).isNotNull();

        PairingOffers.Proven stolen =
                offers.prove(new PairingKeys.Ends(Fixtures.FLEET, HERE, thief), honest.keys.proof());

        assertThat(stolen.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(honest.prove().verdict()).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void prove_threeWrongOnes_burnTheCode() {
        byte[] code = offers.offer(ANN);
        for (int i = 0; i < 3; i++) {
            assertThat(offers.isOpen(ANN)).isTrue();
            assertThat(new Joining(new PeerId("guesser-" + i), wrong(code))
                            .prove()
                            .verdict())
                    .isEqualTo(Verdict.WRONG);
        }

        assertThat(offers.isOpen(ANN)).isFalse();
        assertThat(new Joining(THERE, code).prove().verdict()).isEqualTo(Verdict.WRONG);
    }

    @Test
    void prove_twoWrongOnes_leaveTheCode() {
        byte[] code = offers.offer(ANN);
        for (int i = 0; i < 2; i++) {
            assertThat(new Joining(THERE, wrong(code)).prove().verdict()).isEqualTo(Verdict.WRONG);
        }

        assertThat(new Joining(THERE, code).prove().verdict()).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void prove_afterFiveMinutes_isWrong() {
        byte[] code = offers.offer(ANN);
        pass(PairingOffers.LIFETIME.minusSeconds(1));
        assertThat(offers.isOpen(ANN)).isTrue();
        pass(Duration.ofSeconds(1));

        assertThat(offers.isOpen(ANN)).isFalse();
        assertThat(new Joining(THERE, code).prove().verdict()).isEqualTo(Verdict.WRONG);
    }

    @Test
    void prove_peerThatWasWrongFiveTimes_isNotHeardForAnHour() {
        for (int i = 0; i < 5; i++) {
            assertThat(new Joining(THERE, wrong(offers.offer(ANN))).prove().verdict())
                    .isEqualTo(Verdict.WRONG);
        }
        byte[] code = offers.offer(ANN);
        assertThat(offers.begin(THERE, new PairingKeys.Half(random).open())).isNull();
        assertThat(new Joining(new PeerId("other"), code).prove().verdict()).isEqualTo(Verdict.RIGHT);

        pass(Duration.ofHours(1));

        assertThat(new Joining(THERE, offers.offer(ANN)).prove().verdict()).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void prove_muchLaterThanBegun_isNotHeard() {
        Joining joining = new Joining(THERE, offers.offer(ANN));
        pass(Duration.ofMinutes(1));

        assertThat(joining.prove().verdict()).isEqualTo(Verdict.UNHEARD);
    }

    @Test
    void offer_again_endsTheCodeBefore() {
        byte[] before = offers.offer(ANN);
        byte[] now = offers.offer(ANN);

        assertThat(new Joining(THERE, before).prove().verdict()).isEqualTo(Verdict.WRONG);
        assertThat(new Joining(THERE, now).prove().verdict()).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void keys_everythingThatTravelled_opensNothing() {
        byte[] code = offers.offer(ANN);
        Joining joining = new Joining(THERE, code);
        byte[] proof = joining.keys.proof();
        PairingOffers.Proven proven = joining.prove();
        byte[] sealed = Objects.requireNonNull(proven.keys()).seal(Fixtures.secret(1));

        for (byte[] seen : new byte[][] {joining.half.open(), joining.theirs, proof, Arrays.copyOf(sealed, 32)}) {
            assertThat(XChaCha.open(seen, new byte[XChaCha.NONCE_BYTES], proof, sealed))
                    .isNull();
        }
        byte[] found = code.clone();
        assertThat(new PairingKeys.Half(random)
                        .joining(found, joining.ends, joining.theirs)
                        .open(sealed))
                .describedAs("the code, once the exchange is over")
                .isNull();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static byte[] wrong(byte[] code) {
        byte[] wrong = code.clone();
        wrong[25] = (byte) (wrong[25] == 'A' ? 'B' : 'A');
        return wrong;
    }

    /** The other side. */
    private final class Joining {
        private final PairingKeys.Ends ends;
        private final PairingKeys.Half half = new PairingKeys.Half(random);
        private final byte[] theirs;
        private final PairingKeys keys;

        Joining(PeerId peer, byte[] code) {
            ends = new PairingKeys.Ends(Fixtures.FLEET, HERE, peer);
            theirs = Objects.requireNonNull(offers.begin(peer, half.open()));
            keys = half.joining(code, ends, theirs);
        }

        PairingOffers.Proven prove() {
            return offers.prove(ends, keys.proof());
        }
    }
}
