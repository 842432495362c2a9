package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one peer: requests in, answers out in the same order.
 *
 * <p>Confined to its event loop, except for {@link #answered}, {@link #drain}, {@link #recheck} and {@link #evict},
 * which any thread may call.
 */
final class ServerConnection implements SecureChannel.Owner {

    private enum Inbound {
        READING,
        /** No request is taken any more: the last one was bad or asked to close, or this side is closing. */
        REFUSING,
        ENDED;

        boolean mayBecome(Inbound next) {
            return switch (this) {
                case READING -> next != READING;
                case REFUSING -> next == ENDED;
                case ENDED -> false;
            };
        }
    }

    private enum Outbound {
        BETWEEN_ANSWERS,
        SENDING,
        FINISHED;

        boolean mayBecome(Outbound next) {
            return switch (this) {
                case BETWEEN_ANSWERS -> next == SENDING || next == FINISHED;
                case SENDING -> next == BETWEEN_ANSWERS;
                case FINISHED -> false;
            };
        }
    }

    /** Requests taken ahead of their answers; our own client sends no more at once. */
    private static final int MAX_PIPELINED = 8;
    /** Past 2^37 bytes the JDK may send key updates without end (JDK-8329548); far below it a connection is retired. */
    static final long MAX_CONNECTION_BYTES = 64L << 30;

    private static final RequestHead NO_HEAD =
            new RequestHead("GET", new RequestTarget("/", Map.of()), Headers.empty(), 0, false, true);
    private static final ByteBuffer CONTINUE =
            ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    private final Service service;
    private final EventLoop loop;
    private final TlsContext tls;
    private final PeerAddress remote;
    private final long arrival;
    private final SecureChannel channel;
    private final RequestParser parser;
    private final Admission admission;
    private final ServerDeadlines deadlines;
    private final Deque<ServerExchange> exchanges = new ArrayDeque<>();

    private Inbound inbound = Inbound.READING;
    private Outbound outbound = Outbound.BETWEEN_ANSWERS;
    private @Nullable PeerCertificate peer;
    private @Nullable ServerExchange arriving;
    private @Nullable ByteBuffer piece;
    private @Nullable ByteBuffer restOfBody;
    private boolean drainAsked;

    ServerConnection(Service service, EventLoop loop, SocketChannel socket, PeerAddress remote, long arrival)
            throws IOException {
        this.service = service;
        this.loop = loop;
        this.tls = service.tls();
        this.remote = remote;
        this.arrival = arrival;
        this.parser = new RequestParser(service.config().limits());
        this.channel =
                new SecureChannel(loop, socket, tls.server(), service.config().workers(), this);
        this.admission = new Admission(service);
        this.deadlines = new ServerDeadlines(loop, service.config().limits(), this::onDeadline);
    }

    /** Begins the handshake. */
    void start() {
        service.admitStranger(this);
        deadlines.startHandshake();
        channel.pump();
    }

    PeerCertificate peer() {
        PeerCertificate known = peer;
        if (known == null) {
            throw new IllegalStateException("handshake is not complete");
        }
        return known;
    }

    /** Its place in the order in which connections were accepted. */
    long arrival() {
        return arrival;
    }

    PeerAddress remote() {
        return remote;
    }

    /** Takes note of an answer. */
    void answered() {
        loop.execute(channel::pump);
    }

    /** Ends the connection when what it is doing is done. */
    void drain() {
        loop.execute(() -> {
            drainAsked = true;
            if (channel.isShakingHands()) {
                // Its first request is still answered, unless nothing is served any more.
                if (service.isClosing()) {
                    channel.close(null);
                }
                return;
            }
            if (arriving == null) {
                stopReading("draining");
            }
            finishIfDone();
        });
    }

    /** Closes if the peer is not admitted any more. */
    void recheck() {
        loop.execute(() -> {
            PeerCertificate known = peer;
            if (known != null && !service.config().admitted().test(known)) {
                channel.close(new IOException(known.host() + " is not admitted any more"));
            }
        });
    }

    /** Gives way to a newer handshake. */
    void evict() {
        loop.execute(() -> channel.close(new IOException("gave way to newer handshakes")));
    }

    @Override
    public void secured(X509Certificate certificate) {
        try {
            PeerCertificate known = tls.readMember(certificate);
            peer = known;
            if (admission.enter(known)) {
                service.graduate(this);
            }
            deadlines.endHandshake();
            finishIfDone();
        } catch (CertificateException e) {
            channel.close(new SSLException(e));
        }
    }

    @Override
    public boolean wantsInput() {
        return inbound == Inbound.READING && (parser.inBody() || exchanges.size() < MAX_PIPELINED);
    }

    @Override
    public void received(ByteBuffer plain) {
        try {
            boolean more = true;
            while (more && wantsInput()) {
                more = step(parser.next(plain), plain);
            }
        } catch (HttpFault e) {
            refuse(e);
        }
        dispatch();
    }

    @Override
    public void ended(boolean truncated) {
        moveTo(Inbound.ENDED, truncated ? "connection cut" : "peer closed");
        finishIfDone();
    }

    @Override
    public @Nullable ByteBuffer nextOutput() {
        try {
            while (outbound != Outbound.FINISHED) {
                ByteBuffer current = piece;
                if (current != null && current.hasRemaining()) {
                    return current;
                }
                ServerExchange front = exchanges.peek();
                if (front == null || !advance(front)) {
                    return null;
                }
            }
        } catch (IOException e) {
            log.warn("answer to {} cannot be completed: {}", remote, Reasons.of(e));
            channel.close(e);
        }
        return null;
    }

    @Override
    public void settled() {
        deadlines.update(parser, exchanges.peek(), channel);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        deadlines.stop();
        if (peer == null && cause instanceof SSLException) {
            service.faults().warn("handshake failed with", remote, Reasons.of(cause));
        } else if (cause != null) {
            log.debug("connection from {} ended: {}", remote, Reasons.of(cause));
        }
        admission.leave();
        for (ServerExchange exchange : exchanges) {
            Runnable action = exchange.abandon();
            if (action != null) {
                runOnWorker(action);
            }
        }
        exchanges.clear();
        service.forget(this);
    }

    private boolean step(RequestParser.Step step, ByteBuffer plain) throws HttpFault {
        switch (step) {
            case NEED_MORE -> {
                return false;
            }
            case HEAD -> beginExchange(parser.head());
            case BODY -> {
                ServerExchange current = arriving;
                if (current != null) {
                    current.append(plain, parser.bodyBytes());
                }
            }
            case END -> endRequest();
        }
        return true;
    }

    private void beginExchange(RequestHead head) {
        Admission.Verdict verdict = admission.judge(head);
        Answer refusal = verdict.refusal();
        ServerExchange exchange = new ServerExchange(this, head, verdict.route(), verdict.parameters(), loop.now());
        exchanges.add(exchange);
        arriving = exchange;
        if (refusal != null) {
            exchange.offer(refusal);
            if (verdict.isFinal() || head.hasBody()) {
                // A refused body is not read, so nothing behind it can be told apart from it.
                endRequest();
                stopReading("request refused with " + refusal.status());
            }
        }
    }

    private void endRequest() {
        ServerExchange current = arriving;
        if (current != null) {
            current.received(loop.now());
            arriving = null;
            if (current.head().closes() || drainAsked || isWornOut()) {
                stopReading("last request");
            }
        }
    }

    private void refuse(HttpFault fault) {
        log.debug("{} sent a bad request: {}", remote, fault.text());
        stopReading(fault.text());
        ServerExchange current = arriving;
        arriving = null;
        if (current == null) {
            current = new ServerExchange(this, NO_HEAD, null, Map.of(), loop.now());
            exchanges.add(current);
        }
        current.received(loop.now());
        current.offer(Answer.text(fault.status(), fault.text()));
    }

    private void stopReading(String reason) {
        if (inbound == Inbound.READING) {
            moveTo(Inbound.REFUSING, reason);
        }
    }

    private boolean isWornOut() {
        return Math.max(channel.bytesIn(), channel.bytesOut()) > MAX_CONNECTION_BYTES;
    }

    /** Hands requests over as far as their order allows: safe ones side by side, others alone (RFC 9112 section 9.3.2). */
    private void dispatch() {
        boolean first = true;
        for (ServerExchange exchange : exchanges) {
            boolean safe = exchange.head().isSafe();
            if (!safe && !first) {
                return;
            }
            Route route = exchange.route();
            if (exchange.progress() == ServerExchange.Progress.RECEIVED && route != null && exchange.answer() == null) {
                exchange.markHandedOver();
                if (!runOnWorker(() -> exchange.handOver(route))) {
                    exchange.offer(Answer.overCapacity("this node is closing"));
                }
            }
            if (!safe) {
                return;
            }
            first = false;
        }
    }

    /** Takes the front exchange one piece further; answers false if it waits for something. */
    private boolean advance(ServerExchange front) throws IOException {
        if (outbound == Outbound.BETWEEN_ANSWERS) {
            if (front.takeContinue()) {
                piece = CONTINUE.duplicate();
                return true;
            }
            Answer answer = front.answer();
            if (answer == null) {
                return false;
            }
            beginAnswer(front, answer);
            return true;
        }
        ByteBuffer rest = restOfBody;
        if (rest != null) {
            piece = rest;
            restOfBody = null;
            return true;
        }
        ContentPump pump = front.pump();
        if (pump != null && !pump.isDone()) {
            piece = pump.next();
            readAheadBehind(pump);
            return piece != null;
        }
        endAnswer();
        return true;
    }

    private void beginAnswer(ServerExchange front, Answer answer) {
        moveTo(Outbound.SENDING, "answering " + answer.status());
        boolean last = inbound != Inbound.READING && exchanges.size() == 1;
        boolean withBody = !front.head().isHead() && answer.mayHaveBody();
        piece = HeadWriter.response(answer, service.date().value(), last, withBody);
        if (withBody && !HeadWriter.isSmall(answer.body())) {
            restOfBody = answer.body().duplicate();
        }
        startPump(front, answer);
    }

    private void endAnswer() {
        ContentPump pump = exchanges.remove().pump();
        if (pump != null) {
            pump.abandon();
        }
        deadlines.noteAnswer();
        piece = null;
        moveTo(Outbound.BETWEEN_ANSWERS, "answered");
        dispatch();
        finishIfDone();
    }

    /** Reads ahead for an answer that is its turn or next. */
    private void startPump(ServerExchange exchange, Answer answer) {
        ContentSource content = answer.content();
        if (content == null) {
            return;
        }
        ContentPump pump = exchange.pump();
        if (pump == null) {
            pump = new ContentPump(loop, loop.buffers(), service.config().workers(), content, channel::pump);
            exchange.pumpWith(pump);
        }
        if (exchange.head().isHead() || !answer.mayHaveBody()) {
            pump.abandon();
        } else {
            pump.readAhead();
        }
    }

    private void readAheadBehind(ContentPump pump) {
        if (!pump.isAllRead() || exchanges.size() < 2) {
            return;
        }
        Iterator<ServerExchange> queue = exchanges.iterator();
        queue.next();
        ServerExchange next = queue.next();
        Answer answer = next.answer();
        if (answer != null) {
            startPump(next, answer);
        }
    }

    /** Closes once nothing is left to answer, or nobody is left who waits for an answer still being thought about. */
    private void finishIfDone() {
        if (inbound == Inbound.READING || outbound != Outbound.BETWEEN_ANSWERS || channel.isShakingHands()) {
            return;
        }
        ServerExchange front = exchanges.peek();
        if (front == null) {
            moveTo(Outbound.FINISHED, "nothing left to answer");
            channel.finish();
        } else if (inbound == Inbound.ENDED && front.answer() == null) {
            channel.close(new IOException("peer went away before it was answered"));
        }
    }

    private void onDeadline() {
        ServerExchange front = exchanges.peek();
        ServerDeadlines.Expired expired = deadlines.expired(parser, front, channel);
        switch (expired) {
            case NOTHING -> deadlines.update(parser, front, channel);
            case IDLE -> {
                stopReading("idle");
                finishIfDone();
            }
            case ANSWER -> {
                if (front != null) {
                    log.warn(
                            "{} {} was not answered in time",
                            front.method(),
                            Printable.of(front.head().target().path()));
                    front.offer(Answer.overCapacity("this node did not answer in time"));
                }
            }
            case HANDSHAKE, HEAD, SLOW_SENDER, SLOW_READER ->
                channel.close(new IOException("cut: " + expired.reason()));
        }
    }

    private boolean runOnWorker(Runnable task) {
        try {
            service.config().workers().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("workers are shut down", e);
            return false;
        }
    }

    private void moveTo(Inbound next, String reason) {
        if (!inbound.mayBecome(next)) {
            throw new IllegalStateException(remote + " cannot go from " + inbound + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", remote, inbound, next, reason);
        inbound = next;
    }

    private void moveTo(Outbound next, String reason) {
        if (!outbound.mayBecome(next)) {
            throw new IllegalStateException(remote + " cannot go from " + outbound + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", remote, outbound, next, reason);
        outbound = next;
    }
}
