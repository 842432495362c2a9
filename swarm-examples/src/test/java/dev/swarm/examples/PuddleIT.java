package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.SwarmNode;
import dev.swarm.peer.PeerId;
import dev.swarm.puddle.Puddle;
import dev.swarm.puddle.PuddleStatus;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One person's identity on real nodes. */
class PuddleIT {

    private static final UserName ANN = new UserName("ann");
    private static final char[] PASSPHRASE = "correct horse".toCharArray();
    private static final PeerId NODE_0 = new PeerId("node-0.example");
    private static final PeerId NODE_1 = new PeerId("node-1.example");

    @TempDir
    Path directory;

    private final Map<Integer, Map<UserName, Path>> users = new ConcurrentHashMap<>();
    private Fleet fleet;

    @BeforeEach
    void startThree() {
        fleet = new Fleet(directory, 0);
        IntStream.range(0, 3).forEach(this::start);
    }

    @AfterEach
    void closeFleet() {
        fleet.close();
    }

    @Test
    void join_withTheCode_unlocksWithTheSamePassphraseAndKnowsBothMachines() throws Exception {
        UserId id = puddle(0).init(ANN, PASSPHRASE, false).user();
        assertThat(puddle(1).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN)))
                .isEqualTo(id);

        assertThat(puddle(1).status(ANN).unlocked()).isFalse();
        assertRefused(Reason.FORBIDDEN, () -> puddle(1).unlock(ANN, "another one".toCharArray()));
        puddle(1).unlock(ANN, PASSPHRASE);

        assertThat(puddle(1).status(ANN).unlocked()).isTrue();
        TestWait.until(() -> hosts(0).equals(List.of(NODE_0, NODE_1)) && hosts(1).equals(hosts(0)));
        puddle(1).lock(ANN);
        assertRefused(Reason.LOCKED, () -> puddle(1).name(ANN, "ann"));
        assertRefused(Reason.LOCKED, () -> puddle(1).pair(ANN));
    }

    @Test
    void init_again_isRefusedAndTheKeyStays() throws Exception {
        puddle(0).init(ANN, PASSPHRASE, false);
        byte[] before = Files.readAllBytes(home(0).resolve(".puddle/identity.wrapped"));

        assertRefused(Reason.FORBIDDEN, () -> puddle(0).init(ANN, PASSPHRASE, false));
        assertRefused(Reason.FORBIDDEN, () -> puddle(0)
                .join(ANN, fleet.node(1).address(), "A".repeat(26).toCharArray()));
        assertThat(home(0).resolve(".puddle/identity.wrapped")).hasBinaryContent(before);
    }

    @Test
    void join_threeWrongCodes_burnTheRightOne() {
        puddle(0).init(ANN, PASSPHRASE, false);
        char[] code = puddle(0).pair(ANN);
        for (int i = 0; i < 3; i++) {
            char[] wrong = code.clone();
            wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
            assertRefused(
                    Reason.FORBIDDEN, () -> puddle(1).join(ANN, fleet.node(0).address(), wrong));
        }

        assertThat(puddle(0).status(ANN).pairing()).isFalse();
        assertRefused(Reason.FORBIDDEN, () -> puddle(1).join(ANN, fleet.node(0).address(), code));
        assertThat(home(1).resolve(".puddle/identity.wrapped")).doesNotExist();
        assertThat(puddle(0).status(ANN).devices()).hasSize(1);
    }

    @Test
    void join_codeThatWasUsed_isRefusedToTheNextMachine() {
        puddle(0).init(ANN, PASSPHRASE, false);
        char[] code = puddle(0).pair(ANN);
        puddle(1).join(ANN, fleet.node(0).address(), code);

        assertRefused(Reason.FORBIDDEN, () -> puddle(2).join(ANN, fleet.node(0).address(), code));
    }

    @Test
    void post_exchangeThatWasRecorded_isRefusedAgain() throws Exception {
        puddle(0).init(ANN, PASSPHRASE, false);
        puddle(0).pair(ANN);
        byte[] noise = new byte[32];
        Arrays.fill(noise, (byte) 7);
        try (RawMember member =
                new RawMember(fleet.credentials(5), fleet.node(0).address())) {
            assertThat(member.post("/puddle/pair/prove", 32, "X-A: b", noise).status())
                    .isEqualTo(429);
            assertThat(member.post("/puddle/pair/begin", 32, "X-A: b", noise).status())
                    .isEqualTo(200);
            assertThat(member.post("/puddle/pair/prove", 32, "X-A: b", noise).status())
                    .isEqualTo(403);
            assertThat(member.post("/puddle/pair/prove", 32, "X-A: b", noise).status())
                    .isEqualTo(429);
        }
    }

    @Test
    void name_claimedByTwo_isAmbiguousUntilOneGivesItUp() throws Exception {
        UserId ann = puddle(0).init(ANN, PASSPHRASE, false).user();
        UserId other = puddle(1).init(ANN, PASSPHRASE, false).user();
        puddle(0).name(ANN, "ann");
        TestWait.until(() -> resolves(2, "ann", ann));

        puddle(1).name(ANN, "ann");

        TestWait.until(() -> puddle(0).status(ANN).contested());
        TestWait.until(() -> !resolves(2, "ann", ann));
        assertThatThrownBy(() -> puddle(2).resolve("ann"))
                .hasMessageContaining("ambiguous")
                .isInstanceOf(SwarmException.class);
        assertThat(puddle(2).resolve(other.hex())).isEqualTo(other);
        puddle(1).name(ANN, "anne");
        TestWait.until(() -> resolves(2, "ann", ann) && resolves(0, "anne", other));
    }

    @Test
    void leave_oneMachine_isNoMoreAmongTheOthers() throws Exception {
        pairAll();

        puddle(1).unlock(ANN, PASSPHRASE);
        puddle(1).leave(ANN);

        assertThat(home(1).resolve(".puddle/identity.wrapped")).doesNotExist();
        assertRefused(Reason.NOT_FOUND, () -> puddle(1).status(ANN));
        TestWait.until(() -> !hosts(0).contains(NODE_1) && !hosts(2).contains(NODE_1));
        puddle(1).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
        TestWait.until(() -> hosts(2).contains(NODE_1));
    }

    @Test
    void evict_byAnOperatorWithoutTheUsersKey_takesTheMachineOutEverywhere() throws Exception {
        UserId id = pairAll();
        puddle(1).unlock(ANN, PASSPHRASE);
        fleet.startOperator();
        Puddle operator = puddle(3);
        TestWait.until(() -> {
            try {
                operator.evictAsOperator(id, NODE_1);
                return true;
            } catch (SwarmException e) {
                assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
                return false;
            }
        });

        TestWait.until(() -> !hosts(0).contains(NODE_1) && !hosts(1).contains(NODE_1) && !hosts(2).contains(NODE_1));
        TestWait.until(() -> !puddle(1).status(ANN).unlocked());
        puddle(1).unlock(ANN, PASSPHRASE);
        assertRefused(Reason.FORBIDDEN, () -> puddle(1).pair(ANN));
        assertRefused(Reason.IDENTITY, () -> puddle(2).evictAsOperator(id, NODE_0));
    }

    @Test
    void restart_ofEveryNode_keepsTheIdentityAndLocksIt() throws Exception {
        UserId id = pairAll();
        puddle(0).name(ANN, "ann");
        TestWait.until(() -> resolves(2, "ann", id));

        IntStream.range(0, 3).forEach(i -> fleet.node(i).close());
        IntStream.range(0, 3).forEach(this::start);

        for (int i = 0; i < 3; i++) {
            PuddleStatus status = puddle(i).status(ANN);
            assertThat(status.unlocked()).isFalse();
            assertThat(status.id()).isEqualTo(id);
            assertThat(status.devices()).hasSize(3);
            assertThat(puddle(i).resolve("ann")).isEqualTo(id);
            puddle(i).unlock(ANN, PASSPHRASE);
        }
    }

    @Test
    void recover_withThePrintedKey_setsAnotherPassphraseOnAnyMachine() throws Exception {
        var founding = puddle(0).init(ANN, PASSPHRASE, true);
        puddle(1).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
        char[] chosen = "new passphrase".toCharArray();
        assertRefused(
                Reason.FORBIDDEN, () -> puddle(1).recover(ANN, "A".repeat(26).toCharArray(), chosen));

        puddle(1).recover(ANN, founding.recoveryKey(), chosen);

        assertThat(puddle(1).status(ANN).unlocked()).isTrue();
        puddle(1).lock(ANN);
        assertRefused(Reason.FORBIDDEN, () -> puddle(1).unlock(ANN, PASSPHRASE));
        puddle(1).unlock(ANN, chosen);
    }

    @Test
    void policy_takenAway_endsSessionAndIdentityInTheNextCycle() throws Exception {
        puddle(0).init(ANN, PASSPHRASE, false);
        char[] code = puddle(0).pair(ANN);

        users.put(0, Map.of());

        assertRefused(Reason.FORBIDDEN, () -> puddle(0).status(ANN));
        TestWait.until(() -> fleet.node(0).trait("puddle").contains("\"identities\":0"));
        assertRefused(Reason.FORBIDDEN, () -> puddle(1).join(ANN, fleet.node(0).address(), code));
        users.put(0, Map.of(ANN, home(0)));
        TestWait.until(() -> fleet.node(0).trait("puddle").contains("\"identities\":1"));
        assertThat(puddle(0).status(ANN).unlocked()).isFalse();
        puddle(0).unlock(ANN, PASSPHRASE);
    }

    @Test
    void memberThatWasAway_learnsWhatHappenedFromOneThatWasNotConcerned() throws Exception {
        UserId id = puddle(0).init(ANN, PASSPHRASE, false).user();
        puddle(1).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
        TestWait.until(() -> hosts(1).size() == 2);
        fleet.node(1).close();
        puddle(0).name(ANN, "ann");
        TestWait.until(() -> resolves(2, "ann", id));

        start(1);

        TestWait.until(() -> resolves(1, "ann", id));
    }

    @Test
    void nothingThatIsStoredOrReported_showsThePassphraseOrTheKey() throws Exception {
        puddle(0).init(ANN, PASSPHRASE, false);
        String trait = fleet.node(0).trait("puddle");

        assertThat(trait).isEqualTo("{\"identities\":1,\"unlocked\":1,\"known_users\":1}");
        TestWait.until(this::noFileShowsThePassphrase);
    }

    /** Whether every file was read; one that was renamed meanwhile is to be read under its new name. */
    private boolean noFileShowsThePassphrase() throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(text).describedAs(file.toString()).doesNotContain(new String(PASSPHRASE));
            }
            return true;
        } catch (NoSuchFileException | UncheckedIOException e) {
            return false;
        }
    }

    /** Ann's identity on the first three nodes, unlocked on the first. */
    private UserId pairAll() throws Exception {
        UserId id = puddle(0).init(ANN, PASSPHRASE, false).user();
        puddle(1).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
        puddle(2).join(ANN, fleet.node(0).address(), puddle(0).pair(ANN));
        TestWait.until(() -> hosts(0).size() == 3 && hosts(1).size() == 3 && hosts(2).size() == 3);
        return id;
    }

    private SwarmNode start(int i) {
        users.put(i, Map.of(ANN, home(i)));
        SwarmNode node = fleet.start(i, config -> config.users(subsystem -> users.get(i)));
        try {
            TestWait.until(() -> node.trait("puddle") != null);
            return node;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Path home(int i) {
        return directory.resolve("home-" + i);
    }

    private Puddle puddle(int i) {
        return fleet.node(i).subsystem(Puddle.class);
    }

    private List<PeerId> hosts(int i) {
        return puddle(i).status(ANN).devices().stream().map(UserDevice::host).toList();
    }

    private boolean resolves(int i, String name, UserId id) {
        try {
            return puddle(i).resolve(name).equals(id);
        } catch (SwarmException e) {
            return false;
        }
    }

    private static void assertRefused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SwarmException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }
}
