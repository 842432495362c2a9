package dev.swarm.driver;

import dev.swarm.Ticker;
import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerAddress;
import dev.swarm.schedule.Scheduler;
import dev.swarm.transport.Call;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Cuts the answer to one fetch into leaves and hands each on when it is whole. Called by one thread at a time. */
final class LeafReceiver implements ResponseSink {

    private static final int MAX_ADDRESSES = 16;

    private final BlobLayout layout;
    private final Scheduler.Fetch fetch;
    private final LeafBuffers buffers;
    private final Listener listener;
    private final LifeSigns signs;
    private int leaf;
    private boolean accepted;
    private @Nullable ByteBuffer current;
    private final AtomicBoolean heldBack = new AtomicBoolean();
    private volatile @Nullable Call call;

    /** Hears what came of a fetch. */
    interface Listener {

        /** A whole leaf, not verified; the listener gives the buffer back. */
        void leaf(int leaf, ByteBuffer data);

        /** Some of a leaf came that is not whole yet; said twice a second at most. */
        void arriving();

        /** The peer named other peers; for {@link #parsePeers}. */
        void peers(String addresses);

        /** Nothing more comes. */
        void ended(Scheduler.Ending ending, String why);
    }

    LeafReceiver(BlobLayout layout, Scheduler.Fetch fetch, LeafBuffers buffers, Ticker ticker, Listener listener) {
        this.layout = layout;
        this.fetch = fetch;
        this.buffers = buffers;
        this.listener = listener;
        this.signs = new LifeSigns(ticker, listener::arriving);
        this.leaf = fetch.first();
    }

    /** Names the call that brings the leaves, so that it can be held back. */
    void attach(Call newCall) {
        call = newCall;
    }

    @Override
    public void onBytes() {
        signs.arrived();
    }

    @Override
    public void onHead(ResponseHead head, PeerCertificate peer) {
        accepted = head.status() == 206;
        if (!accepted) {
            listener.ended(
                    head.status() == 404 || head.status() == 410 || head.status() == 416
                            ? Scheduler.Ending.NOT_HELD
                            : Scheduler.Ending.BROKEN,
                    "status " + head.status());
            return;
        }
        if (!isOfSize(layout.size(), head.headers().first("content-range"))) {
            accepted = false;
            listener.ended(Scheduler.Ending.NOT_HELD, "the blob has another size there");
            return;
        }
        String named = head.headers().first("x-peers");
        if (named != null) {
            listener.peers(named);
        }
    }

    /** A peer whose copy is of another size than an entry says need not be the one that is wrong. */
    private static boolean isOfSize(long size, @Nullable String contentRange) {
        if (contentRange == null) {
            return true;
        }
        String whole = contentRange.substring(contentRange.lastIndexOf('/') + 1).strip();
        return whole.equals("*") || whole.equals(Long.toString(size));
    }

    @Override
    public void onBody(ByteBuffer data) {
        if (!accepted) {
            data.position(data.limit());
            return;
        }
        while (data.hasRemaining() && leaf < fetch.end()) {
            ByteBuffer target = current;
            if (target == null) {
                target = buffers.take(layout.leafLength(leaf));
                current = target;
            }
            int length = Math.min(target.remaining(), data.remaining());
            target.put(target.position(), data, data.position(), length);
            target.position(target.position() + length);
            data.position(data.position() + length);
            if (!target.hasRemaining()) {
                current = null;
                listener.leaf(leaf++, target.flip());
                holdBackIfBehind();
            }
        }
        data.position(data.limit());
    }

    @Override
    public void onEnd() {
        letGo();
        if (accepted) {
            listener.ended(
                    leaf == fetch.end() ? Scheduler.Ending.COMPLETE : Scheduler.Ending.BROKEN,
                    "answer ended at leaf " + leaf + " of " + fetch.end());
        }
    }

    @Override
    public void onFailure(TransportException failure) {
        letGo();
        listener.ended(Scheduler.Ending.BROKEN, String.valueOf(failure.getMessage()));
    }

    private void holdBackIfBehind() {
        Call bringing = call;
        if (bringing != null && buffers.isBehind() && heldBack.compareAndSet(false, true)) {
            // Before it is noted, so that a resumption that comes at once is not undone.
            bringing.pause();
            Runnable resume = () -> {
                heldBack.set(false);
                bringing.resume();
            };
            if (!buffers.holdBack(resume)) {
                resume.run();
            }
        }
    }

    private void letGo() {
        ByteBuffer unfinished = current;
        if (unfinished != null) {
            current = null;
            buffers.give(unfinished);
        }
    }

    static List<PeerAddress> parsePeers(String header) {
        List<PeerAddress> addresses = new ArrayList<>();
        for (String part : header.split(",", MAX_ADDRESSES + 1)) {
            try {
                addresses.add(PeerAddress.parse(part.strip()));
            } catch (IllegalArgumentException e) {
                return addresses;
            }
        }
        return addresses;
    }
}
