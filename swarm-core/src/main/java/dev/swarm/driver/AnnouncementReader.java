package dev.swarm.driver;

import dev.swarm.node.NodeMachine;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Transport;
import java.nio.ByteBuffer;

/** Reads datagrams and hands what they say to the machine. Called on an event loop. */
final class AnnouncementReader implements Transport.DatagramListener {

    private final NodeParts parts;
    private final NodeMachine machine;

    AnnouncementReader(NodeParts parts, NodeMachine machine) {
        this.parts = parts;
        this.machine = machine;
    }

    @Override
    public void onDatagram(PeerAddress from, ByteBuffer datagram) {
        Announcement announcement = Announcement.decode(datagram);
        if (announcement != null && !announcement.host().equals(parts.self())) {
            parts.loop().execute(() -> machine.heard(from, announcement, parts.now()));
        }
    }
}
