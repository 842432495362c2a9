package dev.swarm.driver;

import dev.swarm.NodeHealth;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether this node's wall clock agrees with its peers'. Looked at by one thread, asked by many. */
final class ClockHealth {

    private static final Logger log = LoggerFactory.getLogger(ClockHealth.class);

    /** How far a clock may be off before an operator is told: entries of a clock a minute ahead are refused by all. */
    private static final long BOUND_MILLIS = 5_000;

    private volatile OptionalLong ahead = OptionalLong.empty();

    /** Whether the log has it that entries are dated in the future. */
    private boolean said;

    void addTo(Router router) {
        router.add(Route.get("/health/clock", this::serve).asReserved());
    }

    /** A node's own entries that are dated too far in the future. On its loop. */
    static NodeHealth.DatedAhead datedAhead(NodeMachine machine, PeerId self, Moment now) {
        List<VerifiedEntry> ahead = machine.manifest().datedAhead(self, now.epochMillis());
        long most = ahead.stream()
                .mapToLong(each -> each.entry().clock().epochMillis() - now.epochMillis())
                .max()
                .orElse(0);
        return new NodeHealth.DatedAhead(ahead.size(), most);
    }

    /**
     * Takes note of how far this node is ahead, if that is known.
     *
     * @param datedAhead how many entries of its own are dated too far in the future for others to take them
     */
    void look(OptionalLong aheadMillis, int datedAhead) {
        if (datedAhead > 0 && !said) {
            log.warn(
                    "{} entries of this node are dated in the future and nobody takes them: its clock was ahead then, or is behind now;"
                            + " once it has agreed with other nodes' for a minute they are published with the present time",
                    datedAhead);
        }
        said = datedAhead > 0;
        boolean was = isOff(ahead);
        boolean is = isOff(aheadMillis);
        if (is && !was) {
            log.warn(
                    "this machine's clock is {} ms {} its peers'; set it: what it publishes is refused or outranked by others",
                    Math.abs(aheadMillis.getAsLong()),
                    aheadMillis.getAsLong() > 0 ? "ahead of" : "behind");
        } else if (was && !is) {
            log.info("this machine's clock agrees with its peers' again");
        }
        ahead = aheadMillis;
    }

    private void serve(Exchange exchange) {
        OptionalLong known = ahead;
        String skew = known.isPresent() ? String.valueOf(known.getAsLong()) : "null";
        exchange.respond(
                isOff(known) ? 503 : 200,
                Headers.of("content-type", "application/json"),
                Texts.buffer("{\"ok\":" + !isOff(known) + ",\"skew_ms\":" + skew + "}\n"));
    }

    private static boolean isOff(OptionalLong aheadMillis) {
        return aheadMillis.isPresent() && Math.abs(aheadMillis.getAsLong()) > BOUND_MILLIS;
    }
}
