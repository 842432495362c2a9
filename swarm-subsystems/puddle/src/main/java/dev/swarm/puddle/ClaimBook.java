package dev.swarm.puddle;

import dev.swarm.crdt.HybridClock;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.KeyHash;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of users: those of its own in full, others so that a machine of theirs that was away finds it here, within
 * bounds. Decides alone; reads no clock and no file. Safe for many threads.
 */
final class ClaimBook {

    /** Users without an account here whose claims are carried. */
    static final int MAX_CARRIED_USERS = 4096;

    /** Bytes of claims carried for them, together. */
    static final long MAX_CARRIED_BYTES = 32L << 20;

    private final Predicate<UserId> isOwn;
    private final Object lock = new Object();
    private final HybridClock clock = new HybridClock();
    private final Map<UserId, UserClaims> users = new TreeMap<>();

    /**
     * An empty book.
     *
     * @param isOwn whether a user has an account on this machine; asked from any thread
     */
    ClaimBook(Predicate<UserId> isOwn) {
        this.isOwn = isOwn;
    }

    /** Those of some claims that would change something if they are genuine: worth the cost of verifying. */
    List<SignedClaim> fresh(List<SignedClaim> claims, long nowMillis) {
        synchronized (lock) {
            Carried carried = carried();
            return claims.stream()
                    .filter(signed -> clock.admits(signed.claim().clock(), nowMillis)
                            && hasRoom(signed, carried)
                            && isNews(signed))
                    .toList();
        }
    }

    private boolean isNews(SignedClaim signed) {
        UserClaims of = users.get(signed.claim().user());
        return of == null || of.isNews(signed);
    }

    private boolean hasRoom(SignedClaim signed, Carried carried) {
        UserId user = signed.claim().user();
        return isOwn.test(user)
                || (carried.bytes + signed.encoded().length <= MAX_CARRIED_BYTES
                        && (users.containsKey(user) || carried.users < MAX_CARRIED_USERS));
    }

    /**
     * Takes in claims whose signatures hold. Delegations come first, so that what their keys say finds them in place.
     *
     * @return the users of whom something is known that was not
     */
    Set<UserId> merge(Collection<SignedClaim> verified, long nowMillis) {
        Set<UserId> changed = new TreeSet<>();
        List<SignedClaim> waiting = verified.stream()
                .sorted(Comparator.comparing(
                        (SignedClaim signed) -> signed.claim().kind() != Claim.Kind.DELEGATION))
                .toList();
        synchronized (lock) {
            Carried carried = carried();
            for (int chain = 0; chain <= Delegation.MAX_CHAIN && !waiting.isEmpty(); chain++) {
                List<SignedClaim> left = new ArrayList<>();
                for (SignedClaim signed : waiting) {
                    if (mergeOne(signed, nowMillis, carried)) {
                        changed.add(signed.claim().user());
                    } else {
                        left.add(signed);
                    }
                }
                waiting = left;
            }
        }
        return changed;
    }

    /** What is held for users without an account here. */
    private static final class Carried {
        private int users;
        private long bytes;
    }

    private Carried carried() {
        Carried carried = new Carried();
        users.forEach((user, claims) -> {
            if (!isOwn.test(user)) {
                carried.users++;
                carried.bytes += claims.bytes();
            }
        });
        return carried;
    }

    private boolean mergeOne(SignedClaim signed, long nowMillis, Carried carried) {
        UserId user = signed.claim().user();
        UserClaims of = users.get(user);
        if (!hasRoom(signed, carried)
                || !clock.admits(signed.claim().clock(), nowMillis)
                || (of == null && !user.equals(signed.key()))) {
            return false;
        }
        UserClaims into = of == null ? new UserClaims(user) : of;
        int before = into.bytes();
        if (!into.merge(signed)) {
            return false;
        }
        clock.observe(signed.claim().clock(), nowMillis);
        if (!isOwn.test(user)) {
            carried.bytes += into.bytes() - before;
            carried.users += of == null ? 1 : 0;
        }
        users.put(user, into);
        return true;
    }

    /** A timestamp after all that is known. */
    HybridTimestamp next(long nowMillis) {
        synchronized (lock) {
            return clock.next(nowMillis);
        }
    }

    /** The machines of a user; none if nothing is known. */
    List<UserDevice> devices(UserId user) {
        return of(user, List.of(), UserClaims::devices);
    }

    /** What a user wants to be called, or null. */
    @Nullable
    String name(UserId user) {
        synchronized (lock) {
            UserClaims of = users.get(user);
            return of == null ? null : of.name();
        }
    }

    /** Everyone who claims a name. */
    List<UserId> claimants(String name) {
        synchronized (lock) {
            return users.entrySet().stream()
                    .filter(each -> name.equals(each.getValue().name()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    /** The keys that may act for a user now. */
    Set<UserId> delegates(UserId user, long nowMillis) {
        return of(user, Set.of(), claims -> claims.delegates(nowMillis));
    }

    /** All that is claimed of a user. */
    List<SignedClaim> claims(UserId user) {
        return of(user, List.of(), claims -> List.copyOf(claims.all()));
    }

    /** How much is claimed of a user, in bytes. */
    int bytes(UserId user) {
        return of(user, 0, UserClaims::bytes);
    }

    private <T> T of(UserId user, T otherwise, Function<UserClaims, T> what) {
        synchronized (lock) {
            UserClaims claims = users.get(user);
            return claims == null ? otherwise : what.apply(claims);
        }
    }

    /** Of how many users something is known. */
    int size() {
        synchronized (lock) {
            return users.size();
        }
    }

    /** A hash over everything. */
    KeyHash digest() {
        MessageDigest sha = UserClaims.sha256();
        synchronized (lock) {
            users.forEach((user, claims) -> {
                sha.update(user.publicKey());
                sha.update(claims.digest().toString().getBytes(StandardCharsets.US_ASCII));
            });
        }
        return KeyHash.of(sha.digest());
    }

    /** A hash over each user's claims. */
    Map<UserId, KeyHash> digests() {
        Map<UserId, KeyHash> digests = new HashMap<>();
        synchronized (lock) {
            users.forEach((user, claims) -> digests.put(user, claims.digest()));
        }
        return digests;
    }

    /** The users of whom a peer holds something else, or of whom one side holds nothing; those of this machine first. */
    List<UserId> differing(Map<UserId, KeyHash> theirs) {
        Map<UserId, KeyHash> ours = digests();
        Set<UserId> all = new TreeSet<>(ours.keySet());
        all.addAll(theirs.keySet());
        return all.stream()
                .filter(user -> !Objects.equals(ours.get(user), theirs.get(user)))
                .sorted(Comparator.comparing((UserId user) -> !isOwn.test(user)))
                .toList();
    }

    /** The claims of some users, as many of them whole as a frame takes; an honest peer asks for the others again. */
    List<SignedClaim> portion(List<UserId> wanted) {
        List<SignedClaim> portion = new ArrayList<>();
        int bytes = 0;
        synchronized (lock) {
            for (UserId user : wanted) {
                UserClaims claims = users.get(user);
                if (claims != null && bytes <= ClaimFrames.FULL_BYTES) {
                    portion.addAll(claims.all());
                    bytes += claims.bytes();
                }
            }
        }
        return portion;
    }
}
