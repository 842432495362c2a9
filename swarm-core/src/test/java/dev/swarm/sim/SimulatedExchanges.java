package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The questions that one simulated node has asked, and those that it has not answered yet. */
final class SimulatedExchanges {

    private final SimulatedFleet fleet;
    private final SimulatedNode self;
    private final Map<Long, Consumer<Object>> waiting = new HashMap<>();
    private final Map<Long, ReplyTo> unanswered = new HashMap<>();
    private long next = 1;
    private ReplyTo replyTo;

    /** Who asked, in which of its lives, and what happens there if no answer comes. */
    record ReplyTo(SimulatedNode asker, int born, long number, Runnable lost) {}

    SimulatedExchanges(SimulatedFleet fleet, SimulatedNode self) {
        this.fleet = fleet;
        this.self = self;
        this.replyTo = new ReplyTo(self, 0, 0, () -> {});
    }

    /** What comes of a question. */
    record Outcome<T>(Class<T> kind, Consumer<T> answered, Runnable failed) {}

    /** Asks another node; exactly one of the two outcomes runs here later. */
    <T> void ask(PeerAddress peer, long bytes, Consumer<SimulatedNode> question, Outcome<T> outcome) {
        int born = self.incarnation();
        long number = next++;
        Runnable lost = () -> self.event(born, () -> {
            if (waiting.remove(number) != null) {
                outcome.failed.run();
            }
        });
        waiting.put(number, answer -> outcome.answered.accept(outcome.kind.cast(answer)));
        fleet.network()
                .send(
                        self.address(),
                        peer,
                        bytes,
                        () -> {
                            SimulatedNode target = fleet.at(peer);
                            if (target.isRunning()) {
                                target.exchanges().replyTo = new ReplyTo(self, born, number, lost);
                                question.accept(target);
                            } else {
                                lost.run();
                            }
                        },
                        lost);
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
        fleet.time().after(fleet.network().roundTripNanos() / 2, replyTo.lost());
    }

    void answer(long exchange, Object body, long bytes) {
        ReplyTo to = unanswered.remove(exchange);
        if (to != null) {
            reply(to, body, bytes);
        }
    }

    /** The process ends: whoever waits for an answer sees the connection break. */
    void breakAll() {
        waiting.clear();
        unanswered.values().forEach(exchange -> fleet.time()
                .after(fleet.network().roundTripNanos() / 2, exchange.lost()));
        unanswered.clear();
    }

    private void reply(ReplyTo to, Object answer, long bytes) {
        fleet.network()
                .send(
                        self.address(),
                        to.asker().address(),
                        bytes,
                        () -> to.asker().event(to.born(), () -> {
                            Consumer<Object> consumer =
                                    to.asker().exchanges().waiting.remove(to.number());
                            if (consumer != null) {
                                consumer.accept(answer);
                            }
                        }),
                        to.lost());
    }
}
