package dev.swarm.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
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
 * <p>Confined to its event loop. The owner hears {@link ChannelOwner#closed} exactly once.
 */
final class SecureChannel implements Loop.Ready {

    /** Bytes moved each way before other connections of the loop have their turn. */
    private static final int TURN_BYTES = 1 << 20;
    /** How long, and how much, is read from a peer after the last answer. */
    private static final Duration LINGER_TIME = Duration.ofSeconds(1);

    private static final int LINGER_BYTES = 64 * 1024;
    /** How long the last bytes may take to go out: one buffer of ciphertext at the least rate at which an answer is read. */
    private static final Duration FLUSH_TIME = Duration.ofSeconds(32);

    private static final Logger log = LoggerFactory.getLogger(SecureChannel.class);

    private final Loop loop;
    private final Wire wire;
    private final RecordLayer records;
    private final Executor workers;
    private final ChannelOwner owner;
    private final ReadPace pace;
    private final Deadline lingering = new Deadline(this::lingerOver);
    private final Deadline heldBack = new Deadline(this::pump);
    private final String name;

    private ChannelPhase phase;
    /** Whether the last read found less than it could take; the loop tells when there is more. */
    private boolean mayBeDry;

    private boolean isHeldBack;
    /** Whether the owner wanted no more when it was last given something: what it stopped at may need no further byte. */
    private boolean refused;

    private boolean inputOver;
    private boolean streamOver;
    private boolean tasksRunning;
    private boolean closedTold;
    private int budget;
    private int lingerBytes = LINGER_BYTES;
    private long bytesIn;
    private long bytesOut;

    /** Takes over a socket that is connected or on its way. The caller calls {@link #pump} next. */
    SecureChannel(Loop loop, Wire wire, RecordLayer records, Executor workers, ReadPace pace, ChannelOwner owner)
            throws IOException {
        this.loop = loop;
        this.wire = wire;
        this.records = records;
        this.workers = workers;
        this.pace = pace;
        this.owner = owner;
        this.phase = wire.isConnected() ? ChannelPhase.HANDSHAKE : ChannelPhase.CONNECT;
        this.name = "connection " + System.identityHashCode(this);
        wire.attach(this);
    }

    boolean isOpen() {
        return phase == ChannelPhase.OPEN;
    }

    boolean isConnecting() {
        return phase == ChannelPhase.CONNECT;
    }

    boolean isShakingHands() {
        return phase == ChannelPhase.CONNECT || phase == ChannelPhase.HANDSHAKE;
    }

    /** Ciphertext received so far. */
    long bytesIn() {
        return bytesIn;
    }

    /** Ciphertext handed to the socket so far. */
    long bytesOut() {
        return bytesOut;
    }

    /** Whether bytes of the peer are left where they are, because the owner wants none or the rate is used up. */
    boolean isHoldingBack() {
        return isHeldBack || (phase == ChannelPhase.OPEN && !owner.wantsInput());
    }

    /** Whether the socket took less than there is. */
    boolean isBlocked() {
        return records.hasOutput();
    }

    @Override
    public void ready() {
        if (phase == ChannelPhase.CONNECT && !connect()) {
            return;
        }
        mayBeDry &= !wire.isReadable();
        pump();
    }

    @Override
    public void cut(Throwable cause) {
        close(cause);
    }

    /** Moves what can be moved. To be called whenever the owner has something new to send or wants input again. */
    void pump() {
        assert loop.inLoop();
        if (phase == ChannelPhase.CLOSED || phase == ChannelPhase.CONNECT || tasksRunning) {
            updateInterest();
            return;
        }
        try {
            budget = TURN_BYTES;
            isHeldBack = false;
            boolean again = turn();
            if (phase != ChannelPhase.CLOSED) {
                tellSettled();
                updateInterest();
                if (again && phase != ChannelPhase.CLOSED) {
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
        if (phase == ChannelPhase.OPEN) {
            moveTo(ChannelPhase.FLUSH, "finished");
            loop.schedule(lingering, loop.now() + FLUSH_TIME.toNanos());
            loop.execute(this::pump);
        } else if (phase == ChannelPhase.CONNECT || phase == ChannelPhase.HANDSHAKE) {
            close(null);
        }
    }

    /** Closes at once. */
    void close(@Nullable Throwable cause) {
        if (phase == ChannelPhase.CLOSED) {
            return;
        }
        moveTo(ChannelPhase.CLOSED, cause == null ? "closed" : String.valueOf(cause.getMessage()));
        loop.forget(lingering);
        loop.forget(heldBack);
        wire.close();
        tellClosed(cause);
        owner.gone();
    }

    /** Closes at once on a peer that does not read: what the socket still holds would wait for it for minutes. */
    void reset(@Nullable Throwable cause) {
        if (phase != ChannelPhase.CLOSED) {
            wire.dropUnsent();
            close(cause);
        }
    }

    private void lingerOver() {
        if (phase == ChannelPhase.FLUSH) {
            reset(null);
        } else {
            close(null);
        }
    }

    private boolean connect() {
        try {
            if (!wire.finishConnect()) {
                return false;
            }
            moveTo(ChannelPhase.HANDSHAKE, "connected");
            owner.connected();
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
            moved = phase == ChannelPhase.LINGER ? drain() : receive();
            moved |= watchForEnd();
            moved |= send();
        } while (moved && budget > 0 && !tasksRunning && phase != ChannelPhase.CLOSED);
        return moved && !tasksRunning;
    }

    private boolean receive() throws IOException {
        boolean moved = refused && phase == ChannelPhase.OPEN && owner.wantsInput();
        if (moved) {
            deliver();
        }
        while (budget > 0 && mayReceive()) {
            RecordLayer.Step step = records.read();
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

    /** Whether the peer has said that it sends no more, and may still be there to hear. */
    private boolean mayWatchForEnd() {
        return phase == ChannelPhase.OPEN && inputOver && !streamOver;
    }

    /** Reads on behind the peer's last word, to learn when it is gone. */
    private boolean watchForEnd() throws IOException {
        if (!mayWatchForEnd()) {
            return false;
        }
        int count = wire.read(records.beginFill().clear());
        records.endFill();
        lingerBytes -= Math.max(0, count);
        if (count < 0 || lingerBytes <= 0) {
            streamOver = true;
            owner.ended(true);
        }
        return count != 0;
    }

    private boolean mayReceive() {
        return !inputOver && (phase == ChannelPhase.HANDSHAKE || (phase == ChannelPhase.OPEN && owner.wantsInput()));
    }

    private void deliver() {
        if ((refused || records.plain().hasRemaining()) && phase == ChannelPhase.OPEN) {
            owner.received(records.plain());
            refused = !owner.wantsInput();
        }
    }

    private boolean send() throws IOException {
        boolean moved = false;
        while (budget > 0 && phase == ChannelPhase.OPEN) {
            ByteBuffer next = owner.nextOutput();
            if (next == null) {
                break;
            }
            switch (records.write(next)) {
                case PROGRESS -> moved = true;
                case NEED_WRITE -> {
                    if (!flush()) {
                        return moved;
                    }
                    // Counts even as the last of a turn: nobody else would call for the next.
                    moved = true;
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
        if (phase == ChannelPhase.FLUSH) {
            records.writeClose();
        }
        moved |= records.hasOutput() && flush();
        if (phase == ChannelPhase.FLUSH && !records.hasOutput()) {
            linger();
        }
        return moved;
    }

    private boolean fill() throws IOException {
        if (mayBeDry) {
            return false;
        }
        int allowance = pace.allowance(loop.now());
        if (allowance == 0) {
            holdBack();
            return false;
        }
        int count;
        try {
            ByteBuffer room = records.beginFill();
            int limit = room.limit();
            room.limit((int) Math.min(limit, room.position() + (long) allowance));
            count = wire.read(room);
            mayBeDry = count >= 0 && room.hasRemaining();
            room.limit(limit);
        } finally {
            records.endFill();
        }
        if (count > 0) {
            budget -= count;
            bytesIn += count;
            pace.read(count);
            loop.noteRead(count);
        } else if (count < 0) {
            records.endInput();
        }
        return count != 0;
    }

    private void holdBack() {
        isHeldBack = true;
        loop.schedule(heldBack, pace.readableAt());
    }

    /** Writes to the socket; answers whether everything went out. */
    private boolean flush() throws IOException {
        int count;
        try {
            count = wire.write(records.beginDrain());
        } finally {
            records.endDrain();
        }
        budget -= count;
        bytesOut += count;
        return !records.hasOutput();
    }

    private void noteEstablished() throws IOException {
        if (phase == ChannelPhase.HANDSHAKE && records.established()) {
            moveTo(ChannelPhase.OPEN, "handshake complete");
            owner.secured(records.peerCertificate());
        }
    }

    private void endInput() throws IOException {
        inputOver = true;
        if (phase == ChannelPhase.HANDSHAKE) {
            throw new IOException("peer closed the connection during the handshake");
        }
        boolean gone = records.truncated();
        streamOver = gone;
        owner.ended(gone);
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
        Runnable task = records.task();
        while (task != null) {
            task.run();
            task = records.task();
        }
        loop.execute(() -> {
            tasksRunning = false;
            pump();
        });
    }

    /** A failure of TLS still has an alert to send; one of the socket has nothing. */
    private void fail(IOException cause) {
        boolean alert = cause instanceof SSLException && phase != ChannelPhase.FLUSH && phase != ChannelPhase.LINGER;
        if (!alert) {
            close(cause);
            return;
        }
        moveTo(ChannelPhase.FLUSH, String.valueOf(cause.getMessage()));
        loop.schedule(lingering, loop.now() + LINGER_TIME.toNanos());
        tellClosed(cause);
        pump();
    }

    private void linger() throws IOException {
        if (inputOver) {
            close(null);
            return;
        }
        moveTo(ChannelPhase.LINGER, "all sent");
        loop.schedule(lingering, loop.now() + LINGER_TIME.toNanos());
        // First, so that the place is free when the peer learns of the end and connects anew.
        tellClosed(null);
        wire.shutdownOutput();
    }

    private boolean drain() throws IOException {
        ByteBuffer scratch = records.beginFill().clear();
        int count = wire.read(scratch);
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
        if (phase == ChannelPhase.CLOSED) {
            return;
        }
        int operations = 0;
        if (phase == ChannelPhase.CONNECT) {
            operations = SelectionKey.OP_CONNECT;
        } else if (!tasksRunning) {
            boolean reads = phase == ChannelPhase.LINGER || mayWatchForEnd() || (mayReceive() && !isHeldBack);
            operations |= reads ? SelectionKey.OP_READ : 0;
            operations |= records.hasOutput() ? SelectionKey.OP_WRITE : 0;
        }
        wire.want(operations);
    }

    private void moveTo(ChannelPhase next, String reason) {
        if (!phase.mayBecome(next)) {
            throw new IllegalStateException(name + " cannot go from " + phase + " to " + next + ": " + reason);
        }
        log.debug("{} {} -> {}: {}", name, phase, next, reason);
        phase = next;
    }
}
