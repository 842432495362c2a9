package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeafReceiverTest {

    private static final BlobLayout LAYOUT = new BlobLayout(3L * BlobLayout.LEAF_BYTES);
    private static final PeerCertificate PEER =
            new PeerCertificate(new PeerId("peer.example"), Set.of(), new TestFleet("leaves").authority());

    private final List<String> heard = new ArrayList<>();
    private long nanos;

    private final LeafReceiver receiver = new LeafReceiver(
            LAYOUT,
            new Scheduler.Fetch(1, PeerAddress.parse("192.0.2.1:1531"), 1, 3),
            new LeafBuffers(),
            () -> nanos,
            new Noting());

    private final class Noting implements LeafReceiver.Listener {
        @Override
        public void leaf(int leaf, ByteBuffer data) {
            heard.add("leaf " + leaf + " of " + data.remaining() + " from " + data.get(0));
        }

        @Override
        public void arriving() {
            heard.add("arriving");
        }

        @Override
        public void peers(String addresses) {
            heard.add("peers " + addresses);
        }

        @Override
        public void ended(Scheduler.Ending ending, String why) {
            heard.add(ending + ": " + why);
        }
    }

    @Test
    void answer_cutAnywhere_isHandedOnLeafByLeaf() {
        head(206, Headers.of("content-range", "bytes 65536-196607/196608").with("x-peers", "192.0.2.7:1531"));
        body(1, BlobLayout.LEAF_BYTES - 10);
        body(1, 10);
        body(2, BlobLayout.LEAF_BYTES);
        receiver.onEnd();

        assertThat(heard)
                .containsExactly(
                        "peers 192.0.2.7:1531",
                        "leaf 1 of 65536 from 1",
                        "leaf 2 of 65536 from 2",
                        "COMPLETE: answer ended at leaf 3 of 3");
    }

    @Test
    void onBytes_beforeAnythingCanBeRead_saysTwiceASecondThatSomethingComes() {
        for (int tenth = 1; tenth <= 10; tenth++) {
            nanos = tenth * 100_000_000L;
            receiver.onBytes();
        }

        assertThat(heard).containsExactly("arriving", "arriving");
    }

    @Test
    void answer_ofAnotherSize_isNotHeldAndNotRead() {
        head(206, Headers.of("content-range", "bytes 65536-196607/196609"));
        body(1, BlobLayout.LEAF_BYTES);
        receiver.onEnd();

        assertThat(heard).containsExactly("NOT_HELD: the blob has another size there");
    }

    @Test
    void answer_thatBreaksOff_keepsWholeLeaves() {
        head(206, Headers.empty());
        body(1, BlobLayout.LEAF_BYTES + 5);
        receiver.onFailure(new TransportException(TransportException.Kind.TRUNCATED, "cut", null));

        assertThat(heard).containsExactly("leaf 1 of 65536 from 1", "BROKEN: cut");
    }

    @Test
    void answer_withoutTheBlob_isNotHeldAndAnErrorIsBroken() {
        head(404, Headers.empty());
        head(503, Headers.empty());

        assertThat(heard).containsExactly("NOT_HELD: status 404", "BROKEN: status 503");
    }

    private void head(int status, Headers headers) {
        receiver.onHead(new ResponseHead(status, headers), PEER);
    }

    private void body(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        receiver.onBody(ByteBuffer.wrap(bytes));
    }
}
