package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An end of a connection that plays a recording: sends what it says, when it has heard what it waits for. */
final class ScriptedEnd implements ChannelOwner {

    /** A step of a recording. */
    sealed interface Step {}

    /** Bytes to send, one character each. */
    record Send(String latin1) implements Step {}

    /** Text that has to come before the next step. */
    record Hear(String text) implements Step {}

    /** Time to let pass before the next step. */
    record Pause(Duration time) implements Step {}

    /** The end of what this end sends. */
    record Finish() implements Step {}

    private final Deque<Step> script;
    private final StringBuilder heard = new StringBuilder();
    private final Loop loop;
    private final Deadline pauseOver = new Deadline(this::goOn);
    private SecureChannel channel;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private int searchFrom;
    private long pausedUntil;
    private boolean over;

    ScriptedEnd(Loop loop, List<Step> script) {
        this.loop = loop;
        this.script = new ArrayDeque<>(script);
    }

    /** Sends a text whose line feeds stand for CRLF. */
    static Send send(String latin1) {
        return new Send(latin1.replace("\n", "\r\n"));
    }

    void attach(SecureChannel newChannel) {
        channel = newChannel;
        channel.pump();
    }

    private void goOn() {
        channel.pump();
    }

    /** All that came, one character a byte. */
    String heard() {
        return heard.toString();
    }

    boolean isOver() {
        return over;
    }

    @Override
    public void secured(X509Certificate certificate) {
        // The script begins when the channel asks for output.
    }

    @Override
    public boolean wantsInput() {
        return true;
    }

    @Override
    public void received(ByteBuffer plain) {
        while (plain.hasRemaining()) {
            heard.append((char) (plain.get() & 0xFF));
        }
    }

    @Override
    public void ended(boolean truncated) {
        heard.append(truncated ? "<cut>" : "<end>");
        channel.finish();
    }

    @Override
    public ByteBuffer nextOutput() {
        while (!piece.hasRemaining()) {
            if (loop.now() < pausedUntil) {
                return null;
            }
            Step step = script.peek();
            if (step instanceof Send send) {
                piece = ByteBuffer.wrap(send.latin1().getBytes(StandardCharsets.ISO_8859_1));
            } else if (step instanceof Hear hear) {
                int at = heard.indexOf(hear.text(), searchFrom);
                if (at < 0) {
                    return null;
                }
                searchFrom = at + hear.text().length();
            } else if (step instanceof Pause pause) {
                pausedUntil = loop.now() + pause.time().toNanos();
                loop.schedule(pauseOver, pausedUntil);
            } else {
                if (step != null) {
                    script.remove();
                    channel.finish();
                }
                return null;
            }
            script.remove();
        }
        return piece;
    }

    @Override
    public void settled() {
        // Nothing here is to be told when the other end is quiet.
    }

    @Override
    public void closed(Throwable cause) {
        over = true;
    }
}
