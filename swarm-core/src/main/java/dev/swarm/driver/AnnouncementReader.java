package dev.swarm.driver;

import dev.swarm.node.DatagramGate;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Transport;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the datagrams of one segment and hands what they say to the machine. Called on one event loop. */
final class AnnouncementReader implements Transport.DatagramListener {

    private static final Logger log = LoggerFactory.getLogger(AnnouncementReader.class);

    /** Refused datagrams that are worth a line in the log; each further line takes ten times as many. */
    private static final long FIRST_REPORT = 1_000;

    private final NodeParts parts;
    private final NodeMachine machine;
    private final String segment;
    private final DatagramGate gate = new DatagramGate();
    private long nextReport = FIRST_REPORT;

    AnnouncementReader(NodeParts parts, NodeMachine machine, String segment) {
        this.parts = parts;
        this.machine = machine;
        this.segment = segment;
    }

    @Override
    public void onDatagram(PeerAddress from, ByteBuffer datagram) {
        if (!gate.admits(from.ip(), parts.now().nanos())) {
            report(from);
            return;
        }
        int bytes = datagram.remaining();
        Announcement announcement = Announcement.decode(datagram);
        if (announcement != null) {
            if (machine.isMember(announcement)) {
                boolean own = announcement.host().equals(parts.self());
                parts.segments().tally(segment).heard(own);
                if (own && !parts.segments().isOfThisMachine(from)) {
                    parts.namesakes().seen(from.ip().getHostAddress());
                }
            }
            parts.loop().execute(() -> machine.heard(segment, from, announcement, bytes, parts.now()));
        }
    }

    private void report(PeerAddress from) {
        if (gate.refused() >= nextReport) {
            nextReport *= 10;
            log.warn(
                    "{} multicast datagrams on {} were passed over, the last one from {}: more come in than nodes send",
                    gate.refused(),
                    segment,
                    from);
        }
    }
}
