package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.user.UserId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where claims are made, taken in and written down. Safe for many threads. */
final class ClaimDesk {

    private static final Logger log = LoggerFactory.getLogger(ClaimDesk.class);

    private final SubsystemContext node;
    private final ClaimBook book;
    private final ClaimFiles files;
    private final Change change;
    private final Object writing = new Object();

    /** Users whose file is behind. */
    private final ConcurrentMap<UserId, Boolean> unwritten = new ConcurrentHashMap<>();

    /**
     * A desk without claims.
     *
     * @param change told of users of whom something else is known
     */
    ClaimDesk(SubsystemContext node, ClaimBook book, ClaimFiles files, Change change) {
        this.node = node;
        this.book = book;
        this.files = files;
        this.change = change;
    }

    ClaimBook book() {
        return book;
    }

    /** Hears that something else is known of users; is not to block. */
    interface Change {

        /**
         * Tells of it.
         *
         * @param here whether it was claimed on this node, and nobody else knows it yet
         */
        void of(Set<UserId> users, boolean here);
    }

    /** Signs with a key; the claim is made with a timestamp after all that is known. */
    interface Signing {

        /** The signature of a message by the key that signs here. */
        byte[] sign(byte[] message);
    }

    /** What a claim is to say; it gets its time here. */
    record Draft(UserId user, Claim.Kind kind, String subject, boolean standing, String value) {}

    /** Makes a claim, which is on disk when this returns. */
    SignedClaim make(Draft draft, UserId key, Signing signing) {
        Claim claim = timed(draft);
        SignedClaim signed =
                SignedClaim.byKey(claim, key, signing.sign(new ClaimVerifier(node.statements()).message(claim)));
        enter(signed);
        return signed;
    }

    /** Makes a claim in this node's name, which has to be an operator. */
    void makeAsOperator(Draft draft) {
        enter(new ClaimVerifier(node.statements()).signAsOperator(timed(draft), node.self()));
    }

    private Claim timed(Draft draft) {
        return new Claim(
                draft.user(),
                draft.kind(),
                draft.subject(),
                draft.standing(),
                draft.value(),
                book.next(node.wallClock().millis()));
    }

    private void enter(SignedClaim signed) {
        Set<UserId> users = book.merge(List.of(signed), node.wallClock().millis());
        if (users.isEmpty()) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "cannot say " + signed + ": the user is not known here, has " + UserClaims.MAX_CLAIMS
                            + " claims already, or the key has no say");
        }
        noted(users, true);
        write();
    }

    /**
     * Takes in what a peer sent; what is known already costs no verifying.
     *
     * @throws SwarmException with reason IDENTITY if one of the signatures does not hold; then nothing is taken in
     */
    void take(Collection<SignedClaim> claims, PeerId from) {
        long now = node.wallClock().millis();
        List<SignedClaim> fresh = book.fresh(List.copyOf(claims), now);
        if (fresh.isEmpty()) {
            return;
        }
        ClaimVerifier verifier = new ClaimVerifier(node.statements());
        fresh.forEach(verifier::verify);
        Set<UserId> users = book.merge(fresh, now);
        if (!users.isEmpty()) {
            log.debug("{} claims of {} users came from {}", fresh.size(), users.size(), from);
            noted(users, false);
        }
    }

    private void noted(Set<UserId> users, boolean here) {
        users.forEach(user -> unwritten.put(user, true));
        change.of(users, here);
    }

    /** Reads the files. What does not verify any more, as the certificate of an operator that was withdrawn, is left out. */
    void load() {
        try {
            ClaimVerifier verifier = new ClaimVerifier(node.statements());
            List<SignedClaim> sound = new ArrayList<>();
            for (SignedClaim signed : files.readAll()) {
                try {
                    verifier.verify(signed);
                    sound.add(signed);
                } catch (SwarmException e) {
                    log.warn("a claim is left out: {}", e.getMessage());
                }
            }
            book.merge(sound, node.wallClock().millis());
        } catch (IOException e) {
            log.warn("cannot read what is known of users; peers tell it again: {}", e.toString());
        }
    }

    /** Writes the files that are behind. */
    void write() {
        synchronized (writing) {
            for (UserId user : List.copyOf(unwritten.keySet())) {
                unwritten.remove(user);
                try {
                    files.write(user, book.claims(user));
                } catch (IOException e) {
                    unwritten.put(user, true);
                    log.warn("cannot write what is known of user {}; it is tried again: {}", user, e.toString());
                }
            }
        }
    }
}
