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
import org.jspecify.annotations.Nullable;

/** The calls of one connection: those not sent, the one being sent, those that wait for an answer. Confined to its loop. */
final class CallQueue {

    private final PeerAddress peer;
    private final Loop loop;
    private final Executor workers;
    private final Runnable pumpChannel;
    private final Deque<ClientCall> unsent = new ArrayDeque<>();
    private final Deque<ClientCall> awaiting = new ArrayDeque<>();

    private @Nullable ClientCall sending;
    private @Nullable ByteBuffer piece;
    private @Nullable ByteBuffer restOfBody;
    private @Nullable ContentPump pump;

    /** An empty queue; {@code pumpChannel} is called on the loop when there is more to send. */
    CallQueue(PeerAddress peer, Loop loop, Executor workers, Runnable pumpChannel) {
        this.peer = peer;
        this.loop = loop;
        this.workers = workers;
        this.pumpChannel = pumpChannel;
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

    boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /** Whether part of the call has still to be sent. */
    boolean isSending(ClientCall call) {
        return sending != null && sending.equals(call);
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
        Request request = call.request();
        piece = HeadWriter.request(request, peer);
        restOfBody = HeadWriter.isSmall(request.body()) ? null : request.body();
        ContentSource content = call.takeContent();
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
        pump = null;
        piece = null;
        restOfBody = null;
        sending = null;
    }
}
