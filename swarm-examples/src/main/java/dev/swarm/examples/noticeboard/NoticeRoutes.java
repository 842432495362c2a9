package dev.swarm.examples.noticeboard;

import dev.swarm.blob.Label;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Role;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** What other members may ask of a notice board. Safe for many threads. */
final class NoticeRoutes {

    private final SubsystemContext node;
    private final Path directory;

    NoticeRoutes(SubsystemContext node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    void serve() {
        node.serve(Route.get("/notices/{name}", this::show).withMaxConcurrent(8));
        node.serve(Route.streaming("POST", "/notices/{name}", NoticeBoard.MAX_BYTES, this::take)
                .withMaxConcurrent(2));
        node.offerTrait("notices", () -> "{\"shown\":" + shown().count() + "}");
    }

    /** Every member may publish on this channel, so what it may bring along is bounded here. */
    private Stream<BlobView> shown() {
        return node.entries().stream()
                .filter(view -> view.isActive() && view.size() <= NoticeBoard.MAX_BYTES)
                .limit(NoticeBoard.MAX_NOTICES);
    }

    private void show(Exchange get) {
        Optional<BlobView> notice = shown().filter(view -> view.label().name().equals(get.pathParameter("name")))
                .max(Comparator.comparing(view -> view.winner().entry().clock()));
        if (notice.isEmpty()) {
            answer(get, 404, "no such notice");
            return;
        }
        ByteBuffer text = ByteBuffer.allocate(NoticeBoard.MAX_BYTES);
        try {
            node.blobs().read(notice.get().blob(), 0, text);
            get.respond(200, Headers.of("Content-Type", "text/plain"), text.flip());
        } catch (IOException e) {
            answer(get, 404, "it is on its way");
        }
    }

    private void take(Exchange post) {
        if (!post.peer().roles().contains(Role.OPERATOR)) {
            answer(post, 403, post.peer().host() + " is no operator");
            return;
        }
        try (DiskGate.Reservation room = node.admit(post, directory, NoticeBoard.MAX_BYTES)) {
            if (room != null) {
                String name = Label.of(post.pathParameter("name")).name();
                byte[] text = post.bodyStream().readAllBytes();
                Path whole = Files.write(directory.resolve("." + name), text);
                room.written(text.length);
                Files.move(whole, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                answer(post, 201, "it is shown from the next cycle on");
            }
        } catch (IllegalArgumentException e) {
            answer(post, 400, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(Exchange exchange, int status, String line) {
        exchange.respond(status, Headers.empty(), ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
