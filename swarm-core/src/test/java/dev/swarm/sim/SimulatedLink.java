package dev.swarm.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's line, as fair queueing at both ends leaves it: small messages go first, what is large takes turns by receiver, and
 * a sender has no more on its way to a receiver's line than that line's short queue holds, as TCP would have it.
 */
final class SimulatedLink {

    /** What counts as small: a request or an answer of gossip, not a leaf. */
    private static final int SMALL_BYTES = 16 * 1024;

    /** What a line holds of what is on its way to its node, in time. */
    private static final double QUEUE_NANOS = 20e6;

    private static final long LEAST_QUEUE_BYTES = 128 * 1024;

    private final VirtualTime time;
    private final double bytesPerNano;
    private final Deque<Parcel> small = new ArrayDeque<>();

    /** What is large by receiver, whose turn comes next first. A dozen at most, so each is looked for among all. */
    private final List<Turn> large = new ArrayList<>();

    /** Who waits for room in what this line holds, in the order in which they came. As few. */
    private List<SimulatedLink> heldBack = new ArrayList<>();

    private final Runnable resumed = this::resume;
    private Runnable onIdle = () -> {};
    private long upFreeAt;
    private long downFreeAt;
    private long onTheWay;
    private boolean pumpPlanned;

    SimulatedLink(VirtualTime time, double bytesPerNano) {
        this.time = time;
        this.bytesPerNano = bytesPerNano;
    }

    /** Bytes for another node; runs when they are there. */
    abstract static class Parcel implements Runnable {
        private final SimulatedLink target;
        private final long bytes;
        private final long late;
        private final boolean inTurn;
        private @Nullable Parcel next;

        /**
         * Bytes that were not sent yet.
         *
         * @param late what passes between their sending and their arrival
         * @param inTurn whether others wait for them at the target
         */
        Parcel(SimulatedLink target, long bytes, long late, boolean inTurn) {
            this.target = target;
            this.bytes = bytes;
            this.late = late;
            this.inTurn = inTurn;
        }

        static Parcel of(
                SimulatedLink target, long bytes, long late, boolean inTurn, BooleanSupplier wanted, Runnable arrived) {
            return new Parcel(target, bytes, late, inTurn) {
                @Override
                boolean isWanted() {
                    return wanted.getAsBoolean();
                }

                @Override
                void arrived() {
                    arrived.run();
                }
            };
        }

        /** Asked when its turn comes: what is not wanted any more is not sent. */
        abstract boolean isWanted();

        abstract void arrived();

        final SimulatedLink target() {
            return target;
        }

        final long bytes() {
            return bytes;
        }

        final long late() {
            return late;
        }

        private boolean isLarge() {
            return bytes > SMALL_BYTES;
        }

        @Override
        public final void run() {
            if (isLarge()) {
                target.onTheWay -= bytes;
            }
            target.letIn();
            arrived();
        }
    }

    /** What waits for one receiver; at least one parcel. */
    private static final class Turn {
        private final SimulatedLink target;
        private @Nullable Parcel first;
        private Parcel last;

        Turn(Parcel only) {
            this.target = only.target;
            this.first = only;
            this.last = only;
        }
    }

    /** What to do, soon after that, whenever nothing large waits any more. */
    void onIdle(Runnable action) {
        onIdle = action;
    }

    /** Whether nothing large waits for its turn. */
    boolean isIdle() {
        return large.isEmpty();
    }

    void send(Parcel parcel) {
        if (parcel.isLarge()) {
            line(parcel);
        } else {
            small.add(parcel);
        }
        pump();
    }

    private void line(Parcel parcel) {
        for (int i = 0; i < large.size(); i++) {
            Turn turn = large.get(i);
            if (turn.target == parcel.target) {
                turn.last.next = parcel;
                turn.last = parcel;
                return;
            }
        }
        large.add(new Turn(parcel));
    }

    private void resume() {
        pumpPlanned = false;
        pump();
    }

    private void pump() {
        while (!pumpPlanned) {
            if (upFreeAt > time.now()) {
                if (!small.isEmpty() || !large.isEmpty()) {
                    pumpPlanned = true;
                    time.at(upFreeAt, resumed);
                }
                return;
            }
            Parcel next = next();
            if (next == null) {
                return;
            }
            if (next.isWanted()) {
                transmit(next);
            }
        }
    }

    private @Nullable Parcel next() {
        Parcel first = small.poll();
        if (first != null) {
            return first;
        }
        for (int i = 0; i < large.size(); i++) {
            Turn turn = large.get(i);
            if (turn.target.hasRoom()) {
                Parcel parcel = turn.first;
                large.remove(i);
                turn.first = parcel == null ? null : parcel.next;
                if (turn.first != null) {
                    large.add(turn);
                }
                return parcel;
            }
            if (!turn.target.heldBack.contains(this)) {
                turn.target.heldBack.add(this);
            }
        }
        return null;
    }

    private boolean hasRoom() {
        return onTheWay < Math.max(LEAST_QUEUE_BYTES, (long) (QUEUE_NANOS * bytesPerNano));
    }

    private void transmit(Parcel parcel) {
        SimulatedLink target = parcel.target;
        upFreeAt = time.now() + (long) (parcel.bytes / bytesPerNano);
        long arrival = upFreeAt + parcel.late;
        // From a slower line they come over a longer time, in which the target's carries others' as well.
        long firstByte = time.now() + parcel.late;
        long carried = Math.max(target.downFreeAt, firstByte) + (long) (parcel.bytes / target.bytesPerNano);
        long received = Math.max(arrival, carried);
        if (parcel.inTurn) {
            target.downFreeAt = carried;
        }
        target.onTheWay += parcel.isLarge() ? parcel.bytes : 0;
        time.at(received, parcel);
        if (parcel.isLarge() && large.isEmpty()) {
            time.after(0, onIdle);
        }
    }

    private void letIn() {
        if (!heldBack.isEmpty() && hasRoom()) {
            List<SimulatedLink> waiting = heldBack;
            heldBack = new ArrayList<>();
            waiting.forEach(SimulatedLink::pump);
        }
    }
}
