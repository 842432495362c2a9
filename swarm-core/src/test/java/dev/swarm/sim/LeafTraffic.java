package dev.swarm.sim;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerAddress;
import dev.swarm.schedule.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The leaves on their way to one simulated node. */
final class LeafTraffic {

    private static final long SMALL_MESSAGE_BYTES = 300;
    private static final long LATE_NANOS = 40_000_000_000L;

    private static final ByteBuffer GARBAGE =
            ByteBuffer.allocate(BlobLayout.LEAF_BYTES).asReadOnlyBuffer();

    private final SimulatedFleet fleet;
    private final SimulatedNode self;

    /** Those under way, some dozens. */
    private final List<Flight> flights = new ArrayList<>();

    private long fetched;
    private long rejected;

    /** One fetch that was asked for. */
    private final class Flight implements SimulatedNetwork.Delivery {
        private final BlobId blob;
        private final Scheduler.Fetch fetch;
        private final int born;
        private boolean cancelled;

        Flight(BlobId blob, Scheduler.Fetch fetch, int born) {
            this.blob = blob;
            this.fetch = fetch;
            this.born = born;
        }

        /** The request is there. */
        @Override
        public void delivered() {
            serve(this);
        }

        @Override
        public void lost() {
            ended(this, Scheduler.Ending.BROKEN);
        }
    }

    /** What a fetch is answered with. */
    private abstract class Answer implements SimulatedNetwork.Delivery {
        final Flight flight;

        Answer(Flight flight) {
            this.flight = flight;
        }

        @Override
        public final boolean isWanted() {
            return !flight.cancelled || !fleet.world().resetsCancelled();
        }

        @Override
        public final void lost() {
            ended(flight, Scheduler.Ending.BROKEN);
        }
    }

    /** An answer that brings nothing. */
    private final class End extends Answer {
        private final Scheduler.Ending ending;

        End(Flight flight, Scheduler.Ending ending) {
            super(flight);
            this.ending = ending;
        }

        @Override
        public void delivered() {
            ended(flight, ending);
        }
    }

    /** One leaf. */
    private final class Coming extends Answer {
        private final int leaf;
        private final NodeStore.Leaf data;

        Coming(Flight flight, int leaf, NodeStore.Leaf data) {
            super(flight);
            this.leaf = leaf;
            this.data = data;
        }

        @Override
        public void delivered() {
            if (self.mayAct(flight.born)) {
                receive(flight, leaf, data);
                self.acted();
            }
        }
    }

    LeafTraffic(SimulatedFleet fleet, SimulatedNode self) {
        this.fleet = fleet;
        this.self = self;
    }

    long fetched() {
        return fetched;
    }

    long rejected() {
        return rejected;
    }

    /** Fetches that are under way. */
    int underWay() {
        return flights.size();
    }

    void fetch(BlobId blob, Scheduler.Fetch fetch) {
        Flight flight = new Flight(blob, fetch, self.incarnation());
        flights.add(flight);
        fleet.network().send(self.address(), fetch.peer(), SMALL_MESSAGE_BYTES, flight);
    }

    void cancel(BlobId blob, long request) {
        for (Flight flight : flights) {
            if (flight.fetch.request() == request && flight.blob.equals(blob)) {
                flight.cancelled = true;
                remove(flight);
                return;
            }
        }
    }

    /** The blob is no longer open. */
    void cancelAll(BlobId blob) {
        for (Flight flight : flights) {
            flight.cancelled |= flight.blob.equals(blob);
        }
        flights.removeIf(flight -> flight.blob.equals(blob));
    }

    void crashed() {
        flights.forEach(flight -> flight.cancelled = true);
        flights.clear();
    }

    private void ended(Flight flight, Scheduler.Ending ending) {
        if (self.mayAct(flight.born)) {
            if (!flight.cancelled) {
                remove(flight);
                self.machine().fetchEnded(flight.blob, flight.fetch.request(), ending, self.now());
            }
            self.acted();
        }
    }

    private void remove(Flight flight) {
        if (flights.remove(flight)) {
            fleet.world().fetchEnded(self, flight.blob, flight.fetch.request());
        }
    }

