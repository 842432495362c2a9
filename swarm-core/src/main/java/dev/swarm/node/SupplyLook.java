package dev.swarm.node;

import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices, once a cycle, the transfers of what no peer has anything of. Confined. */
final class SupplyLook {

    private static final Logger log = LoggerFactory.getLogger(SupplyLook.class);

    /** Blobs that are named in the log by one look: a person goes after them one by one. */
    private static final int MOST_NAMED = 10;

    private long cycle = Long.MIN_VALUE;

    /**
     * Looks, if that was not done in this cycle.
     *
     * @param nextCycle when the next one begins, in nanoseconds
     * @param peers how many peers are known
     * @return whether it looked
     */
    boolean look(Collection<Transfer> unsupplied, int peers, long now, long nextCycle) {
        if (nextCycle == cycle) {
            return false;
        }
        cycle = nextCycle;
        String why = Transfer.NO_PROGRESS + "no peer has it (" + peers + (peers == 1 ? " peer" : " peers") + " known)";
        int fresh = 0;
        for (Transfer transfer : unsupplied) {
            if (transfer.lacksSupply(why, now)) {
                fresh++;
                if (fresh <= MOST_NAMED) {
                    transfer.warn(why);
                }
            }
        }
        if (fresh > MOST_NAMED) {
            log.warn("{} further blobs: {}; see 'swarm status'", fresh - MOST_NAMED, why);
        }
        return true;
    }
}
