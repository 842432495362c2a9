package dev.swarm.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket with a TLS session on it: moves bytes between both and its owner until one of them would block.
 *
 * <p>Confined to its event loop. The owner hears {@link Owner#closed} exactly once.
 */
final class SecureChannel implements EventLoop.Ready {

    /** Whom the plaintext comes from and goes to. All calls come on the event loop. */
    interface Owner {

        /** The handshake is complete. */
        void secured(X509Certificate certificate);

        /** Whether {@link #received} would take anything. */
        boolean wantsInput();

        /** Plaintext is here; what the owner leaves is offered again once it wants input. */
        void received(ByteBuffer plain);

        /** The peer sends nothing more. */
        void ended(boolean truncated);

        /** Plaintext to send, with something remaining, or null if there is none for the time being. */
        @Nullable
        ByteBuffer nextOutput();

        /** A round of work is done; the moment to look at deadlines. */
        void settled();

        /** The connection is of no more use; {@code cause} is null if this side ended it in order. */
        void closed(@Nullable Throwable cause);
    }

    private enum Phase {
        CONNECT,
        HANDSHAKE,
        OPEN,
        /** Sends what is left and the notice of the end. */
        FLUSH,
        /** Waits for the peer to close: closing with unread bytes would reset the connection and lose the last answer. */
        LINGER,
        CLOSED;

        boolean mayBecome(Phase next) {
            return switch (this) {
                case CONNECT -> next == HANDSHAKE || next == CLOSED;
                case HANDSHAKE -> next == OPEN || next == FLUSH || next == CLOSED;
                case OPEN -> next == FLUSH || next == CLOSED;
                case FLUSH -> next == LINGER || next == CLOSED;
                case LINGER -> next == CLOSED;
                case CLOSED -> false;
            };
        }
    }

    /** Bytes moved each way before other connections of the loop have their turn. */
    private static final int TURN_BYTES = 1 << 20;
    /** How long, and how much, is read from a peer after the last answer. */
    private static final Duration LINGER_TIME = Duration.ofSeconds(1);

    private static final int LINGER_BYTES = 64 * 1024;

    private static final Logger log = LoggerFactory.getLogger(SecureChannel.class);

    private final EventLoop loop;
    private final SocketChannel socket;
    private final TlsSession tls;
    private final Executor workers;
    private final Owner owner;
    private final SelectionKey key;
    private final Deadline lingering = new Deadline(() -> close(null));
    private final String name;

    private Phase phase;
    private boolean inputOver;
    private boolean tasksRunning;
    private boolean closedTold;
    private int budget;
    private int lingerBytes = LINGER_BYTES;
    private long bytesIn;
    private long bytesOut;

    /** Takes over a socket that is connected or on its way. The caller calls {@link #pump} next. */
    SecureChannel(EventLoop loop, SocketChannel socket, TlsSession tls, Executor workers, Owner owner)
            throws IOException {
        this.loop = loop;
        this.socket = socket;
        this.tls = tls;
        this.workers = workers;
        this.owner = owner;
        this.phase = socket.isConnected() ? Phase.HANDSHAKE : Phase.CONNECT;
        this.name = "connection " + System.identityHashCode(this);
        this.key = loop.register(socket, this);
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isConnecting() {
        return phase == Phase.CONNECT;
    }

    boolean isShakingHands() {
        return phase == Phase.CONNECT || phase == Phase.HANDSHAKE;
    }

    /** Ciphertext received so far. */
    long bytesIn() {
        return bytesIn;
    }

    /** Ciphertext handed to the socket so far. */
    long bytesOut() {
        return bytesOut;
    }

    /** Whether the socket took less than there is. */
    boolean isBlocked() {
        return tls.hasOutput();
    }

    @Override
    public void ready() {
        if (phase == Phase.CONNECT && !connect()) {
            return;
        }
        pump();
    }

    @Override
    public void cut(Throwable cause) {
        close(cause);
    }

    /** Moves what can be moved. To be called whenever the owner has something new to send or wants input again. */
    void pump() {
        assert loop.inLoop();
        if (phase == Phase.CLOSED || phase == Phase.CONNECT || tasksRunning) {
            updateInterest();
            return;
        }
        try {
            budget = TURN_BYTES;
            boolean again = turn();
            if (phase != Phase.CLOSED) {
                tellSettled();
                updateInterest();
                if (again && phase != Phase.CLOSED) {
                    loop.execute(this::pump);
                }
            }
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException e) {
            log.warn("{} cut after an internal failure", name, e);
            close(e);
        }
    }

    /** Sends what is left to send, then closes. Nothing more is received. */
    void finish() {
        if (phase == Phase.OPEN) {
            moveTo(Phase.FLUSH, "finished");
            loop.execute(this::pump);
        } else if (phase == Phase.CONNECT || phase == Phase.HANDSHAKE) {
            close(null);
        }
    }

    /** Closes at once. */
    void close(@Nullable Throwable cause) {
        if (phase == Phase.CLOSED) {
            return;
        }
        moveTo(Phase.CLOSED, cause == null ? "closed" : String.valueOf(cause.getMessage()));
        loop.forget(lingering);
        key.cancel();
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("{}: closing the socket failed: {}", name, e.getMessage());
        }
        tellClosed(cause);
    }

    private boolean connect() {
        try {
            if (!socket.finishConnect()) {
                return false;
            }
            moveTo(Phase.HANDSHAKE, "connected");
            return true;
        } catch (IOException e) {
            close(e);
            return false;
        }
    }

    /** Answers whether there is more to move at once. */
    private boolean turn() throws IOException {
        boolean moved;
        do {
            moved = phase == Phase.LINGER ? drain() : receive();
            moved |= send();
        } while (moved && budget > 0 && !tasksRunning && phase != Phase.CLOSED);
        return moved && !tasksRunning;
    }

    private boolean receive() throws IOException {
        boolean moved = false;
        while (budget > 0 && mayReceive()) {
            TlsSession.Step step = tls.read();
            noteEstablished();
            switch (step) {
                case PROGRESS -> {
                    deliver();
                    moved = true;
                }
                case NEED_READ -> {
                    if (!fill()) {
                        return moved;
                    }
                    moved = true;
                }
                case NEED_WRITE -> {
                    if (!flush()) {
                        return moved;
                    }
                    moved = true;
                }
                case NEED_TASK -> {
                    startTasks();
                    return moved;
                }
                case END -> {
                    endInput();
                    return true;
                }
            }
        }
        return moved;
    }

    private boolean mayReceive() {
        return !inputOver && (phase == Phase.HANDSHAKE || (phase == Phase.OPEN && owner.wantsInput()));
    }

    private void deliver() {
        if (tls.plain().hasRemaining() && phase == Phase.OPEN) {
            owner.received(tls.plain());
        }
    }

    private boolean send() throws IOException {
        boolean moved = false;
        while (budget > 0 && phase == Phase.OPEN) {
            ByteBuffer next = owner.nextOutput();
            if (next == null) {
                break;
            }
            switch (tls.write(next)) {
                case PROGRESS -> moved = true;
                case NEED_WRITE -> {
                    if (!flush()) {
                        return moved;
                    }
                }
                case NEED_READ -> {
                    flush();
                    return moved;
                }
                case NEED_TASK -> {
                    startTasks();
                    return moved;
                }
                case END -> throw new IOException("TLS session has ended");
            }
        }
        if (phase == Phase.FLUSH) {
            tls.writeClose();
        }
        moved |= tls.hasOutput() && flush();
        if (phase == Phase.FLUSH && !tls.hasOutput()) {
            linger();
        }
        return moved;
    }

    private boolean fill() throws IOException {
        int count;
        try {
            count = socket.read(tls.beginFill());
        } finally {
            tls.endFill();
        }
        if (count > 0) {
            budget -= count;
            bytesIn += count;
        } else if (count < 0) {
            tls.endInput();
        }
        return count != 0;
    }

    /** Writes to the socket; answers whether everything went out. */
    private boolean flush() throws IOException {
        int count;
        try {
            count = socket.write(tls.beginDrain());
        } finally {
            tls.endDrain();
        }
        budget -= count;
        bytesOut += count;
        return !tls.hasOutput();
    }

    private void noteEstablished() throws IOException {
        if (phase == Phase.HANDSHAKE && tls.established()) {
            moveTo(Phase.OPEN, "handshake complete");
            owner.secured(tls.peerCertificate());
        }
    }

    private void endInput() throws IOException {
        inputOver = true;
        if (phase == Phase.HANDSHAKE) {
            throw new IOException("peer closed the connection during the handshake");
        }
        owner.ended(tls.truncated());
    }

    private void startTasks() {
        tasksRunning = true;
        try {
            workers.execute(this::runTasks);
        } catch (RejectedExecutionException e) {
            close(e);
        }
    }

    private void runTasks() {
        Runnable task = tls.task();
        while (task != null) {
            task.run();
            task = tls.task();
        }
        loop.execute(() -> {
            tasksRunning = false;
            pump();
        });
    }

    /** A failure of TLS still has an alert to send; one of the socket has nothing. */
    private void fail(IOException cause) {
        boolean alert = cause instanceof SSLException && phase != Phase.FLUSH && phase != Phase.LINGER;
        if (!alert) {
            close(cause);
            return;
        }
        moveTo(Phase.FLUSH, String.valueOf(cause.getMessage()));
        loop.schedule(lingering, loop.now() + LINGER_TIME.toNanos());
        tellClosed(cause);
        pump();
    }

    private void linger() throws IOException {
        if (inputOver) {
            close(null);
            return;
        }
        moveTo(Phase.LINGER, "all sent");
        socket.shutdownOutput();
        loop.schedule(lingering, loop.now() + LINGER_TIME.toNanos());
        tellClosed(null);
    }

    private boolean drain() throws IOException {
        ByteBuffer scratch = tls.beginFill().clear();
        int count = socket.read(scratch);
        lingerBytes -= Math.max(0, count);
        if (count < 0 || lingerBytes <= 0) {
            close(null);
        }
        return count > 0;
    }

    private void tellSettled() {
        if (!closedTold) {
            owner.settled();
        }
    }

    private void tellClosed(@Nullable Throwable cause) {
        if (!closedTold) {
            closedTold = true;
            owner.closed(cause);
        }
    }

    private void updateInterest() {
        if (!key.isValid()) {
            return;
        }
        int operations = 0;
        if (phase == Phase.CONNECT) {
            operations = SelectionKey.OP_CONNECT;
        } else if (!tasksRunning) {
            operations |= mayReceive() || phase == Phase.LINGER ? SelectionKey.OP_READ : 0;
            operations |= tls.hasOutput() ? SelectionKey.OP_WRITE : 0;
        }
        if (key.interestOps() != operations) {
            key.interestOps(operations);
        }
    }

    private void moveTo(Phase next, String reason) {
        if (!phase.mayBecome(next)) {
            throw new IllegalStateException(name + " cannot go from " + phase + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", name, phase, next, reason);
        phase = next;
    }
}
