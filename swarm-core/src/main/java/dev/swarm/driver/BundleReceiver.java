package dev.swarm.driver;

import dev.swarm.Ticker;
import dev.swarm.blob.BlobLayout;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts the answer to a question for several small blobs into these. Called by one thread at a time. */
final class BundleReceiver implements ResponseSink {

    private final int[] sizes;
    private final Listener listener;
    private final Consumer<String> onPeers;
    private final LifeSigns signs;
    private final ByteBuffer size = ByteBuffer.allocate(BlobBundle.SIZE_BYTES);
    private int next;
    private boolean accepted;
    private boolean over;
    private byte @Nullable [] current;
    private int filled;

    /** Bytes still to come of a blob of another size than it is meant to have. */
    private int passedOver;

    /** What becomes of an answer. */
    enum End {
        /** Nothing more comes; what did not come is missing. */
        OVER,
        /** The peer does not know such questions. */
        UNKNOWN
    }

    /** Hears what came. */
    interface Listener {

        /** A whole blob, not verified, for the listener to keep; null if the peer does not have it. In the order of the question. */
        void blob(int index, byte @Nullable [] content);

        /** Something came; said twice a second at most. */
        void arriving();

        /** No more calls come. */
        void ended(End end, String why);
    }

    /**
     * A receiver for blobs of these sizes.
     *
     * @param onPeers hears what other peers the answer names
     */
    BundleReceiver(int[] sizes, Ticker ticker, Listener listener, Consumer<String> onPeers) {
        this.sizes = sizes;
        this.listener = listener;
        this.onPeers = onPeers;
        this.signs = new LifeSigns(ticker, listener::arriving);
    }

    @Override
    public void onBytes() {
        if (!over) {
            signs.arrived();
        }
    }

    @Override
    public void onHead(ResponseHead head, PeerCertificate peer) {
        accepted = head.status() == 200;
        if (!accepted) {
            boolean unknown = head.status() == 404 || head.status() == 405;
            end(unknown ? End.UNKNOWN : End.OVER, "status " + head.status());
            return;
        }
        String named = head.headers().first("x-peers");
        if (named != null) {
            onPeers.accept(named);
        }
    }

    @Override
    public void onBody(ByteBuffer data) {
        while (data.hasRemaining() && accepted && !over && next < sizes.length) {
            byte[] content = current;
            if (passedOver > 0) {
                int count = Math.min(passedOver, data.remaining());
                data.position(data.position() + count);
                passedOver -= count;
            } else if (content == null) {
                moveSize(data);
                if (!size.hasRemaining()) {
                    sized(size.flip().getInt());
                }
            } else {
                int count = Math.min(content.length - filled, data.remaining());
                data.get(content, filled, count);
                filled += count;
                if (filled == content.length) {
                    current = null;
                    listener.blob(next++, content);
                }
            }
        }
        data.position(data.limit());
    }

    private void sized(int told) {
        size.clear();
        if (told == BlobBundle.NOT_HERE) {
            listener.blob(next++, null);
        } else if (told == sizes[next]) {
            current = new byte[told];
            filled = 0;
        } else if (told >= 0 && told <= BlobLayout.LEAF_BYTES) {
            // It need not be the peer that is wrong about the size, and the other blobs are none the worse for it.
            passedOver = told;
            listener.blob(next++, null);
        } else {
            end(End.OVER, "blob " + next + " is said to have " + told + " bytes, not " + sizes[next]);
        }
    }

    private void moveSize(ByteBuffer data) {
        while (size.hasRemaining() && data.hasRemaining()) {
            size.put(data.get());
        }
    }

    @Override
    public void onEnd() {
        end(End.OVER, "answer ended at blob " + next + " of " + sizes.length);
    }

    @Override
    public void onFailure(TransportException failure) {
        end(End.OVER, String.valueOf(failure.getMessage()));
    }

    private void end(End end, String why) {
        if (!over) {
            over = true;
            listener.ended(end, why);
        }
    }
}
