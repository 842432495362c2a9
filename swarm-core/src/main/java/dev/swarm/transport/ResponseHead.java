package dev.swarm.transport;

/**
 * Status and fields of a response. Immutable.
 *
 * @param status HTTP status, 200 to 599
 * @param headers the fields
 */
public record ResponseHead(int status, Headers headers) {

    /** Whether the status is of class 2xx. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }
}
