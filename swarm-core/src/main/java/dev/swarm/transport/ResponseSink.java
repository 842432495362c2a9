package dev.swarm.transport;

import java.nio.ByteBuffer;

/**
 * Where one response goes as it arrives. Implemented by callers.
 *
 * <p>Calls come in the order {@code onHead}, any number of {@code onBody}, then exactly one of {@code onEnd} and
 * {@code onFailure}; the latter may come at any time, even first. All come from one thread at a time, often an event loop:
 * they must not block.
 */
public interface ResponseSink {

    /** Status and fields are here, sent by {@code peer}. */
    void onHead(ResponseHead head, PeerCertificate peer);

    /**
     * More of the body is here.
     *
     * @param data readable bytes, all of which the sink takes before it returns; the buffer stays the caller's
     */
    void onBody(ByteBuffer data);

    /** The response is complete: as many bytes as its length declared have been handed over. */
    void onEnd();

    /** The exchange failed and no further call comes. */
    void onFailure(TransportException failure);
}
