package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestFleet;
import dev.swarm.user.UserName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole exchange, with every byte of it recorded. */
class PairingTest {

    private static final UserName ANN = new UserName("ann");
    private static final char[] PASSPHRASE = "correct horse".toCharArray();
    private static final Argon2Cost CHEAP = new Argon2Cost(Argon2Cost.MIN_MEMORY_KIB, 1, 1);

    private final TestFleet fleet = new TestFleet("wire");
    private final WiredNode desk = new WiredNode(fleet.node("desk"), 1);
    private final WiredNode lap = new WiredNode(fleet.node("lap"), 2);
    private final WiredNode thief = new WiredNode(fleet.node("thief"), 3);
    private final byte[] wrapped = WrappedKey.wrap(Fixtures.secret(1), PASSPHRASE, CHEAP, new Random(1))
            .toBytes();
    private final Pairing offering = new Pairing(
            desk.context(),
            new Random(2),
            (user, joining) ->
                    new HandOver(wrapped, new byte[0], List.of(Fixtures.device(1, joining.host(), true, 10))));
    private final Pairing joining = new Pairing(lap.context(), new Random(3), (user, peer) -> {
        throw new AssertionError("not asked for");
    });

    @BeforeEach
    void serve() {
        offering.serve();
    }

    @Test
    void join_rightCode_givesTheWrappedKeyAndTheClaims() {
        HandOver given = joining.join(desk.address(), offering.offers().offer(ANN));

        assertThat(given.wrapped()).isEqualTo(wrapped);
        assertThat(given.claims()).containsExactly(Fixtures.device(1, "lap", true, 10));
        assertThat(WrappedKey.parse("key", given.wrapped()).unwrap(PASSPHRASE)).isEqualTo(Fixtures.secret(1));
    }

    @Test
    void join_everyByteRecorded_showsNeitherKeyNorCodeNorPassphrase() {
        byte[] code = offering.offers().offer(ANN);
        HandOver unused = joining.join(desk.address(), code);

        assertThat(lap.recorded).hasSize(4);
        String all = String.join(
                " ", lap.recorded.stream().map(HexFormat.of()::formatHex).toList());
        byte[] passphrase = new String(PASSPHRASE).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (byte[] hidden : List.of(
                Fixtures.secret(1),
                code,
                passphrase,
                wrapped,
                WrappedKey.parse("key", wrapped).salt())) {
            assertThat(all).doesNotContain(HexFormat.of().formatHex(hidden));
        }
        byte[] handOver = lap.recorded.get(3);
        for (byte[] seen : lap.recorded) {
            byte[] key = Arrays.copyOf(seen, XChaCha.KEY_BYTES);
            for (byte[] associated : lap.recorded) {
                assertThat(XChaCha.open(key, new byte[XChaCha.NONCE_BYTES], associated, handOver))
                        .isNull();
            }
        }
    }

    @Test
    void post_recordedExchange_givesAMemberNothing() {
        byte[] code = offering.offers().offer(ANN);
        HandOver unused = joining.join(desk.address(), code);
        byte[] again = offering.offers().offer(ANN);

        for (WiredNode member : List.of(lap, thief)) {
            assertThat(replay(member, Pairing.BEGIN, lap.recorded.get(0)).status())
                    .isEqualTo(200);
            assertThat(replay(member, Pairing.PROVE, lap.recorded.get(2)).status())
                    .isEqualTo(403);
        }

        assertThat(offering.offers().isOpen(ANN)).isTrue();
        assertThat(joining.join(desk.address(), again).wrapped()).isEqualTo(wrapped);
    }

    @Test
    void join_threeWrongCodes_burnsTheRightOne() {
        byte[] code = offering.offers().offer(ANN);
        for (int i = 0; i < 3; i++) {
            byte[] wrong = code.clone();
            wrong[i] = (byte) (wrong[i] == 'A' ? 'B' : 'A');
            assertRefused(wrong);
        }

        assertRefused(code);
    }

    @Test
    void join_afterFiveMinutes_isRefused() {
        byte[] code = offering.offers().offer(ANN);
        desk.nanos.addAndGet(Duration.ofMinutes(5).toNanos());

        assertRefused(code);
    }

    @Test
    void join_nodeThatDoesNotKnowTheCode_cannotHandAnythingOver() {
        Pairing impostor = new Pairing(thief.context(), new Random(4), (user, peer) -> {
            throw new AssertionError("not proven");
        });
        impostor.serve();
        byte[] unused = impostor.offers().offer(ANN);

        assertThatThrownBy(() -> joining.join(thief.address(), offering.offers().offer(ANN)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("the code is not open there");
    }

    private void assertRefused(byte[] code) {
        assertThatThrownBy(() -> joining.join(desk.address(), code))
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.FORBIDDEN));
    }

    private Answer replay(WiredNode member, String path, byte[] body) {
        return member.ask(desk.address(), Request.post(path, ByteBuffer.wrap(body)));
    }
}
