package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The questions that one simulated node has asked, and those that it has not answered yet. */
final class SimulatedExchanges {

    private final SimulatedFleet fleet;
    private final SimulatedNode self;
    private final Map<Long, ReplyTo> unanswered = new HashMap<>();
    private long next = 1;
    private ReplyTo replyTo;

    /** Who asked, in which of its lives, and what happens there when an answer comes or none does. */
    private static final class ReplyTo {
        private final SimulatedNode asker;
        private final int born;
        private final Outcome<?> outcome;
        private boolean over;

        ReplyTo(SimulatedNode asker, int born, Outcome<?> outcome) {
            this.asker = asker;
            this.born = born;
            this.outcome = outcome;
        }

        private void answered(Object body) {
            asker.event(born, () -> {
                if (!over) {
                    over = true;
                    outcome.accept(body);
                }
            });
        }

        private void lost() {
            asker.event(born, () -> {
                if (!over) {
                    over = true;
                    outcome.failed.run();
                }
            });
        }
    }

    SimulatedExchanges(SimulatedFleet fleet, SimulatedNode self) {
        this.fleet = fleet;
        this.self = self;
        this.replyTo = new ReplyTo(self, 0, new Outcome<>(Object.class, body -> {}, () -> {}));
    }

    /** What comes of a question. */
    record Outcome<T>(Class<T> kind, Consumer<T> answered, Runnable failed) {

        private void accept(Object body) {
            answered.accept(kind.cast(body));
        }
    }

    /** Asks another node; exactly one of the two outcomes runs here later. */
    <T> void ask(PeerAddress peer, long bytes, Consumer<SimulatedNode> question, Outcome<T> outcome) {
        ReplyTo waiting = new ReplyTo(self, self.incarnation(), outcome);
        fleet.network()
                .send(
                        self.address(),
                        peer,
                        bytes,
                        () -> {
                            SimulatedNode target = fleet.at(peer);
                            if (target.isRunning()) {
                                target.exchanges().replyTo = waiting;
                                question.accept(target);
                            } else {
                                waiting.lost();
                            }
                        },
                        waiting::lost);
    }

    /** Keeps the question that is being asked for a later answer. */
    long keep() {
        long number = next++;
        unanswered.put(number, replyTo);
        return number;
    }

    /** Answers the question that is being asked. */
    void answerNow(Object body, long bytes) {
        reply(replyTo, body, bytes);
    }

    /** Does not answer the question that is being asked. */
    void refuseNow() {
        fleet.time().after(fleet.network().roundTripNanos() / 2, replyTo::lost);
    }

    void answer(long exchange, Object body, long bytes) {
        ReplyTo to = unanswered.remove(exchange);
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

    private void reply(ReplyTo to, Object answer, long bytes) {
        fleet.network().send(self.address(), to.asker.address(), bytes, () -> to.answered(answer), to::lost);
    }
}
