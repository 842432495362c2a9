package dev.swarm.sim;

import dev.swarm.manifest.Mischief;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A member that does whatever of the bad things it is told to at the time. */
final class Malice extends Conduct {

    private final Set<Act.Kind> present = EnumSet.noneOf(Act.Kind.class);
    private final Mischief mischief;
    private final SightLog sights;

    Malice(Mischief mischief, SightLog sights) {
        this.mischief = mischief;
        this.sights = sights;
    }

    void begin(Act.Kind kind) {
        present.add(kind);
    }

    void end(Act.Kind kind) {
        present.remove(kind);
    }

    void endAll() {
        present.clear();
    }

    @Override
    SyncFrame frame(SyncFrame planned) {
        return present.contains(Act.Kind.FORGE) ? mischief.alter(planned) : planned;
    }

    @Override
    Watch.Reply reply(Watch.Reply planned) {
        List<Watch.Share> shares = planned.shares();
        if (present.contains(Act.Kind.CLAIM_ALL)) {
            shares = new ArrayList<>();
            for (Watch.Share share : planned.shares()) {
                shares.add(new Watch.Share(share.blob(), Watch.Extent.ALL, 1_000_000, ByteBuffer.allocate(0)));
            }
        }
        List<PeerAddress> peers = planned.peers();
        if (present.contains(Act.Kind.INVENT_PEERS)) {
            sights.saw(Sight.PEERS_INVENTED);
            peers = new ArrayList<>();
            for (int i = 1; i <= 16; i++) {
                peers.add(PeerAddress.parse("10.77." + i + "." + (planned.entries() % 200 + 1) + ":1531"));
            }
        }
        return new Watch.Reply(
                planned.manifest(),
                planned.entries(),
                planned.denyList(),
                planned.epochMillis(),
                planned.news(),
                shares,
                peers);
    }

    @Override
    Announcement announcement(Announcement planned) {
        if (!present.contains(Act.Kind.CLAIM_ALL)) {
            return planned;
        }
        return new Announcement(
                planned.fleet(),
                planned.host(),
                planned.address(),
                planned.seeking(),
                planned.manifest(),
                planned.holdings().stream()
                        .map(holding -> new Announcement.Holding(holding.blob(), holding.total(), holding.total()))
                        .toList());
    }

    @Override
    Serving serving() {
        if (present.contains(Act.Kind.SERVE_FALSE)) {
            return Serving.FALSE;
        }
        if (present.contains(Act.Kind.SERVE_SHORT)) {
            sights.saw(Sight.ANSWER_CUT_SHORT);
            return Serving.SHORT;
        }
        if (present.contains(Act.Kind.SERVE_LATE)) {
            sights.saw(Sight.ANSWER_TOO_LATE);
            return Serving.LATE;
        }
        if (present.contains(Act.Kind.SERVE_NEVER)) {
            sights.saw(Sight.ANSWER_NEVER);
            return Serving.NEVER;
        }
        if (present.contains(Act.Kind.CLAIM_ALL)) {
            sights.saw(Sight.LEAVES_CLAIMED_AND_LACKED);
        }
        return Serving.RIGHT;
    }

    @Override
    boolean givesTree() {
        boolean gives = !present.contains(Act.Kind.REFUSE_TREE);
        if (!gives) {
            sights.saw(Sight.TREE_REFUSED);
        }
        return gives;
    }
}
