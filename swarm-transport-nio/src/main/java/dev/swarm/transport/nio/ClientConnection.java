package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.TransportException;
import dev.swarm.transport.TransportException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer: requests out, answers in, in the same order.
 *
 * <p>Confined to its event loop, except for {@link #enqueue}, {@link #cancel}, {@link #drain}, {@link #recheck},
 * {@link #pumpSoon} and {@link #shutDown}, which any thread may call.
 */
final class ClientConnection implements ChannelOwner {

    private enum Phase {
        OPENING,
        OPEN,
        /** Finishes what it has and takes nothing new. */
        DRAINING,
        CLOSED;

        boolean mayBecome(Phase next) {
            return switch (this) {
                case OPENING -> next == OPEN || next == CLOSED;
                case OPEN -> next == DRAINING || next == CLOSED;
                case DRAINING -> next == CLOSED;
                case CLOSED -> false;
            };
        }
    }

    /** Rest of an unwanted body that is cheaper to read than a new handshake. */
    private static final long MAX_DISCARDED_BYTES = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    private final NioPeerClient client;
    private final LanePool pool;
    private final PeerAddress address;
    private final Loop loop;
    private final ResponseParser parser;
    private final ClientDeadlines deadlines;
    private final CallQueue calls;

    private Phase phase = Phase.OPENING;
    private @Nullable Security security;
    private @Nullable SecureChannel channel;
    private @Nullable PeerCertificate peer;
    private @Nullable TransportException verdict;
    private TransportException closedBy = cancelled("connection closed");
    private boolean drainAsked;
    private boolean announcedClose;
    private boolean sacrificed;
    private int answers;
    /** What had come of the peer when that was last told. */
    private long bytesTold;

    ClientConnection(NioPeerClient client, LanePool pool, Loop loop) {
        this.client = client;
        this.pool = pool;
        this.address = pool.peer();
        this.loop = loop;
        this.parser = new ResponseParser(client.config().limits());
        this.calls = new CallQueue(address, loop, client.config().workers(), this::pump);
        this.deadlines = new ClientDeadlines(loop, client.config().limits(), this::onDeadline);
    }

    /** Connects. To be called on the loop. */
    void open() {
        deadlines.startOpening();
        Wire wire = null;
        try {
            Security current = client.security();
            security = current;
            RecordLayer records = current.client(address);
            wire = client.connector().connect(loop, address);
            SecureChannel opened =
                    new SecureChannel(loop, wire, records, client.config().workers(), client.pace(pool.lane()), this);
            channel = opened;
            opened.pump();
        } catch (IOException | RuntimeException e) {
            SecureChannel failed = channel;
            if (failed != null) {
                failed.close(e);
            } else if (wire != null) {
                wire.close();
            }
            closed(e);
        }
    }

    /** Sends a call after those before it. */
    void enqueue(ClientCall call) {
        loop.execute(() -> {
            if (phase == Phase.CLOSED) {
                passOn(call, closedBy);
                client.release(this, pool);
                return;
            }
            if (call.isCancelAsked()) {
                call.fail(cancelled("cancelled before it was sent"));
                pool.finished(this, call);
                return;
            }
            calls.add(call);
            pump();
        });
    }

    /** Gives a call up. */
    void cancel(ClientCall call) {
        loop.execute(() -> {
            if (calls.removeUnsent(call)) {
                call.fail(cancelled("cancelled before it was sent"));
                pool.finished(this, call);
            } else if (calls.isAwaited(call)) {
                call.fail(cancelled("cancelled"));
                dropIfUnwanted(call);
            }
        });
    }

    /** Closes when what it is doing is done. */
    void drain() {
        loop.execute(() -> {
            drainAsked = true;
            finishIfDone();
        });
    }

    /** Closes if the peer is not admitted any more. */
    void recheck() {
        loop.execute(() -> {
            PeerCertificate known = peer;
            if (known != null && !client.config().admitted().test(known)) {
                abort(new TransportException(
                        Kind.HANDSHAKE, known.host() + " is not admitted to this fleet any more", null));
            }
        });
    }

    /** Looks again at what may be moved. */
    void pumpSoon() {
        loop.execute(this::pump);
    }

    /** Closes at once. */
    void shutDown() {
        loop.execute(() -> abort(cancelled("transport closed")));
    }

    @Override
    public void secured(X509Certificate certificate) {
        Security context = security;
        try {
            PeerCertificate known = context == null ? null : context.readMember(certificate);
            if (known == null || !client.config().admitted().test(known)) {
                throw new CertificateException(
                        (known == null ? "peer" : known.host()) + " is not admitted to this fleet any more");
            }
            peer = known;
            moveTo(Phase.OPEN, "handshake with " + known.host() + " complete");
            deadlines.endOpening();
            ConnectionRecorder.connected(known.host(), address, false);
            finishIfDone();
        } catch (CertificateException e) {
            abort(failure(new SSLException(e)));
        }
    }

    @Override
    public boolean wantsInput() {
        ClientCall front = calls.front();
        return front == null || !front.isPaused();
    }

    @Override
    public void received(ByteBuffer plain) {
        try {
            boolean more = true;
            while (more && phase != Phase.CLOSED && wantsInput() && (plain.hasRemaining() || parser.inBody())) {
                more = step(plain);
            }
        } catch (HttpFault e) {
            abort(new TransportException(Kind.PROTOCOL, "answer of " + address + ": " + e.text(), e));
        }
    }

    @Override
    public void ended(boolean truncated) {
        SecureChannel current = channel;
        if (current != null) {
            current.close(new IOException(truncated ? "connection was cut" : "peer closed the connection"));
        }
    }

    @Override
    public @Nullable ByteBuffer nextOutput() {
        try {
            int before = calls.awaited();
            ByteBuffer next = calls.nextOutput();
            if (calls.awaited() > before) {
                deadlines.noteRequest(before == 0);
            }
            return next;
        } catch (IOException e) {
            abort(new TransportException(
                    Kind.CANCELLED, "request to " + address + " cannot be read: " + e.getMessage(), e));
            return null;
        }
    }

    @Override
    public void connected() {
        client.opened(address, deadlines.sinceOpening());
    }

    @Override
    public void settled() {
        SecureChannel current = channel;
        if (current != null) {
            tellOfBytes(current);
            deadlines.update(parser, calls.awaited() > 0, current);
        }
    }

    private void tellOfBytes(SecureChannel current) {
        ClientCall first = calls.first();
        if (first != null && current.bytesIn() != bytesTold && !first.bytes()) {
            dropIfUnwanted(first);
        }
        bytesTold = current.bytesIn();
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (phase == Phase.CLOSED) {
            return;
        }
        TransportException failure = failure(cause);
        moveTo(Phase.CLOSED, String.valueOf(failure.getMessage()));
        closedBy = failure;
        deadlines.stop();
        pool.detach(this);
        boolean frontBegun = parser.hasBegun();
        List<ClientCall> sent = calls.takeAwaiting();
        List<ClientCall> notSent = calls.takeUnsent();
        for (ClientCall call : sent) {
            if (frontBegun) {
                frontBegun = false;
                call.fail(failure);
            } else if (announcedClose) {
                // What was sent behind the last answer was not looked at (RFC 9112 section 9.6).
                passOn(call, failure);
            } else {
                retryOrFail(call, failure);
            }
        }
        notSent.forEach(call -> passOn(call, failure));
        if (channel == null) {
            gone();
        }
    }

    @Override
    public void gone() {
        pool.gone(this);
        client.release(this, pool);
    }

    private boolean step(ByteBuffer plain) throws HttpFault {
        ClientCall front = calls.front();
        if (front == null) {
            throw new HttpFault(502, "bytes that no request asked for");
        }
        if (!parser.hasBegun()) {
            parser.expect(front.request().method(), front.request().headers().first("range"));
        }
        switch (parser.next(plain)) {
            case NEED_MORE -> {
                if (parser.takeContinue()) {
                    calls.sendContent();
                }
                return false;
            }
            case HEAD -> {
                if (!front.head(parser.head(), knownPeer())) {
                    dropIfUnwanted(front);
                }
                dropIfUnwanted(front);
            }
            case BODY -> deliver(front, plain);
            case END -> endAnswer(front);
        }
        return true;
    }

    private PeerCertificate knownPeer() {
        PeerCertificate known = peer;
        if (known == null) {
            throw new IllegalStateException("answer before the handshake was complete");
        }
        return known;
    }

    private void deliver(ClientCall front, ByteBuffer plain) {
        int limit = plain.limit();
        int end = plain.position() + parser.bodyBytes();
        plain.limit(end);
        boolean taken = front.body(plain);
        plain.limit(limit).position(end);
        if (!taken) {
            dropIfUnwanted(front);
        }
    }

    private void endAnswer(ClientCall front) {
        // A peer that answers before it has heard all does not want the rest, which would have to be sent all the same.
        boolean unheard = !calls.removeFront();
        boolean last = unheard || parser.closes();
        answers++;
        deadlines.noteAnswer();
        if (last || isWornOut()) {
            pool.detach(this);
            drainAsked = true;
        }
        pool.finished(this, front);
        front.end();
        SecureChannel current = channel;
        if (last && current != null && phase != Phase.CLOSED) {
            announcedClose = true;
            current.finish();
            closed(new IOException("peer closes after this answer"));
        } else {
            finishIfDone();
        }
    }

    /** Closes if the rest of an unwanted answer costs more than a new connection, or serves nobody else. */
    private void dropIfUnwanted(ClientCall call) {
        if (!call.isDone() || calls.awaited() == 0 || phase == Phase.CLOSED) {
            return;
        }
        boolean alone = calls.awaited() == 1 && !calls.hasUnsent();
        boolean large = call.equals(calls.front()) && parser.bodyBytesLeft() > MAX_DISCARDED_BYTES;
        if (alone || large || calls.isSending(call)) {
            sacrificed = true;
            abort(cancelled("cancelled"));
        }
    }

    private void finishIfDone() {
        if (!drainAsked || phase != Phase.OPEN || !calls.isEmpty()) {
            return;
        }
        SecureChannel current = channel;
        if (current != null) {
            moveTo(Phase.DRAINING, "nothing left to do");
            current.finish();
        }
    }

    private void retryOrFail(ClientCall call, TransportException failure) {
        // A kept connection may have been closed at the other end before the request reached it (RFC 9112 section
        // 9.3.1).
        boolean innocent = sacrificed || (answers > 0 && call.isRepeatable() && call.takeRetry());
        boolean again = call.isRepeatable() && innocent && !call.isDone();
        if (!again || !pool.resubmit(call)) {
            call.fail(failure);
        }
    }

    /** A call that was not sent is sent on another connection, unless this one never came about. */
    private void passOn(ClientCall call, TransportException failure) {
        if (peer == null || call.isDone() || !call.takePass() || !pool.resubmit(call)) {
            call.fail(failure);
        }
    }

    private void abort(TransportException why) {
        if (phase == Phase.CLOSED) {
            return;
        }
        verdict = why;
        SecureChannel current = channel;
        if (current == null) {
            closed(why);
        } else {
            current.close(why);
        }
    }

    private TransportException failure(@Nullable Throwable cause) {
        TransportException known = verdict;
        if (known != null) {
            return known;
        }
        String reason = Reasons.of(cause);
        if (peer == null) {
            return cause instanceof SSLException
                    ? new TransportException(Kind.HANDSHAKE, "handshake with " + address + " failed: " + reason, cause)
                    : new TransportException(Kind.CONNECT, "cannot connect to " + address + ": " + reason, cause);
        }
        if (answers == 0 && cause != null && Reasons.alert(cause) != null) {
            return new TransportException(Kind.HANDSHAKE, "handshake with " + address + " failed: " + reason, cause);
        }
        Kind kind = cause instanceof SSLException ? Kind.PROTOCOL : Kind.TRUNCATED;
        return new TransportException(kind, "no complete answer from " + address + ": " + reason, cause);
    }

    private void onDeadline() {
        SecureChannel current = channel;
        ClientDeadlines.Expired expired = current == null
                ? ClientDeadlines.Expired.OPENING
                : deadlines.expired(parser, calls.awaited() > 0, current);
        switch (expired) {
            case NOTHING -> settled();
            case OPENING ->
                abort(new TransportException(Kind.CONNECT, "no connection to " + address + " in time", null));
            case IDLE -> {
                if (pool.detachIdle(this)) {
                    drainAsked = true;
                    finishIfDone();
                }
            }
            case ANSWER, HEAD, SLOW_BODY ->
                abort(new TransportException(
                        Kind.TIMEOUT, "answer of " + address + " took too long: " + expired.reason(), null));
        }
    }

    private boolean isWornOut() {
        SecureChannel current = channel;
        return current != null
                && Math.max(current.bytesIn(), current.bytesOut())
                        > client.config().limits().maxConnectionBytes();
    }

    private void pump() {
        SecureChannel current = channel;
        if (current != null) {
            current.pump();
        }
    }

    private static TransportException cancelled(String why) {
        return new TransportException(Kind.CANCELLED, why, null);
    }

    private void moveTo(Phase next, String reason) {
        if (!phase.mayBecome(next)) {
            throw new IllegalStateException(address + " cannot go from " + phase + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", address, phase, next, reason);
        phase = next;
    }
}
