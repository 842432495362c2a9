package dev.swarm.sim;

import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;

/** How long questions and answers are once encoded, without encoding them: simulated nodes send a million of them a second. */
final class WatchBytes {

    private static final int QUESTION = Integer.BYTES + 1 + 5 * Long.BYTES;
    private static final int WANT = 32 + Integer.BYTES;
    private static final int REPLY = 4 * Long.BYTES + Integer.BYTES;
    private static final int SHARE = 32 + 1 + Integer.BYTES;

    private WatchBytes() {}

    static int of(Watch.Question question) {
        int wants = question.wants().size();
        return QUESTION + count(wants) + wants * WANT;
    }

    static int of(Watch.Reply reply) {
        SyncFrame news = reply.news();
        int bytes = REPLY + sized(news.isFinished() ? 0 : news.encode().remaining());
        bytes += count(reply.shares().size()) + count(reply.peers().size());
        for (Watch.Share share : reply.shares()) {
            bytes += SHARE + sized(share.bits().remaining());
        }
        for (PeerAddress peer : reply.peers()) {
            bytes += sized(peer.toString().length());
        }
        return bytes;
    }

    /** A count takes one byte for each seven bits. */
    private static int count(int value) {
        return value < 1 << 7 ? 1 : 2;
    }

    private static int sized(int bytes) {
        return Integer.BYTES + bytes;
    }
}
