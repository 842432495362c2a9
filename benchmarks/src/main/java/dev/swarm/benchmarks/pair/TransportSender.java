package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.LoopbackTransport;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ByteRange;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Serves ranges of a blob over the transport: from a file, or the same bytes again and again. */
final class TransportSender implements Sender {

    static final String TARGET = "/blob";

    private final LoopbackTransport node;
    private final @Nullable FileChannel file;
    private final long size;

    TransportSender(NodeCredentials credentials, @Nullable FileChannel file, long size) {
        this.node = new LoopbackTransport(credentials);
        this.file = file;
        this.size = size;
        node.router().add(Route.get(TARGET, this::serve));
    }

    @Override
    public PeerAddress address() {
        return node.transport().localAddress();
    }

    @Override
    public void close() throws IOException {
        node.close();
        if (file != null) {
            file.close();
        }
    }

    private void serve(Exchange exchange) {
        ByteRange range =
                ByteRange.select(exchange.headers().first("range"), size).range();
        if (range == null) {
            exchange.respond(416, Headers.empty(), ByteBuffer.allocate(0));
            return;
        }
        long last = range.offset() + range.length() - 1;
        Headers headers = Headers.of("content-range", "bytes " + range.offset() + "-" + last + "/" + size);
        exchange.respond(
                206,
                headers,
                file == null ? new SameBytes(range.length()) : new FilePart(file, range.offset(), range.length()));
    }

    /** Bytes of no meaning: whatever the buffer holds. */
    private record SameBytes(long length) implements ContentSource {
        @Override
        public void read(ByteBuffer target) {
            target.position(target.limit());
        }

        @Override
        public void close() {}
    }

    /** A part of a file that others read too. */
    private static final class FilePart implements ContentSource {
        private final FileChannel file;
        private final long length;
        private long position;

        FilePart(FileChannel file, long offset, long length) {
            this.file = file;
            this.position = offset;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            int count = file.read(target, position);
            if (count < 0) {
                throw new IOException("source ends at " + position);
            }
            position += count;
        }

        @Override
        public void close() {}
    }
}
