package dev.swarm.transport.nio;

import dev.swarm.transport.TransportLimits;

/** Tells when a connection to a peer has taken too long over something. Confined to its event loop. */
final class ClientDeadlines {

    /** What took too long. */
    enum Expired {
        NOTHING("nothing"),
        OPENING("connection not open in time"),
        IDLE("idle"),
        ANSWER("no answer began"),
        HEAD("its head is not complete"),
        SLOW_BODY("its body came slower than 16 KiB/s");

        private final String reason;

        Expired(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    private static final int MIN_BODY_RATE = 16 * 1024;

    /**
     * How long TCP may take to connect: a lost SYN is sent again after 1 and 3 s (RFC 6298), and after 7 s, which is late for a line
     * that came back at 4. A new attempt begins anew.
     */
    private static final long CONNECT_NANOS = 3_500_000_000L;

    private final Loop loop;
    private final Deadline deadline;
    private final RateWatch body;
    private final long openingNanos;
    private final long idleNanos;
    private final long headNanos;
    private final long answerNanos;

    private boolean opening;
    private boolean connecting;
    private long openingSince;
    private boolean awaiting;
    private long progressAt;
    private long bytesSent;
    private boolean inHead;
    private long headSince;
    private boolean inBody;
    private boolean holdingBack;

    ClientDeadlines(Loop loop, TransportLimits limits, Runnable action) {
        this.loop = loop;
        this.deadline = new Deadline(action);
        this.body = new RateWatch(limits.responseTimeout(), MIN_BODY_RATE);
        this.openingNanos = limits.handshakeTimeout().toNanos();
        this.headNanos = limits.idleTimeout().toNanos();
        // Ends before the server's own limit does, so that no request meets a connection that is just being closed.
        this.idleNanos = limits.idleTimeout().toNanos() * 2 / 3;
        this.answerNanos = limits.responseTimeout().toNanos();
    }

    void startOpening() {
        opening = true;
        connecting = true;
        openingSince = loop.now();
        loop.schedule(deadline, end());
    }

    /** Nanoseconds since the connection began to open. */
    long sinceOpening() {
        return loop.now() - openingSince;
    }

    void endOpening() {
        opening = false;
        progressAt = loop.now();
    }

    /** A request goes out; {@code first} if no other is awaited. */
    void noteRequest(boolean first) {
        if (first) {
            progressAt = loop.now();
        }
    }

    /** An answer is complete: the next one, or idleness, counts from here. */
    void noteAnswer() {
        progressAt = loop.now();
        body.stop();
    }

    void stop() {
        loop.forget(deadline);
    }

    /** Takes note of where the connection stands, and sets the next deadline. */
    void update(ResponseParser parser, boolean awaitsAnswer, SecureChannel channel) {
        note(parser, awaitsAnswer, channel);
        loop.schedule(deadline, end());
    }

    /** What has taken too long by now. */
    Expired expired(ResponseParser parser, boolean awaitsAnswer, SecureChannel channel) {
        note(parser, awaitsAnswer, channel);
        long now = loop.now();
        if (inBody && !holdingBack) {
            return body.isTooSlow(now, channel.bytesIn()) ? Expired.SLOW_BODY : Expired.NOTHING;
        }
        if (now - end() < 0) {
            return Expired.NOTHING;
        }
        if (opening) {
            return Expired.OPENING;
        }
        if (inHead) {
            return Expired.HEAD;
        }
        return awaiting ? Expired.ANSWER : Expired.IDLE;
    }

    private void note(ResponseParser parser, boolean awaitsAnswer, SecureChannel channel) {
        long now = loop.now();
        awaiting = awaitsAnswer;
        connecting = channel.isConnecting();
        if (channel.bytesOut() != bytesSent) {
            bytesSent = channel.bytesOut();
            progressAt = awaitsAnswer ? now : progressAt;
        }
        if (parser.inHead() && !inHead) {
            headSince = now;
        }
        inHead = parser.inHead();
        inBody = parser.inBody();
        holdingBack = channel.isHoldingBack();
        if (holdingBack) {
            // The peer may have answered long ago, and its bytes are waiting to be read.
            progressAt = now;
            headSince = now;
        }
        if (inBody && !holdingBack) {
            body.start(now, channel.bytesIn());
        } else {
            body.stop();
        }
    }

    private long end() {
        if (opening) {
            return openingSince + (connecting ? Math.min(CONNECT_NANOS, openingNanos) : openingNanos);
        }
        if (inBody && !holdingBack) {
            return body.end();
        }
        if (inHead) {
            return headSince + headNanos;
        }
        return progressAt + (awaiting ? answerNanos : idleNanos);
    }
}
