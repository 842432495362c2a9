package dev.swarm.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

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
    private final Map<SimulatedLink, Deque<Parcel>> large = new LinkedHashMap<>();
    private final Set<SimulatedLink> heldBack = new LinkedHashSet<>();
    private long upFreeAt;
    private long downFreeAt;
    private long onTheWay;
    private boolean pumpPlanned;

    SimulatedLink(VirtualTime time, double bytesPerNano) {
        this.time = time;
        this.bytesPerNano = bytesPerNano;
    }

    /**
     * Bytes for another node: {@code late} is what passes between their sending and their arrival; what is not {@code wanted} any
     * more when its turn comes is not sent.
     */
    record Parcel(
            SimulatedLink target, long bytes, long late, boolean inTurn, BooleanSupplier wanted, Runnable arrived) {}

    void send(Parcel parcel) {
        if (parcel.bytes <= SMALL_BYTES) {
            small.add(parcel);
        } else {
            large.computeIfAbsent(parcel.target, target -> new ArrayDeque<>()).add(parcel);
        }
        pump();
    }

    private void pump() {
        while (!pumpPlanned) {
            if (upFreeAt > time.now()) {
                if (!small.isEmpty() || !large.isEmpty()) {
                    pumpPlanned = true;
                    time.at(upFreeAt, () -> {
                        pumpPlanned = false;
                        pump();
                    });
                }
                return;
            }
            Parcel next = next();
            if (next == null) {
                return;
            }
            if (next.wanted.getAsBoolean()) {
                transmit(next);
            }
        }
    }

    private Parcel next() {
        Parcel first = small.poll();
        if (first != null) {
            return first;
        }
        Iterator<Map.Entry<SimulatedLink, Deque<Parcel>>> turns =
                large.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<SimulatedLink, Deque<Parcel>> turn = turns.next();
            SimulatedLink target = turn.getKey();
            if (!target.hasRoom()) {
                target.heldBack.add(this);
                continue;
            }
            Deque<Parcel> queue = turn.getValue();
            turns.remove();
            Parcel parcel = queue.remove();
            if (!queue.isEmpty()) {
                large.put(target, queue);
            }
            return parcel;
        }
        return null;
    }

    private boolean hasRoom() {
        return onTheWay < Math.max(LEAST_QUEUE_BYTES, (long) (QUEUE_NANOS * bytesPerNano));
    }

    private void transmit(Parcel parcel) {
        SimulatedLink target = parcel.target;
        boolean isLarge = parcel.bytes > SMALL_BYTES;
        upFreeAt = time.now() + (long) (parcel.bytes / bytesPerNano);
        long arrival = upFreeAt + parcel.late;
        long received = Math.max(arrival, target.downFreeAt + (long) (parcel.bytes / target.bytesPerNano));
        if (parcel.inTurn) {
            target.downFreeAt = received;
        }
        target.onTheWay += isLarge ? parcel.bytes : 0;
        time.at(received, () -> {
            target.onTheWay -= isLarge ? parcel.bytes : 0;
            target.letIn();
            parcel.arrived.run();
        });
    }

    private void letIn() {
        if (!heldBack.isEmpty() && hasRoom()) {
            List<SimulatedLink> waiting = List.copyOf(heldBack);
            heldBack.clear();
            waiting.forEach(SimulatedLink::pump);
        }
    }
}
