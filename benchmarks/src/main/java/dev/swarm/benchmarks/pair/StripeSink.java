package dev.swarm.benchmarks.pair;

import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where the answer to one stripe's request goes. Called by one thread at a time. */
abstract class StripeSink implements ResponseSink {

    private final Stripe stripe;
    private final Listener listener;

    private StripeSink(Stripe stripe, Listener listener) {
        this.stripe = stripe;
        this.listener = listener;
    }

    /** Hears of a stripe's end. */
    interface Listener {

        void complete();

        void failed(Exception failure);
    }

    Stripe stripe() {
        return stripe;
    }

    Listener listener() {
        return listener;
    }

    @Override
    public final void onHead(ResponseHead head, PeerCertificate peer) {
        if (head.status() != 206) {
            listener.failed(new IOException("status " + head.status() + " for " + stripe));
        }
    }

    @Override
    public final void onFailure(TransportException failure) {
        listener.failed(failure);
    }

    /** Drops what comes. */
    static final class Dropping extends StripeSink {

        Dropping(Stripe stripe, Listener listener) {
            super(stripe, listener);
        }

        @Override
        public void onBody(ByteBuffer data) {
            data.position(data.limit());
        }

        @Override
        public void onEnd() {
            listener().complete();
        }
    }

    /** Cuts what comes into leaves. */
    static final class Keeping extends StripeSink {
        private final StripeWriter writer;
        private int leaf;
        private @Nullable ByteBuffer current;

        Keeping(Stripe stripe, Listener listener, StripeWriter writer) {
            super(stripe, listener);
            this.writer = writer;
            this.leaf = stripe.first();
        }

        @Override
        public void onBody(ByteBuffer data) {
            while (data.hasRemaining()) {
                ByteBuffer target = current;
                if (target == null) {
                    target = writer.buffer(leaf);
                    current = target;
                }
                int length = Math.min(target.remaining(), data.remaining());
                target.put(target.position(), data, data.position(), length);
                target.position(target.position() + length);
                data.position(data.position() + length);
                if (!target.hasRemaining()) {
                    current = null;
                    writer.write(leaf++, target, listener());
                }
            }
        }

        @Override
        public void onEnd() {
            writer.execute(listener()::complete);
        }
    }
}
