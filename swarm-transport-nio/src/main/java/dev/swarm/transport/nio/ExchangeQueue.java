package dev.swarm.transport.nio;

import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of a server connection and their answers, both in the order in which they came. Confined to its loop. */
final class ExchangeQueue {

    /** What the queue asks of, and tells, its connection. */
    interface Events {

        /** Whether requests may follow those that are here. */
        boolean takesRequests();

        /** An answer goes out to a request that is not all here: what follows it cannot be told apart from its rest. */
        void answersEarly();

        /** An answer is out. */
        void answerSent();
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

    private static final ByteBuffer CONTINUE =
            ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    private static final Logger log = LoggerFactory.getLogger(ExchangeQueue.class);

    private final Service service;
    private final Loop loop;
    private final Runnable pumpChannel;
    private final Events connection;
    private final Deque<ServerExchange> exchanges = new ArrayDeque<>();

    private Outbound outbound = Outbound.BETWEEN_ANSWERS;
    private @Nullable ByteBuffer piece;
    private @Nullable ByteBuffer restOfBody;

    /** An empty queue; {@code pumpChannel} is called on the loop when there is more to send. */
    ExchangeQueue(Service service, Loop loop, Runnable pumpChannel, Events connection) {
        this.service = service;
        this.loop = loop;
        this.pumpChannel = pumpChannel;
        this.connection = connection;
    }

    void add(ServerExchange exchange) {
        exchanges.add(exchange);
    }

    /** The request whose answer is next, or null. */
    @Nullable
    ServerExchange front() {
        return exchanges.peek();
    }

    int size() {
        return exchanges.size();
    }

    boolean isBetweenAnswers() {
        return outbound == Outbound.BETWEEN_ANSWERS;
    }

    /** Takes a request out of which no more will come, unless a handler has it or it is answered. */
    void dropUnhandled(ServerExchange exchange) {
        if (!exchange.isHandedOver() && exchange.answer() == null && exchanges.remove(exchange)) {
            exchange.release();
            service.routes().leave(exchange.route());
        }
    }

    /** Says that nothing more is sent. */
    void finish() {
        moveTo(Outbound.FINISHED);
    }

    /** Hands requests over as far as their order allows: safe ones side by side, others alone (RFC 9112 section 9.3.2). */
    void dispatch() {
        boolean first = true;
        for (ServerExchange exchange : exchanges) {
            boolean safe = exchange.head().isSafe();
            if (!safe && !first) {
                return;
            }
            if (exchange.isReady()) {
                handOver(exchange);
            }
            if (!safe) {
                return;
            }
            first = false;
        }
    }

    /** The next bytes to send, or null if none are here yet. */
    @Nullable
    ByteBuffer nextOutput() throws IOException {
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
        return null;
    }

    /** Lets go of all requests; those whose handlers want to know are told. */
    void abandon() {
        for (ServerExchange exchange : exchanges) {
            service.routes().leave(exchange.route());
            Runnable action = exchange.abandon();
            if (action != null) {
                runOnWorker(action);
            }
        }
        exchanges.clear();
    }

    /** Runs what a handler wants called. */
    void runOnWorker(Runnable action) {
        runOn(service.config().workers(), action);
    }

    private void handOver(ServerExchange exchange) {
        Route route = exchange.route();
        if (route == null) {
            return;
        }
        exchange.markHandedOver(loop.now());
        Executor executor = route.kind() == Route.Kind.BLOCKING
                ? service.config().handlers()
                : service.config().workers();
        if (!runOn(executor, () -> exchange.handOver(route))) {
            exchange.offer(Answer.overCapacity("no thread of this node is free for the request; try again"));
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
        moveTo(Outbound.SENDING);
        if (!front.isReceived()) {
            connection.answersEarly();
        }
        boolean last = !connection.takesRequests() && exchanges.size() == 1;
        boolean withBody = !front.head().isHead() && answer.mayHaveBody();
        piece = HeadWriter.response(answer, service.date().value(), last, withBody);
        if (withBody && !HeadWriter.isSmall(answer.body())) {
            restOfBody = answer.body().duplicate();
        }
        startPump(front, answer);
    }

    private void endAnswer() {
        ServerExchange over = exchanges.remove();
        ContentPump pump = over.pump();
        if (pump != null) {
            pump.abandon();
        }
        over.release();
        service.routes().leave(over.route());
        piece = null;
        moveTo(Outbound.BETWEEN_ANSWERS);
        dispatch();
        connection.answerSent();
    }

    /** Reads ahead for an answer that is its turn or next. */
    private void startPump(ServerExchange exchange, Answer answer) {
        ContentSource content = answer.content();
        if (content == null) {
            return;
        }
        ContentPump pump = exchange.pump();
        if (pump == null) {
            pump = new ContentPump(loop, loop.buffers(), service.config().workers(), content, pumpChannel);
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

    private static boolean runOn(Executor executor, Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("no thread for a request", e);
            return false;
        }
    }

    private void moveTo(Outbound next) {
        if (!outbound.mayBecome(next)) {
            throw new IllegalStateException("answers cannot go from " + outbound + " to " + next);
        }
        log.trace("answers {} -> {}", outbound, next);
        outbound = next;
    }
}
