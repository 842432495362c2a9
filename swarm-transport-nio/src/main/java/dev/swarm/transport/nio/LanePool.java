package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.TransportException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections to one peer for one kind of traffic, and the calls that wait for one. Safe for many threads. */
final class LanePool {

    /**
     * How a lane uses its connections. Together the lanes stay within the eight that a server grants an identity.
     *
     * @param maxConnections connections at most
     * @param depth requests on one connection at most
     * @param openAt requests that every connection has to have before another is opened; a handshake costs both ends as
     *     much as moving 6 MB
     */
    private record Shape(int maxConnections, int depth, int openAt) {

        static Shape of(Lane lane) {
            return switch (lane) {
                case BULK -> new Shape(4, 8, 4);
                case CONTROL -> new Shape(2, 4, 2);
                case WAITING -> new Shape(2, 1, 1);
            };
        }
    }

    /** Where connections come from, and how many there may be. Safe for many threads; called under the pool's lock. */
    interface Links {

        /** A new connection. */
        ClientConnection connect(LanePool pool);

        /** Connections that one peer may have at present for a lane, at least one. */
        int share(Lane lane);

        /** A pool has work from here on, or none from here on. */
        void worked(Lane lane, boolean busy);
    }

    /** A connection that takes calls. Guarded by the pool's lock. */
    private static final class Member {
        private final ClientConnection connection;
        private int assigned;
        private boolean proven;

        Member(ClientConnection connection) {
            this.connection = connection;
        }
    }

    private final Object lock = new Object();
    private final PeerAddress peer;
    private final Lane lane;
    private final Shape shape;
    private final Links links;
    private final List<Member> members = new ArrayList<>();
    /** The members, and connections that get no more calls but still hold a place at the peer. */
    private final Set<ClientConnection> alive = new HashSet<>();

    private final Deque<ClientCall> waiting = new ArrayDeque<>();
    /** Calls that have been submitted and are not over. */
    private int live;

    private boolean closed;

    LanePool(PeerAddress peer, Lane lane, Links links) {
        this.peer = peer;
        this.lane = lane;
        this.shape = Shape.of(lane);
        this.links = links;
    }

    PeerAddress peer() {
        return peer;
    }

    Lane lane() {
        return lane;
    }

    /** Sends a call when there is a connection for it; answers false if this pool is closed. */
    boolean submit(ClientCall call) {
        synchronized (lock) {
            if (!closed && live++ == 0) {
                links.worked(lane, true);
            }
        }
        return submit(call, false);
    }

    /** Takes note that a call is over. */
    void noteOver() {
        synchronized (lock) {
            if (--live == 0) {
                links.worked(lane, false);
            }
        }
    }

    /** Sends a call again, on a connection that has served no other if possible. */
    boolean resubmit(ClientCall call) {
        return submit(call, true);
    }

    /** Gives a call up, wherever it is. */
    void cancel(ClientCall call) {
        ClientConnection holder;
        boolean waited;
        synchronized (lock) {
            waited = waiting.remove(call);
            holder = call.connection();
        }
        if (waited) {
            call.fail(new TransportException(TransportException.Kind.CANCELLED, "cancelled before it was sent", null));
        } else if (holder != null) {
            holder.cancel(call);
        }
    }

    /** Has a call's connection look again at what it may hand over. */
    void resumed(ClientCall call) {
        ClientConnection holder;
        synchronized (lock) {
            holder = call.connection();
        }
        if (holder != null) {
            holder.pumpSoon();
        }
    }

    /** Notes that a connection is done with a call, and gives it the next. */
    void finished(ClientConnection connection, ClientCall call) {
        ClientCall next = null;
        boolean surplus = false;
        synchronized (lock) {
            call.moveTo(null);
            Member member = find(connection);
            if (member == null) {
                return;
            }
            member.assigned--;
            member.proven = true;
            if (usable().contains(member)) {
                next = waiting.poll();
            } else {
                surplus = member.assigned == 0 && members.remove(member);
            }
            if (next != null) {
                assign(member, next);
            }
        }
        if (next != null) {
            connection.enqueue(next);
        } else if (surplus) {
            connection.drain();
        }
    }

