package dev.swarm.puddle;

import dev.swarm.Ticker;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pairing codes that are open on this machine. A code opens once, for five minutes, and burns at the third wrong proof; a peer
 * that sent some wrong ones is not heard for an hour, so that one member cannot burn every code. Safe for many threads.
 */
final class PairingOffers {

    static final Duration LIFETIME = Puddle.PAIRING_LIFETIME;

    /** Wrong proofs after which a code burns: a code is copied, not remembered, so that more are no mistakes. */
    static final int MAX_WRONG = 3;

    /** Wrong proofs after which a peer is not heard. */
    static final int MAX_WRONG_OF_PEER = 5;

    private static final Duration HALF_LIFETIME = Duration.ofMinutes(1);
    private static final int MAX_HALVES = 64;

    private final Ticker ticker;
    private final RandomGenerator random;
    private final Object lock = new Object();
    private final Map<UserName, Offer> offers = new LinkedHashMap<>();
    private final Map<PeerId, Begun> begun = new LinkedHashMap<>();
    private final PeerFaults misses;

    private static final class Offer {
        private final byte[] code;
        private final long madeAt;
        private int wrong;

        Offer(byte[] code, long madeAt) {
            this.code = code;
            this.madeAt = madeAt;
        }
    }

    private static final class Begun {
        private final PairingKeys.Half half;
        private final byte[] joining;
        private final long at;

        Begun(PairingKeys.Half half, byte[] joining, long at) {
            this.half = half;
            this.joining = joining;
            this.at = at;
        }
    }

    PairingOffers(Ticker ticker, RandomGenerator random) {
        this.ticker = ticker;
        this.random = random;
        this.misses = new PeerFaults(ticker, MAX_WRONG_OF_PEER);
    }

    /** What came of a proof. */
    enum Verdict {
        /** The code is right, and is used up by this. */
        RIGHT,
        /** No open code is proven by it. */
        WRONG,
        /** The peer was wrong too often, or has not begun. */
        UNHEARD
    }

    /**
     * An answer to a proof.
     *
     * @param user whose code it was, if it was right
     * @param keys what the identity travels under, if it was right; the caller wipes them
     */
    record Proven(
            Verdict verdict,
            @Nullable UserName user,
            @Nullable PairingKeys keys) {}

    /** Opens a code for a user; one that was open before is none any more. The caller wipes it. */
    byte[] offer(UserName user) {
        byte[] code = ShortKey.draw(random);
        synchronized (lock) {
            withdraw(user);
            offers.put(user, new Offer(code.clone(), ticker.nanoTime()));
        }
        return code;
    }

    /** Ends a user's code. */
    void withdraw(UserName user) {
        synchronized (lock) {
            Offer offer = offers.remove(user);
            if (offer != null) {
                Arrays.fill(offer.code, (byte) 0);
            }
        }
    }

    /** Whether a user has a code open. */
    boolean isOpen(UserName user) {
        synchronized (lock) {
            expire();
            return offers.containsKey(user);
        }
    }

    /** Begins an exchange with a peer, which replaces one that was begun before; this side's half, or null if it is not heard. */
    byte @Nullable [] begin(PeerId peer, byte[] joining) {
        synchronized (lock) {
            expire();
            if (misses.isUnheard(peer)) {
                return null;
            }
            PairingKeys.Half half = new PairingKeys.Half(random);
            forget(begun.put(peer, new Begun(half, joining.clone(), ticker.nanoTime())));
            if (begun.size() > MAX_HALVES) {
                forget(begun.remove(begun.keySet().iterator().next()));
            }
            return half.open();
        }
    }

    /** Judges a proof; the exchange that it belongs to is over, so it cannot be sent again. */
    Proven prove(PairingKeys.Ends ends, byte[] proof) {
        synchronized (lock) {
            expire();
            Begun exchange = begun.remove(ends.joining());
            if (exchange == null || misses.isUnheard(ends.joining())) {
                forget(exchange);
                return new Proven(Verdict.UNHEARD, null, null);
            }
            try {
                return judge(exchange, ends, proof);
            } finally {
                exchange.half.wipe();
            }
        }
    }

    private Proven judge(Begun exchange, PairingKeys.Ends ends, byte[] proof) {
        UserName right = null;
        PairingKeys found = null;
        for (Map.Entry<UserName, Offer> each : offers.entrySet()) {
            PairingKeys keys = exchange.half.offering(each.getValue().code, ends, exchange.joining);
            if (keys.isProvenBy(proof)) {
                right = each.getKey();
                found = keys;
            } else {
                keys.wipe();
            }
        }
        if (right == null) {
            missed(ends.joining());
            return new Proven(Verdict.WRONG, null, null);
        }
        withdraw(right);
        misses.clear(ends.joining());
        return new Proven(Verdict.RIGHT, right, found);
    }

    private void missed(PeerId peer) {
        misses.add(peer);
        List<UserName> burnt = new ArrayList<>();
        offers.forEach((user, offer) -> {
            if (++offer.wrong >= MAX_WRONG) {
                burnt.add(user);
            }
        });
        burnt.forEach(this::withdraw);
    }

    private void expire() {
        long now = ticker.nanoTime();
        List<UserName> old = offers.entrySet().stream()
                .filter(each -> now - each.getValue().madeAt >= LIFETIME.toNanos())
                .map(Map.Entry::getKey)
                .toList();
        old.forEach(this::withdraw);
        begun.values().removeIf(exchange -> {
            boolean over = now - exchange.at >= HALF_LIFETIME.toNanos();
            if (over) {
                exchange.half.wipe();
            }
            return over;
        });
    }

    private static void forget(@Nullable Begun exchange) {
        if (exchange != null) {
            exchange.half.wipe();
        }
    }
}
