package dev.swarm.transport;

import java.nio.ByteBuffer;

/**
 * A whole response in memory. Immutable but for the position of its body.
 *
 * @param status HTTP status, 200 to 599
 * @param headers the fields
 * @param peer who answered, as its certificate proved
 * @param body the body
 */
public record Answer(int status, Headers headers, PeerCertificate peer, ByteBuffer body) {

    /** Whether the status is of class 2xx. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }
}
