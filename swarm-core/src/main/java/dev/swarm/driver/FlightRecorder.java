package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.peer.PeerAddress;
import org.jspecify.annotations.Nullable;

/** Where events go that a recording may hold. Does nothing unless overridden. Safe for many threads. */
interface FlightRecorder {

    /** JDK Flight Recorder, or nothing on a runtime that was put together without it. */
    static FlightRecorder ofThisRuntime() {
        return ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? new JfrRecorder() : new FlightRecorder() {};
    }

    default void transferEnd(BlobId blob, BlobLayout layout, @Nullable SourceReport sources, String outcome) {}

    default void verificationFailure(BlobId blob, int leaf, PeerAddress peer) {}

    default void gossipExchange(PeerAddress peer, String kind, int entries) {}

    default void gateSkip(String subject, String reason) {}

    default void ban(PeerAddress peer) {}
}
