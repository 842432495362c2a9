package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimBookTest {

    private static final long NOW = 1_000_000;
    private static final long ANN = 1;
    private static final long BOB = 2;
    private static final long AGENT = 3;
    private static final long JOB = 4;
    private static final long TASK = 5;
    private static final long FAR = 6;

    private final ClaimBook book = new ClaimBook(user -> user.equals(Fixtures.user(ANN)));

    static LongStream seeds() {
        Long given = Long.getLong("swarm.seed");
        return given != null ? LongStream.of(given) : LongStream.range(0, 50);
    }

    @Test
    void devices_joinedAndLeft_areThoseThatStayed() {
        take(Fixtures.device(ANN, "desk", true, 10), Fixtures.device(ANN, "lap", true, 20));
        take(Fixtures.device(ANN, "desk", false, 30));

        assertThat(hosts()).containsExactly("lap");
    }

    @Test
    void devices_leftAndJoinedAtTheSameTime_left() {
        take(Fixtures.device(ANN, "desk", true, 10), Fixtures.device(ANN, "desk", false, 10));

        assertThat(hosts()).isEmpty();
    }

    @Test
    void devices_joinedAgain_forgetWhatTheyToldBefore() {
        SignedClaim told = Fixtures.claim(ANN, ANN, Claim.Kind.ATTRIBUTE, "desk/age", true, "age1", 20);
        take(Fixtures.device(ANN, "desk", true, 10), told);
        assertThat(devices().get(0).attributes()).isEqualTo(Map.of("age", "age1"));

        take(Fixtures.device(ANN, "desk", true, 30));

        assertThat(devices().get(0).attributes()).isEmpty();
    }

    @Test
    void devices_olderClaimComesLate_changesNothing() {
        take(Fixtures.device(ANN, "desk", true, 10), Fixtures.device(ANN, "desk", false, 30));
        take(Fixtures.device(ANN, "desk", true, 20));

        assertThat(hosts()).isEmpty();
    }

    @Test
    void merge_aMinuteAndMoreInTheFuture_isNotTaken() {
        take(Fixtures.device(ANN, "desk", true, NOW + 60_000));
        take(Fixtures.device(ANN, "lap", true, NOW + 60_001));

        assertThat(hosts()).containsExactly("desk");
    }

    @Test
    void next_afterAClaimAheadOfTheClock_isLater() {
        take(Fixtures.device(ANN, "desk", true, NOW + 50_000));

        assertThat(book.next(NOW)).isGreaterThan(HybridTimestamp.of(NOW + 50_000, 0));
    }

    @Test
    void claimants_twoOfOneName_areBoth() {
        take(Fixtures.device(BOB, "b", true, 5), Fixtures.name(ANN, "ann", 10), Fixtures.name(BOB, "ann", 20));

        assertThat(book.claimants("ann")).containsExactlyInAnyOrder(Fixtures.user(ANN), Fixtures.user(BOB));

        take(Fixtures.name(BOB, "bob", 30));

        assertThat(book.claimants("ann")).containsExactly(Fixtures.user(ANN));
    }

    @Test
    void merge_claimOfAStranger_isNotTaken() {
        take(Fixtures.device(ANN, "desk", true, 10));
        take(Fixtures.claim(ANN, BOB, Claim.Kind.DEVICE, "desk", false, "evicted", 20));

        assertThat(hosts()).containsExactly("desk");
        assertThat(book.claims(Fixtures.user(ANN))).hasSize(1);
    }

    @Test
    void merge_claimOfADelegate_countsUntilItExpires() {
        take(Fixtures.device(ANN, "desk", true, 10), Fixtures.device(ANN, "lap", true, 10));
        take(Fixtures.grant(ANN, ANN, AGENT, new Delegation(100, 0), 20));
        take(evicted(AGENT, "desk", 100), evicted(AGENT, "lap", 101));

        assertThat(hosts()).containsExactly("lap");
        assertThat(book.delegates(Fixtures.user(ANN), 100)).containsExactly(Fixtures.user(AGENT));
        assertThat(book.delegates(Fixtures.user(ANN), 101)).isEmpty();
    }

    @Test
    void merge_revokedDelegate_losesWhatItSaid() {
        take(Fixtures.device(ANN, "desk", true, 10), Fixtures.grant(ANN, ANN, AGENT, new Delegation(NOW, 0), 20));
        take(evicted(AGENT, "desk", 30));
        assertThat(hosts()).isEmpty();

        take(Fixtures.revocation(ANN, ANN, AGENT, 40));

        assertThat(hosts()).containsExactly("desk");
        take(evicted(AGENT, "desk", 50));
        assertThat(hosts()).containsExactly("desk");
    }

    @Test
    void delegates_chainOfThree_endsThere() {
        take(
                Fixtures.device(ANN, "desk", true, 10),
                Fixtures.grant(ANN, ANN, AGENT, new Delegation(NOW, 2), 20),
                Fixtures.grant(ANN, AGENT, JOB, new Delegation(NOW, 2), 30),
                Fixtures.grant(ANN, JOB, TASK, new Delegation(NOW, 2), 40),
                Fixtures.grant(ANN, TASK, FAR, new Delegation(NOW, 2), 50));

        assertThat(book.delegates(Fixtures.user(ANN), NOW))
                .containsExactlyInAnyOrder(Fixtures.user(AGENT), Fixtures.user(JOB), Fixtures.user(TASK));
    }

    @Test
    void delegates_middleOfTheChainRevoked_endWithIt() {
        take(
                Fixtures.device(ANN, "desk", true, 10),
                Fixtures.grant(ANN, ANN, AGENT, new Delegation(NOW, 2), 20),
                Fixtures.grant(ANN, AGENT, JOB, new Delegation(NOW, 1), 30),
                Fixtures.grant(ANN, JOB, TASK, new Delegation(NOW, 0), 40));
        take(Fixtures.revocation(ANN, ANN, JOB, 60));

        assertThat(book.delegates(Fixtures.user(ANN), NOW)).containsExactly(Fixtures.user(AGENT));
    }

    @Test
    void delegates_longerThanTheIssuersOwn_endWithTheIssuers() {
        take(
                Fixtures.device(ANN, "desk", true, 10),
                Fixtures.grant(ANN, ANN, AGENT, new Delegation(500, 1), 20),
                Fixtures.grant(ANN, AGENT, JOB, new Delegation(NOW, 0), 30));

        assertThat(book.delegates(Fixtures.user(ANN), 501)).isEmpty();
    }

    @Test
    void merge_usersOfOtherMachinesWithoutEnd_stopsAtTheBoundAndKeepsOwn() {
        List<SignedClaim> many = new ArrayList<>();
        for (int i = 0; i < ClaimBook.MAX_CARRIED_USERS + 10; i++) {
            Claim claim =
                    new Claim(UserId.of(number(i)), Claim.Kind.NAME, "", true, "n" + i, HybridTimestamp.of(10, 0));
            many.add(SignedClaim.byKey(claim, claim.user(), new byte[64]));
        }
        book.merge(many, NOW);
        assertThat(book.size()).isEqualTo(ClaimBook.MAX_CARRIED_USERS);

        take(Fixtures.device(ANN, "desk", true, 10));

        assertThat(hosts()).containsExactly("desk");
    }

    @Test
    void merge_moreThanOneUserMayClaim_stopsAtTheBound() {
        for (int i = 0; i < UserClaims.MAX_CLAIMS + 10; i++) {
            Claim claim =
                    new Claim(Fixtures.user(ANN), Claim.Kind.DEVICE, "host-" + i, true, "", HybridTimestamp.of(10, 0));
            book.merge(List.of(SignedClaim.byKey(claim, claim.user(), new byte[64])), NOW);
        }

        assertThat(book.claims(Fixtures.user(ANN))).hasSize(UserClaims.MAX_CLAIMS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void merge_anyOrderAnyRepetition_endsTheSame(long seed) {
        List<SignedClaim> all = history(new Random(seed));
        ClaimBook one = new ClaimBook(user -> true);
        ClaimBook other = new ClaimBook(user -> true);
        settle(one, all, new Random(seed + 1));
        settle(other, all, new Random(seed + 2));

        assertThat(other.digest()).isEqualTo(one.digest());
        assertThat(other.devices(Fixtures.user(ANN))).isEqualTo(one.devices(Fixtures.user(ANN)));
        assertThat(other.differing(one.digests())).isEmpty();
    }

    /** Delivers everything in a random order, in pieces, until nothing changes any more. */
    private static void settle(ClaimBook book, List<SignedClaim> all, Random random) {
        List<SignedClaim> order = new ArrayList<>(all);
        boolean changed = true;
        while (changed) {
            changed = false;
            Collections.shuffle(order, random);
            for (SignedClaim each : order) {
                changed |= !book.merge(List.of(each, each), NOW).isEmpty();
            }
        }
    }

    private static List<SignedClaim> history(Random random) {
        List<SignedClaim> all = new ArrayList<>();
        all.add(Fixtures.grant(ANN, ANN, AGENT, new Delegation(NOW, 1), 1));
        all.add(Fixtures.grant(ANN, AGENT, JOB, new Delegation(NOW, 0), 2));
        for (int i = 0; i < 20; i++) {
            long signer = new long[] {ANN, AGENT, JOB}[random.nextInt(3)];
            String host = "host-" + random.nextInt(3);
            boolean joins = random.nextBoolean();
            long time = 10L + random.nextInt(10);
            all.add(Fixtures.claim(ANN, signer, Claim.Kind.DEVICE, host, joins, joins ? "" : "left", time));
        }
        if (random.nextBoolean()) {
            all.add(Fixtures.revocation(ANN, ANN, random.nextBoolean() ? AGENT : JOB, 30));
        }
        return all;
    }

    @Test
    void encoding_everyKind_comesBackTheSame() {
        for (SignedClaim each : history(new Random(1))) {
            CanonicalReader reader = new CanonicalReader(each.encoded());
            assertThat(SignedClaim.read(reader)).isEqualTo(each);
            reader.expectEnd();
        }
        ClaimFrames.Claims frame = new ClaimFrames.Claims(List.of(Fixtures.user(ANN)), history(new Random(2)));
        assertThat(ClaimFrames.read(ClaimFrames.write(frame))).isEqualTo(frame);
        take(Fixtures.device(ANN, "desk", true, 10));
        ClaimFrames.Digests digests = new ClaimFrames.Digests(book.digests());
        assertThat(ClaimFrames.read(ClaimFrames.write(digests))).isEqualTo(digests);
    }

    private void take(SignedClaim... claims) {
        book.merge(List.of(claims), NOW);
    }

    private static SignedClaim evicted(long signer, String host, long millis) {
        return Fixtures.claim(ANN, signer, Claim.Kind.DEVICE, host, false, "evicted", millis);
    }

    private List<UserDevice> devices() {
        return book.devices(Fixtures.user(ANN));
    }

    private List<String> hosts() {
        return devices().stream().map(UserDevice::host).map(PeerId::host).toList();
    }

    private static byte[] number(int i) {
        byte[] key = new byte[UserId.BYTES];
        java.nio.ByteBuffer.wrap(key).putInt(i + 1);
        return key;
    }
}
