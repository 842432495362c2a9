package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.puddle.Puddle;
import dev.swarm.user.UserName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member of the fleet gets out of a pairing of which they see every byte inside TLS, and out of playing it again. */
class PairingEavesdropperIT {

    private static final UserName ANN = new UserName("ann");
    private static final char[] PASSPHRASE = "correct horse".toCharArray();
    private static final int THIEF = 7;

    @TempDir
    Path directory;

    private Fleet fleet;

    @BeforeEach
    void startThree() throws Exception {
        fleet = new Fleet(directory, 0);
        for (int i = 0; i < 3; i++) {
            Map<UserName, Path> users = Map.of(ANN, home(i));
            int node = i;
            fleet.start(i, config -> config.users(subsystem -> users));
            TestWait.until(() -> fleet.node(node).trait("puddle") != null);
        }
        puddle(0).init(ANN, PASSPHRASE, true);
    }

    @AfterEach
    void closeFleet() {
        fleet.close();
    }

    @Test
    void pairing_everyByteSeen_showsNothingOfKeyCodeOrPassphrase() throws Exception {
        char[] code = puddle(0).pair(ANN);

        List<TlsRelay.Seen> seen = overhear(code);

        assertThat(seen).extracting(TlsRelay.Seen::path).containsExactly("/puddle/pair/begin", "/puddle/pair/prove");
        StringBuilder all = new StringBuilder();
        for (TlsRelay.Seen each : seen) {
            all.append(each.request()).append('\n').append(each.answer()).append('\n');
        }
        byte[] wrapped = Files.readAllBytes(home(0).resolve(".puddle/identity.wrapped"));
        byte[] recovery = Files.readAllBytes(home(0).resolve(".puddle/identity.recovery"));
        assertThat(wrapped).isEqualTo(Files.readAllBytes(home(1).resolve(".puddle/identity.wrapped")));
        for (byte[] hidden : List.of(
                piece(wrapped, 32),
                piece(recovery, 24),
                piece(Files.readAllBytes(home(0).resolve(".puddle/identity.salt")), 0),
                HexFormat.of().parseHex(puddle(0).status(ANN).id().hex()),
                new String(PASSPHRASE).getBytes(StandardCharsets.UTF_8),
                new String(code).getBytes(StandardCharsets.US_ASCII))) {
            assertThat(all).doesNotContain(text(hidden));
        }
    }

    @Test
    void requests_playedAgain_areRefusedAndLeaveTheNextCodeOpen() throws Exception {
        List<TlsRelay.Seen> seen = overhear(puddle(0).pair(ANN));
        char[] next = puddle(0).pair(ANN);

        for (int member : new int[] {1, THIEF}) {
            try (RawMember raw =
                    new RawMember(fleet.credentials(member), fleet.node(0).address())) {
                for (TlsRelay.Seen each : seen) {
                    byte[] body = each.requestBody();
                    RawMember.Answer answer = raw.post(each.path(), body.length, "X-A: b", body);
                    assertThat(answer.status()).isEqualTo(each.path().endsWith("begin") ? 200 : 403);
                    assertThat(text(bytes(answer))).isNotEqualTo(each.answerBody());
                }
            }
        }

        assertThat(puddle(0).status(ANN).pairing()).isTrue();
        puddle(2).join(ANN, fleet.node(0).address(), next);
        puddle(2).unlock(ANN, PASSPHRASE);
    }

    @Test
    void answers_playedAgain_giveAJoiningMachineNothing() throws Exception {
        char[] code = puddle(0).pair(ANN);
        Iterator<TlsRelay.Seen> recorded = overhear(code).iterator();

        try (TlsRelay again =
                new TlsRelay(fleet.credentials(0), request -> recorded.next().answer())) {
            assertThatThrownBy(() -> puddle(2).join(ANN, again.address(), code)).isInstanceOf(SwarmException.class);
            assertThat(again.seen()).hasSize(2);
        }

        assertThat(home(2).resolve(".puddle/identity.wrapped")).doesNotExist();
    }

    @Test
    void memberInTheMiddle_underItsOwnName_getsNoHandOver() throws Exception {
        char[] code = puddle(0).pair(ANN);

        try (TlsRelay middle = new TlsRelay(
                fleet.credentials(THIEF), TlsRelay.to(fleet.node(0).address(), fleet.credentials(THIEF)))) {
            assertThatThrownBy(() -> puddle(1).join(ANN, middle.address(), code))
                    .isInstanceOfSatisfying(SwarmException.class, e -> assertThat(e.reason())
                            .isEqualTo(SwarmException.Reason.FORBIDDEN));
            assertThat(middle.seen().get(1).answer()).startsWith("HTTP/1.1 403");
        }

        assertThat(home(1).resolve(".puddle/identity.wrapped")).doesNotExist();
        assertThat(puddle(0).status(ANN).devices()).hasSize(1);
    }

    /** Lets node 1 join node 0 through somebody who has the keys of both machines' certificates. */
    private List<TlsRelay.Seen> overhear(char[] code) throws Exception {
        try (TlsRelay relay =
                new TlsRelay(fleet.credentials(0), TlsRelay.to(fleet.node(0).address(), fleet.credentials(1)))) {
            puddle(1).join(ANN, relay.address(), code.clone());
            return relay.seen();
        }
    }

    private static byte[] bytes(RawMember.Answer answer) {
        byte[] body = new byte[answer.body().remaining()];
        answer.body().duplicate().get(body);
        return body;
    }

    private static byte[] piece(byte[] whole, int from) {
        return Arrays.copyOfRange(whole, from, Math.min(whole.length, from + 16));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Path home(int i) {
        return directory.resolve("home-" + i);
    }

    private Puddle puddle(int i) {
        return fleet.node(i).subsystem(Puddle.class);
    }
}
