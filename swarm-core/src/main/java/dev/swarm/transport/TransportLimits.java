package dev.swarm.transport;

import java.time.Duration;

/** Bounds on what a peer may make a transport hold, and for how long. Immutable. */
public final class TransportLimits {

    /** Connections served at once; the next is answered with 503 and closed. */
    public static final int DEFAULT_MAX_CONNECTIONS = 100;
    /** Connections one certificate identity may hold, so that no member fills the table alone. */
    public static final int DEFAULT_MAX_CONNECTIONS_PER_PEER = 8;
    /** Of the connections, those only reserved routes may use, so that gossip and health get through under load. */
    public static final int DEFAULT_RESERVED_CONNECTIONS = 10;
    /** Handshakes at once, outside the connections; a stranger holds one of these at most, and the oldest gives way. */
    public static final int DEFAULT_MAX_HANDSHAKES = 64;
    /** Request or status line plus fields, in bytes. Several times the largest head our own client sends; over it: 431. */
    public static final int DEFAULT_MAX_HEAD_BYTES = 16 * 1024;
    /** Fields in a head; over it: 431. */
    public static final int DEFAULT_MAX_FIELDS = 64;
    /** Request target in bytes; over it: 414. */
    public static final int DEFAULT_MAX_TARGET_BYTES = 2 * 1024;
    /** How long a handshake may take. */
    public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    /** How long a connection may be idle between requests, and how long a head may take from its first byte. */
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(15);
    /** How long a peer may take to answer a request, and how long a body may stand still. Longer than any held-back answer. */
    public static final Duration DEFAULT_RESPONSE_TIMEOUT = Duration.ofSeconds(30);

    /**
     * How long a connection may be idle, a head take or an answer be held back on one of the last places, which are for reserved
     * routes: long enough for slow lines, short enough that many peers get their turn.
     */
    public static final Duration DEFAULT_RESERVED_TIMEOUT = Duration.ofSeconds(2);

    /**
     * Bytes either way after which a connection takes no further request: far below the 2^37 past which the JDK may send key
     * updates without end (JDK-8329548).
     */
    public static final long DEFAULT_MAX_CONNECTION_BYTES = 64L << 30;
    /** Request bodies in memory, of all peers together; what would exceed it is answered with 503. */
    public static final long DEFAULT_MAX_BUFFERED_BYTES = 64L << 20;

    private final int maxConnections;
    private final int maxConnectionsPerPeer;
    private final int reservedConnections;
    private final int maxHandshakes;
    private final int maxHeadBytes;
    private final Duration handshakeTimeout;
    private final Duration idleTimeout;
    private final Duration responseTimeout;
    private final Duration reservedTimeout;
    private final long maxConnectionBytes;
    private final long maxBufferedBytes;

