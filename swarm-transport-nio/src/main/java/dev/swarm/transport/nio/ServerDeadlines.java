package dev.swarm.transport.nio;

import dev.swarm.transport.TransportLimits;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Tells when a server connection has taken too long over something. Confined to its event loop. */
final class ServerDeadlines {

    /** What took too long. */
    enum Expired {
        NOTHING("nothing"),
        HANDSHAKE("handshake not complete in time"),
        IDLE("idle"),
        HEAD("request head not complete in time"),
        SLOW_SENDER("request body slower than 16 KiB/s"),
        SLOW_READER("answer read slower than 4 KiB/s"),
        HELD_BACK("answer held back while others wait for the place"),
        ANSWER("request not answered in time");

        private final String reason;

        Expired(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Slower senders hold a place longer than any member's line explains. */
    private static final int MIN_BODY_RATE = 16 * 1024;
    /** Slower readers hold buffers and a disk read. */
    private static final int MIN_READ_RATE = 4 * 1024;

    private final Loop loop;
    private final TransportLimits limits;
    private final BooleanSupplier othersWait;
    private final Deadline deadline;
    private final RateWatch sender;
    private final RateWatch reader;

    private boolean shakingHands;
    private long handshakeSince;
    private boolean idle;
    private long idleSince;
    private boolean inHead;
    private long headSince;
    private boolean hasNext;
    private long next;

    /** @param othersWait whether the connection is to be kept no longer than it needs */
    ServerDeadlines(Loop loop, TransportLimits limits, BooleanSupplier othersWait, Runnable action) {
        this.loop = loop;
        this.limits = limits;
        this.othersWait = othersWait;
        this.deadline = new Deadline(action);
        this.sender = new RateWatch(limits.responseTimeout(), MIN_BODY_RATE);
        this.reader = new RateWatch(limits.responseTimeout(), MIN_READ_RATE);
    }

    void startHandshake() {
        shakingHands = true;
        handshakeSince = loop.now();
        loop.schedule(deadline, handshakeEnd());
    }

    void endHandshake() {
        shakingHands = false;
    }

    /** An answer is sent: idleness counts from here, also if the next look at the connection finds it idle as before. */
    void noteAnswer() {
        idle = false;
    }

    void stop() {
        loop.forget(deadline);
    }

    /** Takes note of where the connection stands, and sets the next deadline. */
    void update(RequestParser parser, @Nullable ServerExchange front, SecureChannel channel) {
        if (shakingHands) {
            loop.schedule(deadline, handshakeEnd());
            return;
        }
        long now = loop.now();
        note(now, parser, front, channel);
        hasNext = false;
        boolean scarce = othersWait.getAsBoolean();
        consider(idle, idleSince + idleLimit(scarce));
        consider(inHead, headSince + idleLimit(scarce));
        consider(scarce && isHeldBack(front), hurryAt(front));
        consider(sender.isRunning(), sender.end());
        consider(reader.isRunning(), reader.end());
        consider(awaitsAnswer(front), answerEnd(front));
        if (hasNext) {
            loop.schedule(deadline, next);
        }
    }

    /** What has taken too long by now. */
    Expired expired(RequestParser parser, @Nullable ServerExchange front, SecureChannel channel) {
        long now = loop.now();
        if (shakingHands) {
            return now - handshakeEnd() >= 0 ? Expired.HANDSHAKE : Expired.NOTHING;
        }
        note(now, parser, front, channel);
        boolean scarce = othersWait.getAsBoolean();
        if (idle && now - idleSince >= idleLimit(scarce)) {
            return Expired.IDLE;
        }
        if (inHead && now - headSince >= idleLimit(scarce)) {
            return Expired.HEAD;
        }
        if (scarce && isHeldBack(front) && now - hurryAt(front) >= 0) {
            return Expired.HELD_BACK;
        }
        if (sender.isTooSlow(now, channel.bytesIn())) {
            return Expired.SLOW_SENDER;
        }
        if (reader.isTooSlow(now, channel.bytesOut())) {
            return Expired.SLOW_READER;
        }
        return awaitsAnswer(front) && now - answerEnd(front) >= 0 ? Expired.ANSWER : Expired.NOTHING;
    }

    private void note(long now, RequestParser parser, @Nullable ServerExchange front, SecureChannel channel) {
        boolean headNow = parser.inHead();
        if (headNow && !inHead) {
            headSince = now;
        }
        inHead = headNow;
        boolean idleNow = front == null && !headNow;
        if (idleNow && !idle) {
            idleSince = now;
        }
        idle = idleNow;
        if (parser.inBody() && !channel.isHoldingBack()) {
            sender.start(now, channel.bytesIn());
        } else {
            sender.stop();
        }
        if (channel.isBlocked()) {
            reader.start(now, channel.bytesOut());
        } else {
            reader.stop();
        }
    }

    private void consider(boolean applies, long at) {
        if (applies && (!hasNext || at - next < 0)) {
            hasNext = true;
            next = at;
        }
    }

    private long handshakeEnd() {
        return handshakeSince + limits.handshakeTimeout().toNanos();
    }

    private long idleLimit(boolean scarce) {
        long nanos = limits.idleTimeout().toNanos();
        return scarce ? Math.min(nanos, limits.reservedTimeout().toNanos()) : nanos;
    }

    private static boolean isHeldBack(@Nullable ServerExchange front) {
        return awaitsAnswer(front) && front != null && front.canBeHurried();
    }

    private long hurryAt(@Nullable ServerExchange front) {
        return front == null ? 0 : front.since() + limits.reservedTimeout().toNanos();
    }

    private static boolean awaitsAnswer(@Nullable ServerExchange front) {
        return front != null && front.isOwed();
    }

    private long answerEnd(@Nullable ServerExchange front) {
        return front == null ? 0 : front.since() + limits.responseTimeout().toNanos();
    }
}
