package dev.swarm.driver;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.coordinate.Tracker;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.NodeRules;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Role;
import dev.swarm.transport.Router;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node's part in check-ins: with its coordinators, and as one if it is. Confined to the node's loop. */
final class Coordination {

    private final CheckIns checkIns;
    private final @Nullable CoordinatorRoutes routes;

    Coordination(
            NodeParts parts,
            NodeMachine machine,
            NodeRules rules,
            SwarmConfig config,
            Supplier<Map<String, String>> traits,
            RandomGenerator random) {
        this.checkIns = new CheckIns(
                parts, machine, config, traits, random, task -> parts.loop().execute(task));
        this.routes = config.coordinate()
                ? new CoordinatorRoutes(parts, machine, new Tracker(Tracker.Bounds.DEFAULT, rules.dial(), random))
                : null;
    }

    /**
     * Checks that a node may do what it is told to.
     *
     * @throws SwarmException if it is to coordinate and its certificate does not say so
     */
    static void requireRole(SwarmConfig config, PeerCertificate identity) {
        if (config.coordinate() && !identity.roles().contains(Role.COORDINATOR)) {
            throw new SwarmException(
                    Reason.IDENTITY,
                    "the certificate of " + identity.host() + " has no coordinator role, so nobody would believe its"
                            + " answers to check-ins; issue it again with 'swarm ca issue --role coordinator', or start"
                            + " without --coordinate");
        }
    }

    void addTo(Router router) {
        if (routes != null) {
            routes.addTo(router);
        }
    }

    void cycle(Moment now) {
        checkIns.cycle(now);
    }

    void stop() {
        checkIns.stop();
    }

    @Nullable
    Instant lastCheckIn() {
        return checkIns.last();
    }

    List<FleetReport> reports() {
        return routes == null ? List.of() : routes.reports();
    }
}