    private TransportLimits(Builder builder) {
        this.maxConnections = positive("maxConnections", builder.maxConnections);
        this.maxConnectionsPerPeer = positive("maxConnectionsPerPeer", builder.maxConnectionsPerPeer);
        this.reservedConnections = builder.reservedConnections;
        this.maxHandshakes = positive("maxHandshakes", builder.maxHandshakes);
        this.maxHeadBytes = positive("maxHeadBytes", builder.maxHeadBytes);
        this.handshakeTimeout = positive("handshakeTimeout", builder.handshakeTimeout);
        this.idleTimeout = positive("idleTimeout", builder.idleTimeout);
        this.responseTimeout = positive("responseTimeout", builder.responseTimeout);
        this.reservedTimeout = positive("reservedTimeout", builder.reservedTimeout);
        this.maxConnectionBytes = positive("maxConnectionBytes", builder.maxConnectionBytes);
        this.maxBufferedBytes = positive("maxBufferedBytes", builder.maxBufferedBytes);
        if (reservedConnections < 0 || reservedConnections >= maxConnections) {
            throw new IllegalArgumentException("reservedConnections is " + reservedConnections
                    + ", has to be at least 0 and below maxConnections " + maxConnections);
        }
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Connections served at once. */
    public int maxConnections() {
        return maxConnections;
    }

    /** Connections of one identity. */
    public int maxConnectionsPerPeer() {
        return maxConnectionsPerPeer;
    }

    /** Connections kept for reserved routes. */
    public int reservedConnections() {
        return reservedConnections;
    }

    /** Handshakes at once. */
    public int maxHandshakes() {
        return maxHandshakes;
    }

    /** Bytes of a message head. */
    public int maxHeadBytes() {
        return maxHeadBytes;
    }

    /** Limit of a handshake. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** Limit between requests and within a head. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /** Limit of waiting for an answer or for its next bytes. */
    public Duration responseTimeout() {
        return responseTimeout;
    }

    /** Limit of keeping one of the last places idle, or waiting for an answer that is held back. */
    public Duration reservedTimeout() {
        return reservedTimeout;
    }

    /** Bytes either way that a connection carries before it is retired. */
    public long maxConnectionBytes() {
        return maxConnectionBytes;
    }

    /** Request bodies in memory. */
    public long maxBufferedBytes() {
        return maxBufferedBytes;
    }

    private static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", has to be at least 1");
        }
        return value;
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", has to be at least 1");
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", has to be positive");
        }
        return value;
    }

    /** Collects bounds. Not safe for many threads. */
    public static final class Builder {
        private int maxConnections = DEFAULT_MAX_CONNECTIONS;
        private int maxConnectionsPerPeer = DEFAULT_MAX_CONNECTIONS_PER_PEER;
        private int reservedConnections = DEFAULT_RESERVED_CONNECTIONS;
        private int maxHandshakes = DEFAULT_MAX_HANDSHAKES;
        private int maxHeadBytes = DEFAULT_MAX_HEAD_BYTES;
        private Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;
        private Duration idleTimeout = DEFAULT_IDLE_TIMEOUT;
        private Duration responseTimeout = DEFAULT_RESPONSE_TIMEOUT;
        private Duration reservedTimeout = DEFAULT_RESERVED_TIMEOUT;
        private long maxConnectionBytes = DEFAULT_MAX_CONNECTION_BYTES;
        private long maxBufferedBytes = DEFAULT_MAX_BUFFERED_BYTES;

        private Builder() {}

        /** Sets the connections served at once. */
        public Builder maxConnections(int value) {
            this.maxConnections = value;
            return this;
        }

        /** Sets the connections of one identity. */
        public Builder maxConnectionsPerPeer(int value) {
            this.maxConnectionsPerPeer = value;
            return this;
        }

        /** Sets the connections kept for reserved routes. */
        public Builder reservedConnections(int value) {
            this.reservedConnections = value;
            return this;
        }

        /** Sets the handshakes at once. */
        public Builder maxHandshakes(int value) {
            this.maxHandshakes = value;
            return this;
        }

        /** Sets the bytes of a message head. */
        public Builder maxHeadBytes(int value) {
            this.maxHeadBytes = value;
            return this;
        }

        /** Sets the limit of a handshake. */
        public Builder handshakeTimeout(Duration value) {
            this.handshakeTimeout = value;
            return this;
        }

        /** Sets the limit between requests and within a head. */
        public Builder idleTimeout(Duration value) {
            this.idleTimeout = value;
            return this;
        }

        /** Sets the limit of waiting for an answer or for its next bytes. */
        public Builder responseTimeout(Duration value) {
            this.responseTimeout = value;
            return this;
        }

        /** Sets the limit of idling and of answers that are held back on the last places. */
        public Builder reservedTimeout(Duration value) {
            this.reservedTimeout = value;
            return this;
        }

        /** Sets the bytes after which a connection is retired. */
        public Builder maxConnectionBytes(long value) {
            this.maxConnectionBytes = value;
            return this;
        }

        /** Sets the bound on request bodies in memory. */
        public Builder maxBufferedBytes(long value) {
            this.maxBufferedBytes = value;
            return this;
        }

        /** Builds, checking every value. */
        public TransportLimits build() {
            return new TransportLimits(this);
        }
    }
}
