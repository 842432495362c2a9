package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.crdt.KeyHash;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what nodes know of users the same: compares with a few random peers each cycle, a digest first and then only users that
 * differ, and sends changes at once to the user's machines. Safe for many threads.
 */
final class ClaimSync {

    static final String PATH = "/puddle/sync";

    private static final Logger log = LoggerFactory.getLogger(ClaimSync.class);

    /** Peers compared with in a cycle: what one node knows reaches a thousand in half a dozen cycles. */
    private static final int PEERS_A_CYCLE = 3;

    /** Exchanges with peers at once; more would only wait for the same thread. */
    private static final int MAX_UNDER_WAY = 8;

    /** Frames that one comparison sends; what is left waits for the next. */
    private static final int MAX_ROUNDS = 16;

    /** Frames that no honest node sends, after which a peer is not heard for an hour. */
    private static final int MAX_FAULTS = 3;

    private static final int MAX_REQUESTS = 4;

    private final SubsystemContext node;
    private final ClaimDesk desk;
    private final RandomGenerator random;
    private final PeerFaults faults;
    private final AtomicInteger underWay = new AtomicInteger();

    ClaimSync(SubsystemContext node, ClaimDesk desk, RandomGenerator random) {
        this.node = node;
        this.desk = desk;
        this.random = random;
        this.faults = new PeerFaults(node.ticker(), MAX_FAULTS);
    }

    void serve() {
        node.serve(Route.post(PATH, ClaimFrames.MAX_BYTES, this::answer).withMaxConcurrent(MAX_REQUESTS));
    }

    private void answer(Exchange exchange) {
        PeerId peer = exchange.peer().host();
        if (faults.isUnheard(peer)) {
            respond(exchange, 429, new byte[0]);
            return;
        }
        try {
            respond(exchange, 200, ClaimFrames.write(answer(ClaimFrames.read(bytes(exchange.body())), peer)));
        } catch (SwarmException | IllegalArgumentException e) {
            blame(peer, e);
            respond(exchange, 400, new byte[0]);
        }
    }

    private ClaimFrames.Frame answer(ClaimFrames.Frame frame, PeerId peer) {
        KeyHash digest = desk.book().digest();
        if (frame instanceof ClaimFrames.Summary summary) {
            return summary.digest().equals(digest)
                    ? new ClaimFrames.Summary(digest)
                    : new ClaimFrames.Digests(desk.book().digests());
        }
        if (frame instanceof ClaimFrames.Claims claims) {
            desk.take(claims.claims(), peer);
            return new ClaimFrames.Claims(List.of(), desk.book().portion(claims.wanted()));
        }
        throw new IllegalArgumentException("a frame of digests is an answer and no request");
    }

    /** Compares with some peers, if there is anything to compare: those who know more than nothing ask. */
    void cycle() {
        if (desk.book().size() == 0) {
            return;
        }
        for (PeerAddress peer : some(node.peers(), PEERS_A_CYCLE)) {
            send(peer, new ClaimFrames.Summary(desk.book().digest()), answer -> compared(peer, answer));
        }
    }

    private void compared(PeerAddress peer, ClaimFrames.Frame answer) {
        if (answer instanceof ClaimFrames.Digests digests) {
            exchange(peer, desk.book().differing(digests.users()), MAX_ROUNDS);
        }
    }

    private void exchange(PeerAddress peer, List<UserId> differing, int rounds) {
        if (differing.isEmpty() || rounds == 0) {
            return;
        }
        List<UserId> now = differing.subList(0, fitting(differing));
        List<UserId> later = differing.subList(now.size(), differing.size());
        ClaimFrames.Claims frame = new ClaimFrames.Claims(now, desk.book().portion(now));
        send(peer, frame, answer -> exchange(peer, later, rounds - 1));
    }

    /** How many users' claims go into one frame, at least one. */
    private int fitting(List<UserId> users) {
        int bytes = 0;
        int count = 0;
        while (count < users.size() && count < ClaimFrames.MAX_WANTED && bytes <= ClaimFrames.FULL_BYTES) {
            bytes += desk.book().bytes(users.get(count));
            count++;
        }
        return count;
    }

    /** Sends what is known of users to their machines, and to some others that may know machines we do not. */
    void spread(Collection<UserId> users) {
        for (UserId user : users) {
            Set<PeerAddress> targets = new LinkedHashSet<>();
            for (UserDevice device : desk.book().devices(user)) {
                if (!device.host().equals(node.self())) {
                    node.addressesOf(device.host()).stream().findFirst().ifPresent(targets::add);
                }
            }
            targets.addAll(some(node.peers(), PEERS_A_CYCLE));
            ClaimFrames.Claims frame =
                    new ClaimFrames.Claims(List.of(user), desk.book().portion(List.of(user)));
            targets.forEach(peer -> send(peer, frame, answer -> {}));
        }
    }

    private void send(PeerAddress peer, ClaimFrames.Frame frame, Consumer<ClaimFrames.Frame> next) {
        if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
            underWay.decrementAndGet();
            log.debug("no comparison with {}: enough are under way", peer);
            return;
        }
        CompletableFuture<Answer> unused = node.ask(
                        peer, Request.post(PATH, ByteBuffer.wrap(ClaimFrames.write(frame))), ClaimFrames.MAX_BYTES)
                .whenComplete((answer, failure) -> {
                    underWay.decrementAndGet();
                    if (failure == null && answer.isSuccess()) {
                        node.execute(() -> take(answer, next));
                    } else {
                        log.debug("{} did not compare: {}", peer, failure == null ? answer.status() : failure);
                    }
                });
    }

    private void take(Answer answer, Consumer<ClaimFrames.Frame> next) {
        PeerId peer = answer.peer().host();
        if (faults.isUnheard(peer)) {
            return;
        }
        try {
            ClaimFrames.Frame frame = ClaimFrames.read(bytes(answer.body()));
            if (frame instanceof ClaimFrames.Claims claims) {
                desk.take(claims.claims(), peer);
            }
            next.accept(frame);
        } catch (SwarmException | IllegalArgumentException e) {
            blame(peer, e);
        }
    }

    private void blame(PeerId peer, RuntimeException fault) {
        faults.add(peer);
        log.debug("{} sent claims that no honest node sends: {}", peer, fault.getMessage());
    }

    private List<PeerAddress> some(List<PeerAddress> peers, int count) {
        List<PeerAddress> left = new ArrayList<>(peers);
        List<PeerAddress> some = new ArrayList<>();
        while (some.size() < count && !left.isEmpty()) {
            some.add(left.remove(random.nextInt(left.size())));
        }
        return some;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    static void respond(Exchange exchange, int status, byte[] body) {
        exchange.respond(status, Headers.empty(), ByteBuffer.wrap(body));
    }
}
