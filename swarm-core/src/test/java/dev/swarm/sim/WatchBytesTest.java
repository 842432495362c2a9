package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchBytesTest {

    private static final Fingerprint DIGEST = new Fingerprint(1, 2);
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 200})
    void of_message_isAsLongAsItsEncoding(int count) {
        Watch.Question question = new Watch.Question(
                1531, true, DIGEST, DIGEST, 7, Collections.nCopies(count, new Watch.Want(BLOB, count)), true);
        Watch.Reply reply = new Watch.Reply(
                DIGEST,
                1,
                2,
                3,
                SyncFrame.FINISHED,
                Collections.nCopies(count, Watch.Share.of(BLOB, LeafSet.none(100))),
                Collections.nCopies(Math.min(count, 16), PeerAddress.parse("10.0.1.2:1531")));

        assertThat(WatchBytes.of(question)).isEqualTo(question.encode().remaining());
        assertThat(WatchBytes.of(reply)).isEqualTo(reply.encode().remaining());
        assertThat(WatchBytes.of(new Watch.Reply(DIGEST, 1, 2, 3, SyncFrame.FINISHED, List.of(), List.of())))
                .isLessThanOrEqualTo(WatchBytes.of(reply));
    }
}
