package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.disk.DiskGate;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a machine serves to the user's other machines. A request counts only if the certificate behind it is that of one of the
 * user's machines, and if the user may have a lockbox here. Safe for many threads.
 *
 * <p>Changes carry no signature of their own: any machine of the user may change any file of theirs, so the proof that one of them
 * speaks says all there is to say. A machine that was taken out is refused from the moment at which this one knows.
 */
final class BoxRoutes {

    static final String INDEX = "/lockbox/index";
    static final String PUSH = "/lockbox/push";
    static final String RANGE = "/lockbox/range";
    static final String USER = "user";
    static final String ID = "id";
    static final String SIZE = "size";
    static final String OFFSET = "offset";

    private static final Logger log = LoggerFactory.getLogger(BoxRoutes.class);
    private static final long MAX_PUSH_BYTES = 1L << 50;
    private static final int MAX_PUSHES = 8;

    private final SubsystemContext context;
    private final Boxes boxes;

    /** Whose box a peer may use. */
    interface Boxes {

        /** The box of a user, if {@code exchange}'s peer is a machine of theirs and they are allowed it here; else null. */
        @Nullable
        OpenBox of(String user, Exchange exchange);
    }

    /**
     * A box that a peer may use.
     *
     * @param directory where its bytes land
     * @param pass has it looked at
     * @param agreed told that the peer knows all changes up to this one
     */
    record OpenBox(Box box, Path directory, Runnable pass, LongConsumer agreed) {}

    BoxRoutes(SubsystemContext context, Boxes boxes) {
        this.context = context;
        this.boxes = boxes;
    }

    void serve() {
        context.serve(
                Route.post(INDEX, SyncFrames.MAX_QUESTION_BYTES, this::index).withMaxConcurrent(MAX_PUSHES));
        context.serve(Route.streaming("POST", PUSH, MAX_PUSH_BYTES, exchange -> push(exchange, BoxRoutes::take))
                .withMaxConcurrent(MAX_PUSHES));
        context.serve(Route.streaming(
                        "POST", RANGE, SyncFrames.MAX_RANGE_BYTES, exchange -> push(exchange, BoxRoutes::takeRange))
                .withMaxConcurrent(MAX_PUSHES));
    }

    private void index(Exchange exchange) {
        OpenBox open = boxes.of(exchange.query().getOrDefault(USER, ""), exchange);
        if (open == null) {
            refuse(exchange);
            return;
        }
        try {
            SyncFrames.Question question = SyncFrames.Question.decode(exchange.body());
            long before = open.box().lastChange();
            open.box().hear(question.standing());
            if (open.box().mayTell(question.standing())) {
                open.box().merge(question.news());
            }
            long after = open.box().lastChange();
            List<SyncFrames.Wanted> first = open.box().contents().wanted(SyncFrames.MAX_WANTED);
            SyncFrames.State state = new SyncFrames.State(open.box().standing(), first);
            exchange.respond(200, Headers.empty(), ByteBuffer.wrap(state.encode()));
            long agreed = open.box().agree(exchange.peer().host(), question.standing());
            if (agreed >= 0) {
                open.agreed().accept(agreed);
            }
            if (after != before) {
                open.pass().run();
            }
        } catch (CanonicalFormatException e) {
            answer(exchange, 400, "the list of changes is not of its form");
        } catch (IOException e) {
            log.warn("changes of a lockbox could not be taken: {}", e.getClass().getSimpleName());
            answer(exchange, 500, "the disk failed");
        }
    }

    /** Takes what a machine sends; gives the status. */
    private interface Taker {
        int take(BoxContents contents, Exchange exchange, long length) throws IOException;
    }

    private void push(Exchange exchange, Taker taker) {
        OpenBox open = boxes.of(exchange.query().getOrDefault(USER, ""), exchange);
        if (open == null) {
            refuse(exchange);
            return;
        }
        long length = length(exchange);
        if (length < 0) {
            answer(exchange, 411, "a push says its length");
            return;
        }
        BoxContents contents = open.box().contents();
        try (DiskGate.Reservation room = context.admit(exchange, open.directory(), length)) {
            if (room == null) {
                return;
            }
            exchange.respond(taker.take(contents, exchange, length), Headers.empty(), ByteBuffer.allocate(0));
        } catch (VaultFiles.AlteredException e) {
            contents.countAltered();
            log.warn(
                    "{} sent a lockbox file that is not what it says",
                    exchange.peer().host());
            answer(exchange, 400, "a file in the push is not what it says");
        } catch (IOException e) {
            log.debug(
                    "a push of lockbox files from {} broke off", exchange.peer().host(), e);
            answer(exchange, 400, "the push broke off");
        } catch (IllegalArgumentException e) {
            answer(exchange, 400, "the push does not say what it is");
        }
        open.pass().run();
    }

    private static int takeRange(BoxContents contents, Exchange exchange, long length) throws IOException {
        Map<String, String> query = exchange.query();
        VaultFiles.Range range =
                new VaultFiles.Range(query.getOrDefault(ID, ""), number(query, SIZE), number(query, OFFSET), length);
        return contents.takeRange(range, exchange.bodyStream()) ? 204 : 409;
    }

    private static long number(Map<String, String> query, String name) {
        return Long.parseLong(query.getOrDefault(name, ""));
    }

    private static int take(BoxContents contents, Exchange exchange, long length) throws IOException {
        try (VaultFiles.Arrivals arrivals = contents.arrivals()) {
            take(contents, arrivals, new DataInputStream(exchange.bodyStream()), length);
        }
        return 204;
    }

    private static void take(BoxContents contents, VaultFiles.Arrivals arrivals, DataInputStream in, long length)
            throws IOException {
        long left = length;
        while (left > 0) {
            String name = hex(in);
            String base = hex(in);
            long size = in.readLong();
            left -= PushBody.HEAD_BYTES;
            if (size < 0 || size > left) {
                throw new IOException("a file in a push says it has " + size + " bytes, " + left + " are left");
            }
            if (!base.equals(SyncFrames.NOTHING)) {
                if (size > AgeFile.MAX_HEADER_BYTES) {
                    throw new IOException(
                            "a header in a push says it has " + size + " bytes, limit " + AgeFile.MAX_HEADER_BYTES);
                }
                contents.takeHeader(arrivals, name, base, in.readNBytes((int) size));
            } else if (contents.wantedSize(name) == size) {
                arrivals.take(name, size, in);
            } else {
                in.skipNBytes(size);
            }
            left -= size;
        }
    }

    private static String hex(DataInputStream in) throws IOException {
        byte[] id = new byte[SyncFrames.DIGEST_BYTES];
        in.readFully(id);
        return HexFormat.of().formatHex(id);
    }

    private static long length(Exchange exchange) {
        String text = exchange.headers().first("Content-Length");
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Says the same to a stranger and of a user who is not here. */
    private static void refuse(Exchange exchange) {
        answer(exchange, 403, "no lockbox of this user is kept here for this machine");
    }

    private static void answer(Exchange exchange, int status, String text) {
        exchange.respond(status, Headers.empty(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
