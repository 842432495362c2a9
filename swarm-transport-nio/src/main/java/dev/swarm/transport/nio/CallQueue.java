package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The calls of one connection: those not sent, the one being sent, those that wait for an answer. Confined to its loop. */
final class CallQueue {

    /** Longer content waits until the server asks for it: a server drains no more than this after it has refused. */
    private static final long SENT_UNASKED = 64 * 1024;
    /** How long it waits: a server need not ask (RFC 9110 section 10.1.1). */
    private static final long CONTINUE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String host;
    private final Loop loop;
    private final Executor workers;
    private final Runnable pumpChannel;
    private final Deque<ClientCall> unsent = new ArrayDeque<>();
    private final Deque<ClientCall> awaiting = new ArrayDeque<>();

    private @Nullable ClientCall sending;
    private @Nullable ByteBuffer piece;
    private @Nullable ByteBuffer restOfBody;
    private @Nullable ContentPump pump;
    /** Whether the content of the call being sent waits for the server to ask for it (RFC 9110 section 10.1.1). */
    private boolean contentWaits;

    private final Deadline enoughWaited;

    /** An empty queue of calls to {@code peer}; {@code pumpChannel} is called on the loop when there is more to send. */
    CallQueue(PeerAddress peer, Loop loop, Executor workers, Runnable pumpChannel) {
        this.host = HeadWriter.host(peer);
        this.loop = loop;
        this.workers = workers;
        this.pumpChannel = pumpChannel;
        this.enoughWaited = new Deadline(() -> {
            sendContent();
            pumpChannel.run();
        });
    }

    void add(ClientCall call) {
        unsent.add(call);
    }

    /** Takes a call out that has not begun to be sent; answers whether it was there. */
    boolean removeUnsent(ClientCall call) {
        return unsent.remove(call);
    }

    /** The call whose answer is next, or null. */
    @Nullable
    ClientCall front() {
        return awaiting.peek();
    }

    boolean isAwaited(ClientCall call) {
        return awaiting.contains(call);
    }

    int awaited() {
        return awaiting.size();
    }

    boolean isEmpty() {
        return awaiting.isEmpty() && unsent.isEmpty();
    }

    /** The call that waits for whatever comes next: the front, or while nothing was sent the first that will be; null if there is none. */
    @Nullable
    ClientCall first() {
        return awaiting.isEmpty() ? unsent.peek() : awaiting.peek();
    }

    boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /** Whether part of the call has still to be sent. */
    boolean isSending(ClientCall call) {
        return sending != null && sending.equals(call);
    }

    /** Lets the content go out that waits, if any does: the server asked for it, or has had its time to refuse it. */
    void sendContent() {
        if (contentWaits) {
            contentWaits = false;
            loop.forget(enoughWaited);
        }
    }

    /** Takes the front out, its answer being complete; answers whether all of it had been sent. */
    boolean removeFront() {
        ClientCall front = awaiting.remove();
        boolean sent = !isSending(front);
        if (!sent) {
            stopSending();
        }
        return sent;
    }

    /** The next bytes to send, or null if there are none for the time being. */
    @Nullable
    ByteBuffer nextOutput() throws IOException {
        ByteBuffer current = piece;
        while (current == null || !current.hasRemaining()) {
            if (!advance()) {
                return null;
            }
            current = piece;
        }
        return current;
    }

    /** Takes out the calls that were begun to be sent, in order, and sends no more. */
    List<ClientCall> takeAwaiting() {
        stopSending();
        List<ClientCall> all = List.copyOf(awaiting);
        awaiting.clear();
        return all;
    }

    /** Takes out the calls that were not, in order. */
    List<ClientCall> takeUnsent() {
        List<ClientCall> all = List.copyOf(unsent);
        unsent.clear();
        return all;
    }

    /** Sets the next piece; answers false if there is none now. */
    private boolean advance() throws IOException {
        ByteBuffer rest = restOfBody;
        if (rest != null) {
            restOfBody = null;
            piece = rest;
            return true;
        }
        ContentPump reader = pump;
        if (reader != null && !reader.isDone()) {
            if (contentWaits) {
                return false;
            }
            piece = reader.next();
            return piece != null;
        }
        stopSending();
        ClientCall next = unsent.poll();
        if (next == null) {
            return false;
        }
        begin(next);
        return true;
    }

    private void begin(ClientCall call) {
        awaiting.add(call);
        sending = call;
        ContentSource content = call.takeContent();
        contentWaits = content != null && content.length() > SENT_UNASKED;
        Request request = contentWaits ? call.request().with("expect", "100-continue") : call.request();
        piece = HeadWriter.request(request, host);
        restOfBody = HeadWriter.isSmall(request.body()) ? null : request.body();
        if (contentWaits) {
            loop.schedule(enoughWaited, loop.now() + CONTINUE_NANOS);
        }
        if (content != null) {
            ContentPump reader = new ContentPump(loop, loop.buffers(), workers, content, pumpChannel);
            reader.readAhead();
            pump = reader;
        }
    }

    private void stopSending() {
        ContentPump reader = pump;
        if (reader != null) {
            reader.abandon();
        }
        loop.forget(enoughWaited);
        contentWaits = false;
        pump = null;
        piece = null;
        restOfBody = null;
        sending = null;
    }
}
