package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Tells JDK Flight Recorder of connections; no text is made while nobody records. Loaded only where the module is there. */
final class JfrConnections {

    private JfrConnections() {}

    static void connected(PeerId peer, PeerAddress address, boolean inbound) {
        Connect event = new Connect();
        if (event.shouldCommit()) {
            event.peer = peer.host();
            event.address = address.toString();
            event.inbound = inbound;
            event.commit();
        }
    }

    @Name("dev.swarm.Connect")
    @Label("Connect")
    @Description("A connection with a member stands")
    @Category("Swarm")
    @StackTrace(false)
    static final class Connect extends Event {
        @Label("Peer")
        String peer = "";

        @Label("Address")
        String address = "";

        @Label("Inbound")
        boolean inbound;
    }
}