    private void serve(Flight flight) {
        SimulatedNode source = fleet.at(flight.fetch.peer());
        Conduct.Serving serving = source.conduct().serving();
        List<NodeStore.Leaf> leaves = leavesOf(source, flight, serving);
        if (leaves == null) {
            answer(source, SMALL_MESSAGE_BYTES, 0, new End(flight, Scheduler.Ending.NOT_HELD));
            return;
        }
        if (source.isTold(flight.blob)) {
            source.event(source.incarnation(), () -> source.machine()
                    .served(self.id(), flight.blob, flight.fetch.first(), flight.fetch.end(), source.now()));
        }
        if (serving == Conduct.Serving.NEVER) {
            return;
        }
        BlobLayout layout = fleet.content(flight.blob).layout();
        int count = serving == Conduct.Serving.SHORT ? leaves.size() / 2 : leaves.size();
        for (int i = 0; i < count; i++) {
            int leaf = flight.fetch.first() + i;
            NodeStore.Leaf data = leaves.get(i);
            long bytes = layout.leafLength(leaf);
            long late = serving == Conduct.Serving.LATE ? LATE_NANOS : 0;
            answer(source, bytes, late, new Coming(flight, leaf, data));
        }
        if (serving == Conduct.Serving.SHORT) {
            answer(source, SMALL_MESSAGE_BYTES, 0, new End(flight, Scheduler.Ending.BROKEN));
        }
    }

    private void answer(SimulatedNode source, long bytes, long late, Answer answer) {
        if (late > 0) {
            fleet.time().after(late, () -> fleet.network().send(source.address(), self.address(), bytes, answer));
        } else {
            fleet.network().send(source.address(), self.address(), bytes, answer);
        }
    }

    /** What the other side sends; null if it does not hold it. */
    private @Nullable List<NodeStore.Leaf> leavesOf(SimulatedNode source, Flight flight, Conduct.Serving serving) {
        if (!source.isRunning()
                || serving == Conduct.Serving.NOT_HELD
                || source.machine().manifest().endedBlobs().contains(flight.blob)) {
            return null;
        }
        boolean honest = serving == Conduct.Serving.RIGHT;
        List<NodeStore.Leaf> leaves = new ArrayList<>();
        try {
            LeafSet held = source.store().held(flight.blob);
            boolean holds = held != null && held.containsRange(flight.fetch.first(), flight.fetch.end());
            if (!holds && honest) {
                return null;
            }
            for (int leaf = flight.fetch.first(); leaf < flight.fetch.end(); leaf++) {
                if (honest) {
                    NodeStore.Leaf data = source.store().read(flight.blob, leaf);
                    fleet.world().gives(source, self, flight.blob, leaf, data);
                    leaves.add(data);
                } else {
                    int length = fleet.content(flight.blob).layout().leafLength(leaf);
                    leaves.add(new NodeStore.Leaf(GARBAGE.slice(0, length), false));
                }
            }
            return leaves;
        } catch (IOException e) {
            return null;
        }
    }

    private void receive(Flight flight, int leaf, NodeStore.Leaf data) {
        if (flight.cancelled) {
            return;
        }
        BlobId blob = flight.blob;
        Scheduler.Fetch fetch = flight.fetch;
        NodeMachine machine = self.machine();
        PeerAddress peer = fetch.peer();
        try {
            if (self.store().write(blob, leaf, data)) {
                fetched++;
                fleet.world().took(self, blob, leaf, data);
                machine.leafStored(blob, fetch.request(), leaf, peer, self.now());
            } else {
                rejected++;
                fleet.world().refused(self, blob, leaf);
                machine.leafRejected(blob, fetch.request(), leaf, peer, self.now());
            }
        } catch (IOException | SwarmException e) {
            String why = String.valueOf(e.getMessage());
            boolean disk = e instanceof SwarmException || why.contains("No space left");
            machine.storeFailed(blob, why, disk, self.now());
            return;
        }
        fleet.time().traceLeaf(self.number(), leaf);
        if (leaf == fetch.end() - 1) {
            remove(flight);
            machine.fetchEnded(blob, fetch.request(), Scheduler.Ending.COMPLETE, self.now());
        }
    }
}
