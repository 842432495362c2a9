package dev.swarm.subsystem;

import dev.swarm.manifest.BlobView;
import java.util.List;

/**
 * A plugin in one node. Implemented by plugins.
 *
 * <p>The node calls one method at a time, on a thread that is the plugin's meanwhile, so it may block and needs no locks of its own. An
 * exception is logged and the plugin is called again at the next occasion. {@link #close} alone may come while another method
 * runs: a node that stops closes all its plugins at once, and waits a second for them, however many there are.
 */
public interface Subsystem extends AutoCloseable {

    /** The node is up. Called once, and again after the gate was closed and opened. */
    void start(SubsystemContext context);

    /** A cycle has come round: the time to look for changes, to retry, to clean up. */
    default void onCycle() {}

    /** A blob of this subsystem's channel became complete here. */
    default void onComplete(BlobView blob) {}

    /**
     * Blobs of this subsystem's channel became complete here, several if it had other things to do meanwhile. Calls
     * {@link #onComplete} for each, whatever comes of the others.
     */
    default void onCompleteAll(List<BlobView> blobs) {
        RuntimeException failure = null;
        for (BlobView blob : blobs) {
            try {
                onComplete(blob);
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** A blob of this subsystem's channel was revoked, or its retention is over, and it is being evicted here. */
    default void onRevoked(BlobView blob) {}

    /** Whether the node fetches by itself the blobs of this channel whose target it matches. */
    default boolean assignsByTarget() {
        return false;
    }

    /** The node stops, or the gate was closed: stop acting, keep what is stored. */
    @Override
    void close();
}