    /** Takes a connection out, so that it gets no more calls. What waits is sent on another. */
    void detach(ClientConnection connection) {
        synchronized (lock) {
            members.removeIf(member -> member.connection == connection);
        }
        sendWaiting();
    }

    /** Takes note that a connection holds no place at the peer any more. */
    void gone(ClientConnection connection) {
        synchronized (lock) {
            alive.remove(connection);
        }
        sendWaiting();
    }

    /** Takes a connection out unless it has calls; answers whether it did. */
    boolean detachIdle(ClientConnection connection) {
        synchronized (lock) {
            Member member = find(connection);
            return member == null || (member.assigned == 0 && members.remove(member));
        }
    }

    /** Detaches all connections. */
    List<ClientConnection> detachAll() {
        List<ClientConnection> all;
        synchronized (lock) {
            all = members.stream().map(member -> member.connection).toList();
            members.clear();
        }
        sendWaiting();
        return all;
    }

    /** Takes no more calls if there are neither connections nor calls under way; answers whether that is so. */
    boolean closeIfUnused() {
        synchronized (lock) {
            closed |= alive.isEmpty() && live == 0;
            return closed;
        }
    }

    /** Takes no more calls and gives up those that wait. */
    void close() {
        List<ClientCall> given;
        synchronized (lock) {
            closed = true;
            given = List.copyOf(waiting);
            waiting.clear();
        }
        given.forEach(
                call -> call.fail(new TransportException(TransportException.Kind.CANCELLED, "transport closed", null)));
    }

    private boolean submit(ClientCall call, boolean fresh) {
        Member member = null;
        boolean cancelled;
        synchronized (lock) {
            if (closed) {
                return false;
            }
            call.moveTo(null);
            cancelled = call.isCancelAsked();
            if (!cancelled) {
                member = choose(fresh);
                if (member == null) {
                    waiting.add(call);
                } else {
                    assign(member, call);
                }
            }
        }
        if (cancelled) {
            call.fail(new TransportException(TransportException.Kind.CANCELLED, "cancelled before it was sent", null));
        } else if (member != null) {
            member.connection.enqueue(call);
        }
        return true;
    }

    private void sendWaiting() {
        while (true) {
            Member member;
            ClientCall next;
            synchronized (lock) {
                member = waiting.isEmpty() ? null : choose(false);
                next = member == null ? null : waiting.poll();
                if (member == null || next == null) {
                    return;
                }
                assign(member, next);
            }
            member.connection.enqueue(next);
        }
    }

    private @Nullable Member choose(boolean fresh) {
        Member best = leastBusy(fresh);
        boolean busy = best == null || best.assigned >= shape.openAt;
        if (busy && alive.size() < mostConnections()) {
            Member opened = new Member(links.connect(this));
            alive.add(opened.connection);
            members.add(opened);
            return opened;
        }
        return best == null && fresh ? leastBusy(false) : best;
    }

    private @Nullable Member leastBusy(boolean fresh) {
        Member best = null;
        for (Member member : usable()) {
            boolean usable = member.assigned < shape.depth && !(fresh && member.proven);
            if (usable && (best == null || member.assigned < best.assigned)) {
                best = member;
            }
        }
        return best;
    }

    private int mostConnections() {
        return Math.min(shape.maxConnections, links.share(lane));
    }

    /** The connections that get calls; others, opened when fewer peers were busy, finish what they have. */
    private List<Member> usable() {
        return members.subList(0, Math.min(members.size(), mostConnections()));
    }

    private void assign(Member member, ClientCall call) {
        member.assigned++;
        call.moveTo(member.connection);
    }

    private @Nullable Member find(ClientConnection connection) {
        for (Member member : members) {
            if (member.connection == connection) {
                return member;
            }
        }
        return null;
    }
}
