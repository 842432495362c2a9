package dev.swarm.driver;

import dev.swarm.Ticker;
import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.Moment;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Transport;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the parts of one running node share. Safe for many threads once the node has started. */
final class NodeParts {

    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    private final PeerId self;
    private final Ticker ticker;
    private final long origin;
    private final InstantSource wallClock;
    private final BlobCache blobs;
    private final DiskGate disk;
    private final EntryVerifier verifier;
    private final Executor workers;
    private final NodeListener listener;
    private final NodeEvents events = new NodeEvents();
    private final Forgers forgers = new Forgers();
    private final Namesakes namesakes;
    private final OutgoingContent outgoing = new OutgoingContent(() -> loop().execute(() -> {}));
    private volatile @Nullable NodeLoop loop;
    private volatile @Nullable Transport transport;
    private volatile @Nullable SegmentPorts segments;
    private volatile @Nullable MemberStatements statements;

    NodeParts(
            PeerId self,
            NodeClocks clocks,
            BlobCache blobs,
            DiskGate disk,
            EntryVerifier verifier,
            Executor workers,
            NodeListener listener) {
        this.self = self;
        this.ticker = clocks.ticker();
        this.origin = ticker.nanoTime();
        this.wallClock = clocks.wallClock();
        this.blobs = blobs;
        this.disk = disk;
        this.verifier = verifier;
        this.workers = workers;
        this.listener = listener;
        this.namesakes = new Namesakes(self, ticker);
    }

    /** The two clocks. */
    record NodeClocks(Ticker ticker, InstantSource wallClock) {}

    void attach(NodeLoop newLoop) {
        this.loop = newLoop;
    }

    void attach(Transport newTransport) {
        this.transport = newTransport;
    }

    void attach(SegmentPorts newSegments) {
        this.segments = newSegments;
    }

    void attach(MemberStatements newStatements) {
        this.statements = newStatements;
    }

    PeerId self() {
        return self;
    }

    Namesakes namesakes() {
        return namesakes;
    }

    Ticker ticker() {
        return ticker;
    }

    InstantSource wallClock() {
        return wallClock;
    }

    /** The present, its nanoseconds counted from the node's start. */
    Moment now() {
        return new Moment(ticker.nanoTime() - origin, wallClock.millis());
    }

    /** A moment of the machine as the ticker counts it. */
    long tickerTime(long machineNanos) {
        return machineNanos == Long.MAX_VALUE ? ticker.nanoTime() + Long.MAX_VALUE / 4 : origin + machineNanos;
    }

    BlobCache blobs() {
        return blobs;
    }

    DiskGate disk() {
        return disk;
    }

    Executor workers() {
        return workers;
    }

    /** Where what the node does is counted and recorded. */
    NodeEvents events() {
        return events;
    }

    /** What is being sent. When nothing is, the loop takes a turn. */
    OutgoingContent outgoing() {
        return outgoing;
    }

    NodeListener listener() {
        return listener;
    }

    NodeLoop loop() {
        return attached(loop);
    }

    Transport transport() {
        return attached(transport);
    }

    PeerClient client() {
        return transport().client();
    }

    SegmentPorts segments() {
        return attached(segments);
    }

    /** What members sign beside entries, with the node's key of the present. */
    MemberStatements statements() {
        return attached(statements);
    }

    /** Verifies what a peer sent, up to the entry with which it is found to be a forger; of a forger nothing. Not for an event loop. */
    CheckedEntries verify(List<SignedEntry> entries, PeerId from) {
        List<VerifiedEntry> verified = new ArrayList<>();
        int forged = 0;
        if (forgers.isRefused(from, now().nanos())) {
            return new CheckedEntries(verified, forged);
        }
        for (SignedEntry entry : entries) {
            if (forged >= Forgers.MAX_FORGED) {
                break;
            }
            try {
                verified.add(verifier.verify(entry));
            } catch (RefusedEntryException e) {
                log.debug("manifest entry from {} refused: {}", from, e.getMessage());
                forged += e.reason() == RefusedEntryException.Reason.WITHDRAWN ? 0 : 1;
            }
        }
        forgers.sent(from, forged, now().nanos());
        return new CheckedEntries(verified, forged);
    }

    /**
     * What was found of entries that a peer sent.
     *
     * @param entries those that hold
     * @param forged how many no honest member would have sent: whoever relays an entry verifies it before, and only deny lists
     *     may differ
     */
    record CheckedEntries(List<VerifiedEntry> entries, int forged) {}

    private static <T> T attached(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the node has not started");
        }
        return part;
    }
}
