package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Two replicas that answer each other through the codec until nothing is claimed, with all traffic counted. */
final class Exchange {

    /** An honest exchange of the sizes tested here stays far below; a longer one is a loop. */
    private static final int MAX_MESSAGES = 500;

    private final Replica opener;
    private final Replica responder;
    private Runnable betweenMessages = () -> {};

    final Set<KeyHash> moved = new HashSet<>();
    int messages;
    long claimBytes;
    long keyBytes;

    Exchange(Replica opener, Replica responder) {
        this.opener = opener;
        this.responder = responder;
    }

    Exchange betweenMessages(Runnable change) {
        betweenMessages = change;
        return this;
    }

    Exchange run() {
        List<RangeClaim> claims = opener.reconciler.open();
        Replica sender = opener;
        Replica receiver = responder;
        while (!claims.isEmpty()) {
            Reconciler.Answer answer = receiver.reconciler.answer(deliver(claims));
            betweenMessages.run();
            receiver.current(answer.toSend()).forEach(this::count);
            sender.current(answer.wanted()).forEach(this::count);
            receiver.current(answer.toSend()).forEach(sender::merge);
            sender.current(answer.wanted()).forEach(receiver::merge);
            keyBytes += ReconcileCodec.encodeKeys(answer.wanted()).length
                    + ReconcileCodec.encodeKeys(answer.toSend()).length;
            claims = answer.claims();
            Replica previous = sender;
            sender = receiver;
            receiver = previous;
        }
        return this;
    }

    private List<RangeClaim> deliver(List<RangeClaim> claims) {
        messages++;
        assertThat(messages).as("messages").isLessThan(MAX_MESSAGES);
        byte[] encoded = ReconcileCodec.encodeClaims(claims);
        claimBytes += encoded.length;
        return ReconcileCodec.decodeClaims(encoded);
    }

    private void count(VersionedKey element) {
        moved.add(element.key());
    }
}
