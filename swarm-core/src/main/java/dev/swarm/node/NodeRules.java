package dev.swarm.node;

import dev.swarm.manifest.ManifestEntry;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What a {@link NodeMachine} goes by. What {@code assigns} and {@code carries} say may change while the node runs; they are
 * asked on the machine's thread and must answer at once.
 *
 * @param self the node's name
 * @param fleetTag tag of its fleet in datagrams
 * @param port the TCP port that it listens on
 * @param cycle how often it takes stock; retries wait for it
 * @param assigns whether this node is to hold what an entry describes
 * @param carries whether this node goes on with what an entry describes once it has begun; true for all that it assigns
 * @param endsOthers whether this node may end what others published: whether it is an operator
 * @param dial which addresses that others name may be dialled
 */
public record NodeRules(
        PeerId self,
        String fleetTag,
        int port,
        Duration cycle,
        Predicate<ManifestEntry> assigns,
        Predicate<ManifestEntry> carries,
        BooleanSupplier endsOthers,
        DialPolicy dial) {}
