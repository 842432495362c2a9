package dev.swarm.transport;

import java.nio.ByteBuffer;

/**
 * Where one response goes as it arrives. Implemented by callers.
 *
 * <p>Calls come in the order {@code onHead}, any number of {@code onBody}, then exactly one of {@code onEnd} and
 * {@code onFailure}; the latter may come at any time, even first. {@code onBytes} comes in between, never after the last. All come from one thread at a time, often an event loop:
 * they must not block.
 */
public interface ResponseSink {

    /**
     * Bytes came on the connection while this response was the next one on it, or waited for the connection to open. They need not
     * show in anything else yet: TLS gives a record of up to 16 KiB away when it is whole (RFC 8446 section 5.2), which takes seconds on
     * a slow line. Called often, before or after what the bytes brought; does nothing unless the sink has use for it.
     */
    default void onBytes() {}

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
