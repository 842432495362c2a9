package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The questions that one simulated node has asked, and those that it has not answered yet. */
final class SimulatedExchanges {

    private final SimulatedFleet fleet;
    private final SimulatedNode self;
    private final Map<Long, Asking> unanswered = new HashMap<>();
    private long next = 1;
    private @Nullable Asking replyTo;

    /** A question on its way, and what happens when an answer comes or none does: exactly one of the two. */
    abstract static class Asking implements SimulatedNetwork.Delivery {
        private final SimulatedNode asker;
        private final PeerAddress peer;
        private final int born;
        private boolean over;

        Asking(SimulatedNode asker, PeerAddress peer) {
            this.asker = asker;
            this.peer = peer;
            this.born = asker.incarnation();
        }

        /** The question is at the node that is asked. */
        abstract void asked(SimulatedNode target);

        /** The answer is at the node that asked. */
        abstract void answered(Object body);

        /** There will be no answer. */
        abstract void failed();

        final PeerAddress peer() {
            return peer;
        }

        @Override
        public final void delivered() {
            SimulatedNode target = asker.fleet().at(peer);
            if (target.isRunning()) {
                target.exchanges().replyTo = this;
                asked(target);
            } else {
                lost();
            }
        }

        @Override
        public final void lost() {
            if (asker.mayAct(born)) {
                if (!over) {
                    over = true;
                    failed();
                }
                asker.acted();
            }
        }
    }

    /** An answer on its way. */
    private record Reply(Asking to, Object body) implements SimulatedNetwork.Delivery {

        @Override
        public void delivered() {
            if (to.asker.mayAct(to.born)) {
                if (!to.over) {
                    to.over = true;
                    to.answered(body);
                }
                to.asker.acted();
            }
        }

        @Override
        public void lost() {
            to.lost();
        }
    }

    SimulatedExchanges(SimulatedFleet fleet, SimulatedNode self) {
        this.fleet = fleet;
        this.self = self;
    }

    /** Asks another node. */
    void ask(long bytes, Asking asking) {
        fleet.network().send(self.address(), asking.peer, bytes, asking);
    }

    /** Keeps the question that is being asked for a later answer. */
    long keep() {
        long number = next++;
        unanswered.put(number, replyTo());
        return number;
    }

    /** Answers the question that is being asked. */
    void answerNow(Object body, long bytes) {
        reply(replyTo(), body, bytes);
    }

    /** Does not answer the question that is being asked. */
    void refuseNow() {
        fleet.time().after(fleet.network().roundTripNanos() / 2, replyTo()::lost);
    }

    void answer(long exchange, Object body, long bytes) {
        Asking to = unanswered.remove(exchange);
        if (to != null) {
            reply(to, body, bytes);
        }
    }

    /** The process ends: whoever waits for an answer sees the connection break. */
    void breakAll() {
        unanswered.values().forEach(exchange -> fleet.time()
                .after(fleet.network().roundTripNanos() / 2, exchange::lost));
        unanswered.clear();
    }

    private Asking replyTo() {
        return Objects.requireNonNull(replyTo, "question");
    }

    private void reply(Asking to, Object answer, long bytes) {
        fleet.network().send(self.address(), to.asker.address(), bytes, new Reply(to, answer));
    }
}
