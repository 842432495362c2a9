package dev.swarm.sim;

import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.Announcement;

/** How a simulated member behaves towards others. This one keeps to the rules. */
class Conduct {

    /** What becomes of a request for leaves that are held. */
    enum Serving {
        /** The leaves. */
        RIGHT,
        /** Other bytes. */
        FALSE,
        /** The first half, then the end of the answer. */
        SHORT,
        /** The leaves, when nobody waits for them any more. */
        LATE,
        /** Nothing, and no end. */
        NEVER,
        /** That they are not there. */
        NOT_HELD
    }

    /** What is sent instead of a frame. */
    SyncFrame frame(SyncFrame planned) {
        return planned;
    }

    /** What is sent instead of an answer to a standing question. */
    Watch.Reply reply(Watch.Reply planned) {
        return planned;
    }

    /** What is sent instead of a datagram. */
    Announcement announcement(Announcement planned) {
        return planned;
    }

    Serving serving() {
        return Serving.RIGHT;
    }

    /** Whether leaf hashes are sent when they are asked for. */
    boolean givesTree() {
        return true;
    }
}
