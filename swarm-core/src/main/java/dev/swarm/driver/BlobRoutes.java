package dev.swarm.driver;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.BlobMissingException;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.ByteRange;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves content: only bytes that were verified, never those of a revoked blob. Safe for many threads. */
final class BlobRoutes {

    private static final Logger log = LoggerFactory.getLogger(BlobRoutes.class);

    private static final int MAX_NAMED_PEERS = 8;

    private final BlobCache blobs;
    private final Set<BlobId> told = ConcurrentHashMap.newKeySet();
    private final Served served;
    private final LongConsumer sent;
    private final OutgoingContent outgoing;
    private volatile Set<BlobId> revoked = Set.of();
    private volatile String namedPeers = "";

    /** Hears of requests for leaves; called on the transport's threads. */
    interface Served {

        /** A peer is being given leaves from {@code first} to before {@code end}. */
        void served(PeerId peer, BlobId blob, int first, int end);
    }

    /**
     * Serves what is in a store.
     *
     * @param sent is told how many bytes of content each answer has
     * @param outgoing counts the answers until their content is gone
     */
    BlobRoutes(BlobCache blobs, Served served, LongConsumer sent, OutgoingContent outgoing) {
        this.blobs = blobs;
        this.served = served;
        this.sent = sent;
        this.outgoing = outgoing;
    }

    /** Whether requests for this blob are told from here on. */
    void tell(BlobId blob, boolean tell) {
        if (tell) {
            told.add(blob);
        } else {
            told.remove(blob);
        }
    }

    /** A blob that is asked for, and what is here of it. */
    private record Asked(BlobId blob, BlobCache.Holding holding) {
        BlobLayout layout() {
            return holding.layout();
        }

        /** The strong tag of the whole and of each chunk: what is under a path never changes. */
        String tag() {
            return "\"" + blob + "\"";
        }
    }

    void addTo(Router router) {
        router.add(Route.get("/blobs/{id}", this::serveBlob));
        router.add(Route.post(BlobBundle.PATH, BlobBundle.MAX_QUESTION_BYTES, this::serveBundle));
        router.add(Route.get("/blobs/{id}/chunks/{chunk}", this::serveChunk));
        router.add(Route.get("/blobs/{id}/tree", this::serveTree));
        router.add(Route.get("/blobs/{id}/have", this::serveHave));
    }

    void revoked(Set<BlobId> ids) {
        revoked = Set.copyOf(ids);
    }

    void namePeers(List<PeerAddress> peers) {
        namedPeers =
                peers.stream().limit(MAX_NAMED_PEERS).map(PeerAddress::toString).collect(Collectors.joining(", "));
    }

    private void serveBlob(Exchange exchange) {
        Asked asked = find(exchange);
        if (asked == null) {
            return;
        }
        long size = asked.layout().size();
        String tag = asked.tag();
        // RFC 9110 section 14.2 defines ranges for GET alone.
        String range = exchange.method().equals("GET") ? Preconditions.range(exchange.headers(), tag) : null;
        ByteRange.Selection selection = ByteRange.select(range, size);
        switch (selection.verdict()) {
            case WHOLE -> serveBytes(exchange, asked, 200, rangedHeaders(asked), new ByteRange(0, size));
            case PART -> {
                ByteRange part = Objects.requireNonNull(selection.range());
                long last = part.offset() + part.length() - 1;
                String place = "bytes " + part.offset() + "-" + last + "/" + size;
                serveBytes(exchange, asked, 206, rangedHeaders(asked).with("content-range", place), part);
            }
            case UNSATISFIABLE -> {
                // A range counts only after the conditions (RFC 9110 section 14.2).
                if (isWanted(exchange, tag)) {
                    exchange.respond(416, Headers.of("content-range", "bytes */" + size), empty());
                }
            }
        }
    }

    private void serveBundle(Exchange exchange) {
        List<BundleContent.Part> parts = new ArrayList<>();
        try {
            for (BlobId blob : BlobBundle.decode(exchange.body())) {
                int size = revoked.contains(blob) ? BlobBundle.NOT_HERE : blobs.sizeOfSmall(blob);
                parts.add(new BundleContent.Part(blob, size));
                if (size >= 0 && told.contains(blob)) {
                    served.served(exchange.peer().host(), blob, 0, 1);
                }
            }
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
            return;
        } catch (IOException e) {
            log.warn("cannot look for blobs: {}", e.toString());
            refuse(exchange, 500, "the store cannot be read");
            return;
        }
        BundleContent content = new BundleContent(blobs, parts);
        sent.accept(content.contentBytes());
        exchange.respond(200, contentHeaders(), outgoing.counted(content));
    }

