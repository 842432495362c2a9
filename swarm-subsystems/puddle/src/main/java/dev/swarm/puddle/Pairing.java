package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.user.UserName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both ends of the exchange in which a machine is given an identity for a code. Safe for many threads. */
final class Pairing {

    static final String BEGIN = "/puddle/pair/begin";
    static final String PROVE = "/puddle/pair/prove";

    private static final Logger log = LoggerFactory.getLogger(Pairing.class);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_REQUESTS = 2;

    private final SubsystemContext node;
    private final RandomGenerator random;
    private final PairingOffers offers;
    private final HandingOver handingOver;

    /** Makes what a machine that proved a code is given. */
    interface HandingOver {

        /**
         * Vouches for the machine and says what it is given.
         *
         * @throws SwarmException if the user's key is not in memory any more
         */
        HandOver to(UserName user, PeerId joining);
    }

    Pairing(SubsystemContext node, RandomGenerator random, HandingOver handingOver) {
        this.node = node;
        this.random = random;
        this.offers = new PairingOffers(node.ticker(), random);
        this.handingOver = handingOver;
    }

    PairingOffers offers() {
        return offers;
    }

    void serve() {
        node.serve(Route.post(BEGIN, PairingKeys.PUBLIC_BYTES, this::begin).withMaxConcurrent(MAX_REQUESTS));
        node.serve(Route.post(PROVE, PairingKeys.PROOF_BYTES, this::prove).withMaxConcurrent(MAX_REQUESTS));
    }

    private void begin(Exchange exchange) {
        byte[] joining = ClaimSync.bytes(exchange.body());
        byte[] half = joining.length == PairingKeys.PUBLIC_BYTES
                ? offers.begin(exchange.peer().host(), joining)
                : null;
        if (half == null) {
            ClaimSync.respond(exchange, joining.length == PairingKeys.PUBLIC_BYTES ? 429 : 400, new byte[0]);
        } else {
            ClaimSync.respond(exchange, 200, half);
        }
    }

    private void prove(Exchange exchange) {
        PeerId joining = exchange.peer().host();
        PairingKeys.Ends ends = new PairingKeys.Ends(node.statements().fleet().hex(), node.self(), joining);
        PairingOffers.Proven proven = offers.prove(ends, ClaimSync.bytes(exchange.body()));
        int refusal =
                switch (proven.verdict()) {
                    case RIGHT -> 200;
                    case WRONG -> 403;
                    case UNHEARD -> 429;
                };
        if (refusal != 200) {
            log.info("{} did not prove a pairing code", joining);
            ClaimSync.respond(exchange, refusal, new byte[0]);
            return;
        }
        PairingKeys keys = Objects.requireNonNull(proven.keys());
        try {
            HandOver content = handingOver.to(Objects.requireNonNull(proven.user()), joining);
            ClaimSync.respond(exchange, 200, keys.seal(content.toBytes()));
            log.info("{} proved the pairing code of {} and joined", joining, proven.user());
        } finally {
            keys.wipe();
        }
    }

    /**
     * Proves a code to the machine that offered it. Blocks for two round trips.
     *
     * @param code as {@link ShortKey#parse} read it; stays the caller's
     * @throws SwarmException with reason FORBIDDEN if the code is not open there, NETWORK if the machine cannot be asked
     */
    HandOver join(PeerAddress from, byte[] code) {
        PairingKeys.Half half = new PairingKeys.Half(random);
        PairingKeys keys = null;
        try {
            Answer begun = ask(from, BEGIN, half.open());
            byte[] theirs = ClaimSync.bytes(begun.body());
            PeerId offering = begun.peer().host();
            if (theirs.length != PairingKeys.PUBLIC_BYTES) {
                throw new SwarmException(
                        Reason.CORRUPT,
                        from + " answered with " + theirs.length + " bytes, not 32; is it of this version?");
            }
            PairingKeys.Ends ends =
                    new PairingKeys.Ends(node.statements().fleet().hex(), offering, node.self());
            keys = half.joining(code, ends, theirs);
            Answer proven = ask(from, PROVE, keys.proof());
            byte[] content = proven.peer().host().equals(offering) ? keys.open(ClaimSync.bytes(proven.body())) : null;
            if (content == null) {
                throw new SwarmException(
                        Reason.CORRUPT, offering + " gave something that the code does not open; nothing was changed");
            }
            return HandOver.parse(content);
        } finally {
            half.wipe();
            if (keys != null) {
                keys.wipe();
            }
        }
    }

    private Answer ask(PeerAddress from, String path, byte[] body) {
        Answer answer;
        try {
            answer = node.ask(
                            from,
                            Request.post(path, ByteBuffer.wrap(Arrays.copyOf(body, body.length))),
                            HandOver.MAX_BYTES)
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new SwarmException(
                    Reason.NETWORK,
                    "joining from " + from + ": it cannot be asked (" + e.getCause()
                            + "); is it a node of this fleet, and" + " its address right?",
                    e);
        }
        return switch (answer.status()) {
            case 200 -> answer;
            case 403 ->
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "joining from " + from
                                + ": the code is not open there: it was mistyped, used, is older than five"
                                + " minutes, or three wrong ones came in; have a new one shown with 'pair'");
            case 404 ->
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "joining from " + from + ": puddle is not open on that node; open its gate there");
            case 423 ->
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "joining from " + from
                                + ": the session there ended; unlock it and have a new code shown with 'pair'");
            case 429 ->
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "joining from " + from
                                + ": this machine proved too many wrong codes there; try again in an hour,"
                                + " or pair with another machine");
            default ->
                throw new SwarmException(
                        Reason.NETWORK, "joining from " + from + ": it answered with status " + answer.status());
        };
    }
}
