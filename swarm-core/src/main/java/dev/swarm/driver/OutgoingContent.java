package dev.swarm.driver;

import dev.swarm.transport.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the content that peers asked for and that has not been handed to their connections yet. Safe for many threads. */
final class OutgoingContent {

    private final AtomicInteger open = new AtomicInteger();
    private final Runnable allSent;

    /** @param allSent called on the transport's threads whenever nothing is left to be sent; returns at once */
    OutgoingContent(Runnable allSent) {
        this.allSent = allSent;
    }

    /** Whether there is nothing to be sent. */
    boolean isNone() {
        return open.get() == 0;
    }

    /** Counts a body until it is closed. */
    ContentSource counted(ContentSource content) {
        open.incrementAndGet();
        return new Counted(content);
    }

    private final class Counted implements ContentSource {

        private final ContentSource content;
        private final AtomicBoolean closed = new AtomicBoolean();

        Counted(ContentSource content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.length();
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            content.read(target);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                content.close();
                if (open.decrementAndGet() == 0) {
                    allSent.run();
                }
            }
        }
    }
}
