package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestFleet;
import dev.swarm.user.UserId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimSyncTest {

    @TempDir
    Path directory;

    private final TestFleet fleet = new TestFleet("wire");
    private final WiredNode here = new WiredNode(fleet.node("here"), 11);
    private final WiredNode there = new WiredNode(fleet.node("there"), 12);
    private ClaimDesk ours;
    private ClaimDesk theirs;
    private ClaimSync sync;

    @BeforeEach
    void connect() throws IOException {
        ours = desk(here);
        theirs = desk(there);
        sync = new ClaimSync(here.context(), ours, new Random(1));
        sync.serve();
        new ClaimSync(there.context(), theirs, new Random(2)).serve();
        here.peers.add(there);
    }

    @Test
    void cycle_eachKnowsSomething_bothKnowAllAfterwards() {
        join(ours, 1, "one");
        IntStream.range(2, 40).forEach(user -> join(theirs, user, "host-" + user));
        join(theirs, 1, "two");

        sync.cycle();

        assertThat(ours.book().digest()).isEqualTo(theirs.book().digest());
        assertThat(ours.book().size()).isEqualTo(39);
        assertThat(theirs.book().devices(Fixtures.user(1))).hasSize(2);
    }

    @Test
    void cycle_bothKnowTheSame_costsADigestEachWay() {
        join(ours, 1, "one");
        sync.cycle();
        here.recorded.clear();

        sync.cycle();

        assertThat(here.recorded).hasSize(2).allSatisfy(body -> assertThat(body).hasSizeLessThan(64));
    }

    @Test
    void cycle_nothingIsKnown_asksNobody() {
        sync.cycle();

        assertThat(here.recorded).isEmpty();
    }

    @Test
    void answer_forgedClaims_takesNoneAndHearsThePeerNoMore() {
        join(theirs, 1, "one");
        SignedClaim genuine = join(ours, 2, "two");
        SignedClaim forged = Fixtures.device(1, "mallory", true, 10);
        List<Integer> statuses = IntStream.range(0, 4)
                .mapToObj(i -> post(new ClaimFrames.Claims(List.of(), List.of(genuine, forged))))
                .toList();

        assertThat(statuses).containsExactly(400, 400, 400, 429);
        assertThat(theirs.book().size()).isEqualTo(1);
        assertThat(theirs.book().devices(Fixtures.user(1))).hasSize(1);
    }

    @Test
    void answer_noise_isRefused() {
        for (byte[] noise : List.of(
                new byte[0],
                new byte[100],
                ClaimFrames.write(new ClaimFrames.Digests(ours.book().digests())))) {
            assertThat(here.ask(there.address(), Request.post(ClaimSync.PATH, ByteBuffer.wrap(noise)))
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void load_afterARestart_knowsTheSame() throws IOException {
        join(ours, 1, "one");
        join(ours, 2, "two");

        ClaimDesk again = desk(here);
        again.load();

        assertThat(again.book().digest()).isEqualTo(ours.book().digest());
    }

    private int post(ClaimFrames.Frame frame) {
        return here.ask(there.address(), Request.post(ClaimSync.PATH, ByteBuffer.wrap(ClaimFrames.write(frame))))
                .status();
    }

    private ClaimDesk desk(WiredNode node) throws IOException {
        ClaimFiles files = new ClaimFiles(directory.resolve(node.id().host()));
        return new ClaimDesk(node.context(), new ClaimBook(user -> false), files, (users, made) -> {});
    }

    private static SignedClaim join(ClaimDesk desk, long user, String host) {
        UserId id = Fixtures.user(user);
        return desk.make(
                new ClaimDesk.Draft(id, Claim.Kind.DEVICE, new PeerId(host).host(), true, ""),
                id,
                message -> UserKey.sign(Fixtures.secret(user), message));
    }
}
