package dev.swarm.driver;

import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that sent manifest entries which no honest one relays, by the name on their certificate, wherever they connect from. What
 * they send is not looked at for a while: a signature that does not hold takes as long as one that does. Safe for many threads.
 */
final class Forgers {

    /** With so many forged entries a member is one. */
    static final int MAX_FORGED = 3;

    /** Remembered at once; beyond that all are forgotten, and are found out again at the price of some signatures each. */
    private static final int MAX_REMEMBERED = 4_096;

    private static final Logger log = LoggerFactory.getLogger(Forgers.class);

    private final Map<PeerId, Suspect> suspects = new HashMap<>();

    private record Suspect(int forged, long since) {}

    Forgers() {}

    /** Whether what a member sends is to be refused unread. */
    synchronized boolean isRefused(PeerId member, long now) {
        Suspect suspect = suspects.isEmpty() ? null : suspects.get(member);
        if (suspect != null && now - suspect.since() >= PeerMap.BAN_NANOS) {
            suspects.remove(member);
            return false;
        }
        return suspect != null && suspect.forged() >= MAX_FORGED;
    }

    /** A member sent so many forged entries; none is as good as not calling this. */
    synchronized void sent(PeerId member, int forged, long now) {
        if (forged == 0 || isRefused(member, now)) {
            return;
        }
        if (suspects.size() >= MAX_REMEMBERED) {
            suspects.clear();
        }
        Suspect before = suspects.get(member);
        Suspect after = new Suspect(forged + (before == null ? 0 : before.forged()), now);
        suspects.put(member, after);
        if (after.forged() >= MAX_FORGED) {
            log.warn(
                    "{} sent forged manifest entries; its manifest is not read for {} minutes: see who has its key, and revoke its"
                            + " certificate if that is somebody else",
                    member,
                    PeerMap.BAN_NANOS / 60_000_000_000L);
        }
    }
}
