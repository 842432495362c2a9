package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one peer: requests in, answers out in the same order.
 *
 * <p>Confined to its event loop, except for {@link #answered}, {@link #abortWanted}, {@link #drain}, {@link #recheck} and {@link #evict},
 * which any thread may call.
 */
final class ServerConnection implements ChannelOwner, ExchangeQueue.Events {

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

    /** Requests taken ahead of their answers; our own client sends no more at once. */
    private static final int MAX_PIPELINED = 8;

    private static final RequestHead NO_HEAD =
            new RequestHead("GET", new RequestTarget("/", Map.of()), Headers.empty(), 0, false, true);
    private static final RateLimit UNLIMITED = new RateLimit(RateLimit.UNLIMITED);

    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    private final Service service;
    private final Loop loop;
    private final Security security;
    private final PeerAddress remote;
    private final long arrival;
    private final SecureChannel channel;
    private final RequestParser parser;
    private final Admission admission;
    private final ServerDeadlines deadlines;
    private final ExchangeQueue exchanges;

    private Inbound inbound = Inbound.READING;
    private @Nullable PeerCertificate peer;
    private @Nullable ServerExchange arriving;
    private boolean drainAsked;

    ServerConnection(Service service, Loop loop, Wire wire, PeerAddress remote, long arrival) throws IOException {
        this.service = service;
        this.loop = loop;
        this.security = service.security();
        this.remote = remote;
        this.arrival = arrival;
        this.parser = new RequestParser(service.config().limits());
        this.channel =
                new SecureChannel(loop, wire, security.server(), service.handshakes(), new ReadPace(UNLIMITED), this);
        this.exchanges = new ExchangeQueue(service, loop, channel::pump, this);
        this.admission = new Admission(service);
        this.deadlines =
                new ServerDeadlines(loop, service.config().limits(), admission::isForOneRequest, this::onDeadline);
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

    /** Takes note that a handler wants to know when the peer goes away. */
    void abortWanted() {
        loop.execute(this::finishIfDone);
    }

    /** Takes note that a handler wants to know when its answer is wanted soon. */
    void hurryWanted() {
        loop.execute(() -> {
            if (exchanges.front() != null) {
                settled();
            }
        });
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

    /** Gives way to a newer connection; in order, if there is somebody who would understand it. */
    void evict() {
        loop.execute(() -> {
            if (channel.isShakingHands()) {
                channel.close(new IOException("gave way to newer handshakes"));
            } else {
                channel.finish();
            }
        });
    }

    @Override
    public void secured(X509Certificate certificate) {
        try {
            PeerCertificate known = security.readMember(certificate);
            peer = known;
            service.graduate(this, admission.enter(known));
            deadlines.endHandshake();
            ConnectionRecorder.connected(known.host(), remote, true);
            finishIfDone();
        } catch (CertificateException e) {
            channel.close(new SSLException(e));
        }
    }

    @Override
    public boolean wantsInput() {
        ServerExchange current = arriving;
        boolean room = current == null ? exchanges.size() < MAX_PIPELINED : !current.isFull();
        return inbound == Inbound.READING && room;
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
        exchanges.dispatch();
    }

    @Override
    public void ended(boolean gone) {
        ServerExchange current = arriving;
        if (current != null) {
            arriving = null;
            current.cutShort(loop.now(), "the peer went away");
            exchanges.dropUnhandled(current);
        }
        if (gone && inbound != Inbound.ENDED) {
            moveTo(Inbound.ENDED, "peer is gone");
        } else if (!gone) {
            stopReading("peer sends no more");
        }
        finishIfDone();
    }

    @Override
    public @Nullable ByteBuffer nextOutput() {
        try {
            return exchanges.nextOutput();
        } catch (IOException e) {
            service.faults().warn("answer", "cannot complete an answer to", remote, Reasons.of(e));
            channel.close(e);
            return null;
        }
    }

    @Override
    public boolean takesRequests() {
        return inbound == Inbound.READING;
    }

    @Override
    public void answersEarly() {
        ServerExchange current = arriving;
        if (current != null) {
            arriving = null;
            current.cutShort(loop.now(), "the request was answered before its body was read");
            stopReading("request answered before it was complete");
        }
    }

    @Override
    public void answerSent() {
        deadlines.noteAnswer();
        finishIfDone();
    }

    @Override
    public void settled() {
        deadlines.update(parser, exchanges.front(), channel);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        deadlines.stop();
        if (peer == null && cause instanceof SSLException) {
            service.faults().warn(Reasons.kindOf(cause), "handshake failed with", remote, Reasons.of(cause));
        } else if (cause != null) {
            log.debug("connection from {} ended: {}", remote, Reasons.of(cause));
        }
        admission.leave();
        exchanges.abandon();
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
                    current.append(plain, parser.bodyBytes(), loop.now());
                }
            }
            case END -> endRequest();
        }
        return true;
    }

    private void beginExchange(RequestHead head) {
        Admission.Verdict verdict = admission.judge(head);
        Answer refusal = verdict.refusal();
        ServerExchange exchange = newExchange(head, verdict.route(), verdict.parameters());
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

    private ServerExchange newExchange(RequestHead head, @Nullable Route route, Map<String, String> parameters) {
        long limit = route == null ? 0 : route.maxBodyBytes();
        RequestBody body = route != null && route.body() == Route.Body.STREAMED
                ? new StreamedBody(limit, () -> loop.execute(channel::pump))
                : new BufferedBody(service.bodies(), limit, head.bodyLength());
        return new ServerExchange(this, head, route, parameters, body, loop.now());
    }

    private void endRequest() {
        ServerExchange current = arriving;
        if (current != null) {
            current.received(loop.now());
            arriving = null;
            if (current.head().closes() || drainAsked || isWornOut() || admission.isForOneRequest()) {
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
            current = newExchange(NO_HEAD, null, Map.of());
            exchanges.add(current);
        }
        current.offer(
                fault.status() == 503 ? Answer.overCapacity(fault.text()) : Answer.text(fault.status(), fault.text()));
        current.cutShort(loop.now(), fault.text());
    }

    private void stopReading(String reason) {
        if (inbound == Inbound.READING) {
            moveTo(Inbound.REFUSING, reason);
        }
    }

    private boolean isWornOut() {
        return Math.max(channel.bytesIn(), channel.bytesOut())
                > service.config().limits().maxConnectionBytes();
    }

    /**
     * Closes once nothing is left to answer. The end of a peer's stream may mean that it is gone, or only that it has asked all
     * it wants to know: an answer is held back for it no longer, but one that is being worked on is sent.
     */
    private void finishIfDone() {
        if (inbound == Inbound.READING || !exchanges.isBetweenAnswers() || channel.isShakingHands()) {
            return;
        }
        ServerExchange front = exchanges.front();
        if (front == null) {
            exchanges.finish();
            channel.finish();
        } else if (inbound == Inbound.ENDED && front.wantsAbort()) {
            channel.close(new IOException("peer went away before it was answered"));
        }
    }

    private void onDeadline() {
        ServerExchange front = exchanges.front();
        ServerDeadlines.Expired expired = deadlines.expired(parser, front, channel);
        switch (expired) {
            case NOTHING -> deadlines.update(parser, front, channel);
            case IDLE -> {
                stopReading("idle");
                finishIfDone();
            }
            case ANSWER -> {
                if (front != null) {
                    service.faults()
                            .warn(
                                    "no answer in time",
                                    "no answer in time for",
                                    peer().host() + " at " + remote,
                                    front.method() + " "
                                            + Printable.of(front.head().target().path()));
                    front.offer(Answer.overCapacity("this node did not answer in time"));
                }
            }
            case HELD_BACK -> {
                Runnable hurry = front == null ? null : front.takeHurry();
                if (hurry != null) {
                    exchanges.runOnWorker(hurry);
                }
                deadlines.update(parser, front, channel);
            }
            case HEAD, SLOW_SENDER -> {
                refuse(new HttpFault(408, expired.reason()));
                channel.pump();
            }
            case HANDSHAKE -> channel.close(new IOException("cut: " + expired.reason()));
            case SLOW_READER -> channel.reset(new IOException("cut: " + expired.reason()));
        }
    }

    private void moveTo(Inbound next, String reason) {
        if (!inbound.mayBecome(next)) {
            throw new IllegalStateException(remote + " cannot go from " + inbound + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", remote, inbound, next, reason);
        inbound = next;
    }
}
