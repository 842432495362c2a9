package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;

/** Where connections are told that a recording may hold. Safe for many threads. */
final class ConnectionRecorder {

    private static final boolean HAS_FLIGHT_RECORDER =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private ConnectionRecorder() {}

    /** A handshake is complete and the peer admitted. Does nothing on a runtime that was put together without JDK Flight Recorder. */
    static void connected(PeerId peer, PeerAddress address, boolean inbound) {
        if (HAS_FLIGHT_RECORDER) {
            JfrConnections.connected(peer, address, inbound);
        }
    }
}
