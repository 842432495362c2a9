package dev.swarm.driver;

import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.HintSource;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers of earlier runs, as the file of peers had them at the start. They stay in it though nothing is proved of them: a node
 * that is started while the network is away, or while most others are off, is to find them when it is started next. Immutable.
 *
 * <p>Times are by the wall clock, and that may be wrong: the file alone is shortened by it, never what is here, and it always keeps
 * some however long ago they were seen.
 */
final class EarlierPeers {

    static final String FILE = "peers.json";

    /** No earlier run. */
    static final EarlierPeers NONE = new EarlierPeers(List.of());

    /** Peers in the file, at most, for there to be earlier ones among them: half of what a node keeps in memory, so that what it hears has room. */
    static final int MOST = PeerMap.DEFAULT_MAX_PEERS / 2;

    /** Peers in the file that are kept however long ago they were seen: enough to find a fleet by, and few enough to try them all. */
    static final int KEPT_AT_ANY_AGE = 64;

    /** Who was last seen longer ago is left out: 30 days, after which most machines that are still there have another address. */
    static final long LONGEST_MILLIS = 30L * 24 * 60 * 60 * 1_000;

    /** Addresses of one name in the file: a machine that is carried about has some, and one that gets a new one every day has many. */
    static final int ADDRESSES_OF_ONE = 3;

    private static final Logger log = LoggerFactory.getLogger(EarlierPeers.class);

    private final List<PeersJson.Known> known;

    EarlierPeers(List<PeersJson.Known> known) {
        this.known = List.copyOf(known);
    }

    /** Those of a file. One that cannot be used is set aside. */
    static EarlierPeers read(StateFiles files) {
        try {
            String text = files.read(FILE);
            return text == null ? NONE : new EarlierPeers(PeersJson.read(text));
        } catch (IOException e) {
            files.setAside(FILE, e.toString());
        } catch (IllegalArgumentException e) {
            files.setAside(FILE, String.valueOf(e.getMessage()));
        }
        return NONE;
    }

    /** Tells a node of them: of their addresses as of hints, and of bans. */
    void tell(NodeMachine machine, Moment now) {
        List<PeersJson.Known> lastFirst = inOrder(now.epochMillis());
        long last = lastFirst.isEmpty() ? 0 : lastFirst.get(0).lastSeen();
        // Where there is no room for all, hints that were told first make it.
        for (int i = lastFirst.size() - 1; i >= 0; i--) {
            PeersJson.Known peer = lastFirst.get(i);
            machine.suggested(peer.address(), HintSource.earlierRun(last - peer.lastSeen()), now);
            PeerId host = peer.host();
            long left = peer.bannedNanos(now.epochMillis());
            if (host != null && left > 0) {
                log.info("{} at {} stays banned for {} s", host, peer.address(), left / 1_000_000_000L);
                machine.bannedBefore(peer.address(), host, left, now);
            }
        }
    }

    /** Those to write beside what is known in this run: the one that was seen last first. */
    List<PeersJson.Known> beside(List<PeerView> present, long epochMillis) {
        Set<PeerAddress> written = new HashSet<>();
        Map<PeerId, Integer> addresses = new HashMap<>();
        for (PeerView peer : present) {
            PeerId id = peer.id();
            if (id != null) {
                written.add(peer.address());
                addresses.merge(id, 1, Integer::sum);
            }
        }
        List<PeersJson.Known> beside = new ArrayList<>();
        for (PeersJson.Known peer : inOrder(epochMillis)) {
            int total = written.size();
            boolean isKept = total < KEPT_AT_ANY_AGE || epochMillis - peer.lastSeen() <= LONGEST_MILLIS;
            PeerId host = peer.host();
            boolean isOneTooMany = host != null && addresses.getOrDefault(host, 0) >= ADDRESSES_OF_ONE;
            if (total < MOST && isKept && !isOneTooMany && written.add(peer.address())) {
                beside.add(peer);
                if (host != null) {
                    addresses.merge(host, 1, Integer::sum);
                }
            }
        }
        return beside;
    }

    /** The one that was seen last first; after them all those that were seen at a time to come, as some clock said. */
    private List<PeersJson.Known> inOrder(long epochMillis) {
        return known.stream()
                .sorted(Comparator.<PeersJson.Known, Boolean>comparing(peer -> peer.lastSeen() > epochMillis)
                        .thenComparing(Comparator.comparingLong(PeersJson.Known::lastSeen)
                                .reversed()))
                .toList();
    }
}
