package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.KeyHash;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);
    private static final SyncFrame NEWS = new SyncFrame(List.of(), List.of(new KeyHash(1, 2)), List.of(), false);

    @Test
    void question_encodeDecode_isIdentity() {
        Watch.Question question = new Watch.Question(
                1531, true, new Fingerprint(3, 4), new Fingerprint(5, 6), 9, List.of(new Watch.Want(BLOB, 7)), true);

        assertThat(Watch.Question.decode(question.encode(), true)).isEqualTo(question);
    }

    @Test
    void reply_encodeDecode_isIdentity() {
        LeafSet some = LeafSet.none(20);
        some.add(3);
        Watch.Reply reply = new Watch.Reply(
                new Fingerprint(5, 6),
                4,
                8,
                9,
                NEWS,
                List.of(Watch.Share.of(BLOB, some), Watch.Share.of(BLOB, LeafSet.all(20)), Watch.Share.of(BLOB, null)),
                List.of(PeerAddress.parse("10.0.0.1:1531"), PeerAddress.parse("[2001:db8::1]:1531")));

        assertThat(Watch.Reply.decode(reply.encode(), false)).isEqualTo(reply);
        assertThat(Watch.Reply.decode(reply.encode(), true).idle()).isTrue();
    }

    @Test
    void decode_truncatedOrAltered_throwsIllegalArgumentOrGivesAMessage() {
        LeafSet some = LeafSet.none(20);
        some.add(3);
        ByteBuffer bytes = new Watch.Reply(
                        new Fingerprint(5, 6), 4, 8, 9, NEWS, List.of(Watch.Share.of(BLOB, some)), List.of())
                .encode();
        for (int length = 0; length < bytes.remaining(); length++) {
            ByteBuffer cut = bytes.duplicate().limit(length);
            assertThatIllegalArgumentException().isThrownBy(() -> Watch.Reply.decode(cut, false));
        }
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] altered = new byte[bytes.remaining()];
            bytes.duplicate().get(altered);
            altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(Watch.Reply.decode(ByteBuffer.wrap(altered), false)).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void share_thatTellsOfMore_keepsItsLeavesAndIsNoSetByItself() {
        Watch.Share share = Watch.Share.more(BLOB, 9, new int[] {3, 4, 17});
        Watch.Reply reply =
                new Watch.Reply(new Fingerprint(5, 6), 4, 8, 9, SyncFrame.FINISHED, List.of(share), List.of());

        Watch.Share read = Watch.Reply.decode(reply.encode(), false).shares().get(0);

        assertThat(read).isEqualTo(share);
        assertThat(read.moreLeaves(20)).containsExactly(3, 4, 17);
        assertThatIllegalArgumentException().isThrownBy(() -> read.moreLeaves(17));
        assertThatIllegalArgumentException().isThrownBy(() -> read.leaves(20));
    }

    @Test
    void leaves_bitsOfAnotherSize_areRefused() {
        Watch.Share share = Watch.Share.of(BLOB, LeafSet.none(20));

        assertThatIllegalArgumentException().isThrownBy(() -> share.leaves(1_000_000));
    }
}
