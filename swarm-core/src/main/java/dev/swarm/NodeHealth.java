package dev.swarm;

import dev.swarm.peer.PeerAddress;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks when a node does not do as it should, as of one moment. Immutable.
 *
 * @param announced the addresses that it tells others
 * @param segments the networks that it speaks and listens on by multicast; none if multicast is off
 * @param multicastProblem why multicast is not where it is meant to be, or null
 * @param namesakes where other machines go by this node's name, which peers take for this one
 * @param clockAheadMillis how far its wall clock is ahead of its peers', if that is known
 * @param datedAhead this node's entries that nobody takes because they are dated in the future
 * @param denyList number of the deny list in force; 0 if there is none
 * @param denyListProblem why a newer list in the configured file is not in force, or null
 * @param storeProblem why nothing is received until the node is restarted on a disk that works, or null
 */
public record NodeHealth(
        List<Announced> announced,
        List<Segment> segments,
        @Nullable String multicastProblem,
        List<String> namesakes,
        OptionalLong clockAheadMillis,
        DatedAhead datedAhead,
        long denyList,
        @Nullable String denyListProblem,
        @Nullable String storeProblem) {

    /** Copies the collections. */
    public NodeHealth {
        announced = List.copyOf(announced);
        segments = List.copyOf(segments);
        namesakes = List.copyOf(namesakes);
    }

    /**
     * Entries that a wrong clock dated in the future. Once the clock has agreed with the peers' for a minute they are published anew.
     *
     * @param entries how many
     * @param millis how far the furthest is ahead of the wall clock; 0 if there is none
     */
    public record DatedAhead(int entries, long millis) {}

    /**
     * An address that others are told.
     *
     * @param address where they are to connect
     * @param interfaceName the interface that has it; null if none of this machine does
     * @param virtual whether that interface is of a container, a virtual machine or a tunnel
     */
    public record Announced(PeerAddress address, @Nullable String interfaceName, boolean virtual) {}

    /**
     * One network.
     *
     * @param interfaceName the interface that leads there
     * @param sent datagrams sent since the node started
     * @param heardOwn datagrams of its own that it heard, which shows that both sockets work
     * @param heardOthers datagrams of other members that it heard
     * @param problem why it does not speak or hear there at present, or null
     */
    public record Segment(
            String interfaceName,
            long sent,
            long heardOwn,
            long heardOthers,
            @Nullable String problem) {}
}