    private void serveChunk(Exchange exchange) {
        Asked asked = find(exchange);
        if (asked == null) {
            return;
        }
        BlobLayout layout = asked.layout();
        int chunk = parseIndex(exchange.pathParameter("chunk"));
        if (chunk < 0 || chunk >= layout.chunkCount()) {
            refuse(exchange, 404, "blob has " + layout.chunkCount() + " chunks");
            return;
        }
        int first = layout.firstLeafOfChunk(chunk);
        int end = layout.firstLeafOfChunk(chunk + 1);
        ByteRange range = new ByteRange(layout.leafOffset(first), layout.rangeLength(first, end));
        serveBytes(exchange, asked, 200, taggedHeaders(asked), range);
    }

    private void serveTree(Exchange exchange) {
        Asked asked = find(exchange);
        if (asked != null) {
            exchange.respond(200, contentHeaders(), asked.holding().tree().encode());
        }
    }

    private void serveHave(Exchange exchange) {
        Asked asked = find(exchange);
        if (asked != null) {
            LeafSet leaves = asked.holding().leaves();
            Headers headers = contentHeaders().with("x-leaves", leaves.size() + "/" + leaves.leafCount());
            exchange.respond(200, headers, leaves.encode());
        }
    }

    private void serveBytes(Exchange exchange, Asked asked, int status, Headers headers, ByteRange range) {
        int first = (int) (range.offset() / BlobLayout.LEAF_BYTES);
        int end = (int) ((range.offset() + range.length() + BlobLayout.LEAF_BYTES - 1) / BlobLayout.LEAF_BYTES);
        if (!asked.holding().leaves().containsRange(first, end)) {
            refuse(exchange, 404, "these bytes are not here yet");
            return;
        }
        if (!isWanted(exchange, asked.tag())) {
            return;
        }
        BlobId blob = asked.blob();
        if (told.contains(blob)) {
            served.served(exchange.peer().host(), blob, first, end);
        }
        sent.accept(range.length());
        exchange.respond(status, headers, outgoing.counted(new StoredContent(blobs, blob, range)));
    }

    /** Whether the request's conditions hold; answers it if they do not. */
    private static boolean isWanted(Exchange exchange, String tag) {
        switch (Preconditions.check(exchange.headers(), tag)) {
            case MET -> {
                return true;
            }
            case NOT_MODIFIED -> exchange.respond(304, Headers.of("etag", tag), empty());
            case FAILED -> refuse(exchange, 412, "what is here has the tag " + tag);
        }
        return false;
    }

    /** A range counts on the whole blob alone: who wants less than a chunk asks for a range of the blob. */
    private Headers rangedHeaders(Asked asked) {
        return taggedHeaders(asked).with("accept-ranges", "bytes");
    }

    private Headers taggedHeaders(Asked asked) {
        return contentHeaders().with("etag", asked.tag());
    }

    private Headers contentHeaders() {
        Headers headers = Headers.of("content-type", "application/octet-stream");
        String peers = namedPeers;
        return peers.isEmpty() ? headers : headers.with("x-peers", peers);
    }

    /** What is here of the blob that is asked for; null after the exchange was answered because there is nothing to give. */
    private @Nullable Asked find(Exchange exchange) {
        String name = exchange.pathParameter("id");
        if (!BlobId.isHex(name)) {
            refuse(exchange, 404, "a blob's name is 64 lower-case hex digits");
            return null;
        }
        BlobId blob = BlobId.parse(name);
        if (revoked.contains(blob)) {
            refuse(exchange, 410, "the blob was revoked");
            return null;
        }
        try {
            BlobCache.Holding holding = blobs.offered(blob);
            if (holding == null) {
                refuse(exchange, 404, "the blob is not here");
                return null;
            }
            return new Asked(blob, holding);
        } catch (IOException e) {
            log.warn("cannot look for blob {}: {}", blob, e.toString());
            refuse(exchange, 500, "the store cannot be read");
            return null;
        }
    }

    private static int parseIndex(String text) {
        boolean number = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(text) : -1;
    }

    private static void refuse(Exchange exchange, int status, String why) {
        exchange.respond(status, Headers.of("content-type", "text/plain"), Texts.buffer(why + "\n"));
    }

    private static ByteBuffer empty() {
        return ByteBuffer.allocate(0);
    }

    /** A range of a stored blob. */
    private static final class StoredContent implements ContentSource {
        private final BlobCache blobs;
        private final BlobId blob;
        private final long end;
        private final long length;
        private long position;

        StoredContent(BlobCache blobs, BlobId blob, ByteRange range) {
            this.blobs = blobs;
            this.blob = blob;
            this.position = range.offset();
            this.length = range.length();
            this.end = range.offset() + range.length();
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            int limit = target.limit();
            target.limit((int) Math.min(limit, target.position() + (end - position)));
            try {
                int count = blobs.read(blob, position, target);
                if (count <= 0) {
                    throw new BlobMissingException("blob " + blob + " ends at " + position + ", not " + end);
                }
                position += count;
            } finally {
                target.limit(limit);
            }
        }

        @Override
        public void close() {}
    }
}
