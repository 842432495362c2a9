package dev.swarm.benchmarks.pair;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node that fetches the blob, a new one for each transfer. The content that the one before received is put where the next
 * looks for the data of a partial copy, without the journal that vouches for it: so nothing is taken for held, and the file is
 * overwritten in place as every contestant's is.
 */
final class NodeReceiver implements Receiver {

    private static final Duration CYCLE = Duration.ofMillis(200);
    private static final long LISTED_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FETCH_TIMEOUT_SECONDS = 600;

    private final NodeCredentials credentials;
    private final PeerAddress sender;
    private final BlobId blob;
    private final Path directory;
    private @Nullable SwarmNode node;

    NodeReceiver(NodeCredentials credentials, PeerAddress sender, BlobId blob, Path directory) {
        this.credentials = credentials;
        this.sender = sender;
        this.blob = blob;
        this.directory = directory;
    }

    @Override
    public void prepare(int connections) throws IOException {
        clearAllButContent();
        SwarmNode started = SwarmNode.start(SwarmConfig.builder(directory, credentials)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .peers(List.of(sender))
                .cycle(CYCLE)
                .build());
        node = started;
        long deadline = System.nanoTime() + LISTED_TIMEOUT_NANOS;
        try {
            while (started.blobs().stream().noneMatch(view -> view.blob().equals(blob))) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("the sender's manifest did not arrive");
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void fetch() throws IOException {
        SwarmNode fetching = node;
        if (fetching == null) {
            throw new IllegalStateException("prepare comes first");
        }
        try {
            fetching.fetch(blob).get(FETCH_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the node did not complete the blob", e);
        }
    }

    @Override
    public void settle() {
        close();
    }

    @Override
    public void close() {
        SwarmNode ending = node;
        if (ending != null) {
            node = null;
            ending.close();
        }
    }

    private void clearAllButContent() throws IOException {
        Path store = directory.resolve(".blobs");
        Path content = store.resolve(blob.hex());
        Path partial = store.resolve(blob.hex() + ".partial");
        if (!Files.exists(content)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(content) && !content.startsWith(path)) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectory(partial);
        Files.move(content, partial.resolve("data"));
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }
}
