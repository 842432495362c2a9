package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.peer.PeerAddress;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Commits events to JDK Flight Recorder. While nobody records, an event is an empty object that the compiler removes, and no text
 * is made for it. Loaded only where the module is there.
 */
final class JfrRecorder implements FlightRecorder {

    @Override
    public void transferEnd(BlobId blob, BlobLayout layout, @Nullable SourceReport sources, String outcome) {
        TransferEnd event = new TransferEnd();
        if (event.shouldCommit()) {
            event.blob = blob.hex();
            event.size = layout.size();
            event.outcome = outcome;
            if (sources != null) {
                event.sources = sources.chunksBySource().size();
                event.active = sources.activeMillis();
                event.duplicates = sources.pace().duplicateBytes();
            }
            event.commit();
        }
    }

    @Override
    public void verificationFailure(BlobId blob, int leaf, PeerAddress peer) {
        VerificationFailure event = new VerificationFailure();
        if (event.shouldCommit()) {
            event.blob = blob.hex();
            event.leaf = leaf;
            event.peer = peer.toString();
            event.commit();
        }
    }

    @Override
    public void gossipExchange(PeerAddress peer, String kind, int entries) {
        GossipExchange event = new GossipExchange();
        if (event.shouldCommit()) {
            event.peer = peer.toString();
            event.kind = kind;
            event.entries = entries;
            event.commit();
        }
    }

    @Override
    public void gateSkip(String subject, String reason) {
        GateSkip event = new GateSkip();
        if (event.shouldCommit()) {
            event.subject = subject;
            event.reason = reason;
            event.commit();
        }
    }

    @Override
    public void ban(PeerAddress peer) {
        Ban event = new Ban();
        if (event.shouldCommit()) {
            event.peer = peer.toString();
            event.commit();
        }
    }

    @Name("dev.swarm.TransferEnd")
    @Label("Transfer End")
    @Description("A run of a blob's transfer to this node ended")
    @Category("Swarm")
    @StackTrace(false)
    static final class TransferEnd extends Event {
        @Label("Blob")
        String blob = "";

        @Label("Size")
        @DataAmount
        long size;

        @Label("Outcome")
        String outcome = "";

        @Label("Sources")
        int sources;

        @Label("Active Time")
        @Timespan(Timespan.MILLISECONDS)
        long active;

        @Label("Duplicate Bytes")
        @DataAmount
        long duplicates;
    }

    @Name("dev.swarm.VerificationFailure")
    @Label("Verification Failure")
    @Description("A leaf from a peer did not match its hash")
    @Category("Swarm")
    @StackTrace(false)
    static final class VerificationFailure extends Event {
        @Label("Blob")
        String blob = "";

        @Label("Leaf")
        int leaf;

        @Label("Peer")
        String peer = "";
    }

    @Name("dev.swarm.GossipExchange")
    @Label("Gossip Exchange")
    @Description("A peer answered a question about its manifest or what it holds")
    @Category("Swarm")
    @StackTrace(false)
    static final class GossipExchange extends Event {
        @Label("Peer")
        String peer = "";

        @Label("Kind")
        String kind = "";

        @Label("Entries")
        @Description("Manifest entries in the answer")
        int entries;
    }

    @Name("dev.swarm.GateSkip")
    @Label("Gate Skip")
    @Description("A transfer or a push was put off for want of room")
    @Category("Swarm")
    @StackTrace(false)
    static final class GateSkip extends Event {
        @Label("Subject")
        String subject = "";

        @Label("Reason")
        String reason = "";
    }

    @Name("dev.swarm.Ban")
    @Label("Ban")
    @Description("A peer is left alone for an hour for what it sent")
    @Category("Swarm")
    @StackTrace(false)
    static final class Ban extends Event {
        @Label("Peer")
        String peer = "";
    }
}
