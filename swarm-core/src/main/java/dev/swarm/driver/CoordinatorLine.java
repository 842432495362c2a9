package dev.swarm.driver;

import dev.swarm.coordinate.TraitDigest;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Call;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How things stand between a node and one of its coordinators: whether a check-in is under way, when the next one is, and what the
 * coordinator has of this node. Confined to the node's loop.
 */
final class CoordinatorLine {

    private static final Logger log = LoggerFactory.getLogger(CoordinatorLine.class);

    /** Failures in a row after which a coordinator counts as lost: one alone is a restart, or a lost packet. */
    private static final int FAILURES_UNTIL_LOST = 2;

    /** Cycles between two tries of one that does not answer. No more, so that one that starts anew soon knows everybody again. */
    private static final int MAX_WAIT_SILENT = 2;

    /** Cycles between two tries of one that answers but cannot, or is not to be believed: a minute. */
    private static final int MAX_WAIT_ANSWERING = 12;

    private final PeerAddress address;
    private final RandomGenerator random;
    private Phase phase = Phase.UNKNOWN;
    private Map<String, TraitDigest> held = Map.of();
    private long ask;
    private boolean underWay;
    private boolean repeated;
    private long startedAt;
    private long notBefore = Long.MIN_VALUE;
    private int failures;
    private @Nullable Call call;

    /** What is known of who is at the address. */
    private enum Phase {
        UNKNOWN,
        REACHED,
        LOST,
        /** This node itself. */
        SELF,
        /** Someone who is no coordinator. */
        REFUSED
    }

    CoordinatorLine(PeerAddress address, RandomGenerator random) {
        this.address = address;
        this.random = random;
    }

    PeerAddress address() {
        return address;
    }

    boolean isDue(long now) {
        return !underWay && now >= notBefore;
    }

    boolean isOverdue(long now, long deadlineNanos) {
        return underWay && now - startedAt >= deadlineNanos;
    }

    /** Whether an answer to the check-in of that number counts. */
    boolean awaits(long number) {
        return underWay && ask == number;
    }

    /** A check-in begins; its number. */
    long start(long now) {
        repeated = false;
        return begin(now);
    }

    /** Whether another check-in may follow at once, with what the coordinator lacked: one for each cycle. */
    boolean mayRepeat() {
        return !repeated;
    }

    /** That other check-in begins; its number. */
    long repeat(long now) {
        repeated = true;
        return begin(now);
    }

    void sent(long number, Call newCall) {
        if (awaits(number)) {
            call = newCall;
        }
    }

    boolean isHeld(String trait, TraitDigest digest) {
        return digest.equals(held.get(trait));
    }

    /** The coordinator has these of this node's traits. */
    void holds(Map<String, TraitDigest> traits) {
        held = Map.copyOf(traits);
    }

    /** A check-in is through; the next one is in the next cycle. */
    void succeeded(String host) {
        underWay = false;
        failures = 0;
        notBefore = Long.MIN_VALUE;
        if (moveTo(Phase.REACHED)) {
            log.info("checks in with coordinator {} at {}", host, address);
        }
    }

    void failed(String why, long cycleNanos) {
        rest(Math.min(1 << Math.min(failures, MAX_WAIT_SILENT), MAX_WAIT_SILENT), cycleNanos);
        if (failures >= FAILURES_UNTIL_LOST && moveTo(Phase.LOST)) {
            log.info("no check-in with the coordinator at {}: {}; tried again until it answers", address, why);
        } else {
            log.debug("check-in with {} failed: {}", address, why);
        }
    }

    /** It has no room at present: others that had none must not all come back at once. */
    void busy(long cycleNanos) {
        int most = Math.min(2 << Math.min(failures, MAX_WAIT_ANSWERING), MAX_WAIT_ANSWERING);
        rest(1 + random.nextInt(most), cycleNanos);
        if (failures >= FAILURES_UNTIL_LOST && moveTo(Phase.LOST)) {
            log.info("no check-in with the coordinator at {}: it is busy; tried again until it has room", address);
        }
    }

    void refused(String why, long cycleNanos) {
        rest(MAX_WAIT_ANSWERING, cycleNanos);
        if (moveTo(Phase.REFUSED)) {
            log.warn("what {} says as a coordinator is not taken: {}", address, why);
        }
    }

    void isSelf(long cycleNanos) {
        rest(MAX_WAIT_ANSWERING, cycleNanos);
        if (moveTo(Phase.SELF)) {
            log.debug("coordinator {} is this node itself", address);
        }
    }

    /** Ends what is under way, whose answer counts no longer. */
    void cancel() {
        underWay = false;
        Call known = call;
        if (known != null) {
            known.cancel();
        }
    }

    /** Waits so many cycles from the one in which the check-in began. */
    private void rest(int cycles, long cycleNanos) {
        underWay = false;
        failures++;
        notBefore = startedAt + cycles * cycleNanos - cycleNanos / 2;
    }

    private long begin(long now) {
        underWay = true;
        startedAt = now;
        call = null;
        return ++ask;
    }

    private boolean moveTo(Phase next) {
        boolean changes = phase != next;
        phase = next;
        return changes;
    }
}
