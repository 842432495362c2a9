package dev.swarm.puddle;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.LwwMap;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is claimed of one user, each claim verified before it comes here. Claims join in any order to the same; what a key says
 * counts only while the founder's chain of delegations leads to it. Confined to one thread at a time.
 */
final class UserClaims {

    /** Claims of one user: sixty devices with half a dozen attributes each. */
    static final int MAX_CLAIMS = 512;

    /** Bytes of one user's claims. */
    static final int MAX_BYTES = 256 * 1024;

    private final UserId user;
    private final LwwMap<SignedClaim.Place, SignedClaim> claims = new LwwMap<>(SignedClaim.ORDER);
    private int bytes;
    private @Nullable KeyHash digest;

    UserClaims(UserId user) {
        this.user = user;
    }

    /** Takes a claim in; whether that changed anything. One that finds no room, or whose signer has no say, does not. */
    boolean merge(SignedClaim signed) {
        SignedClaim.Place place = signed.place();
        SignedClaim before = claims.get(place);
        int more = signed.encoded().length - (before == null ? 0 : before.encoded().length);
        if (!isNews(signed) || !mayClaim(signed) || !claims.merge(place, signed)) {
            return false;
        }
        bytes += more;
        digest = null;
        if (signed.claim().kind() == Claim.Kind.DELEGATION) {
            drop();
        }
        return true;
    }

    /** Whether a claim, if it is genuine, wins over what stands in its place, and there is room for it. */
    boolean isNews(SignedClaim signed) {
        SignedClaim known = claims.get(signed.place());
        int more = signed.encoded().length - (known == null ? 0 : known.encoded().length);
        return bytes + more <= MAX_BYTES
                && (known == null ? claims.size() < MAX_CLAIMS : SignedClaim.ORDER.compare(signed, known) > 0);
    }

    /** Drops what keys said to which no delegation leads any more. */
    private void drop() {
        for (SignedClaim signed : List.copyOf(all())) {
            if (!mayClaim(signed)) {
                claims.remove(signed.place());
                bytes -= signed.encoded().length;
            }
        }
    }

    /** An operator takes devices out and nothing else; a delegated key may do what the founder may, until it expires. */
    private boolean mayClaim(SignedClaim signed) {
        Claim claim = signed.claim();
        UserId key = signed.key();
        if (key == null) {
            return claim.kind() == Claim.Kind.DEVICE && !claim.standing();
        }
        if (key.equals(user)) {
            return true;
        }
        Delegation grant = delegates().get(key);
        return grant != null
                && claim.clock().epochMillis() <= grant.untilMillis()
                && (claim.kind() != Claim.Kind.DELEGATION || !claim.standing() || grant.depth() > 0);
    }

    /** The keys to which a chain leads from the founder, with what remains of depth and time for each. */
    private Map<UserId, Delegation> delegates() {
        Map<UserId, Delegation> found = new TreeMap<>();
        Deque<UserId> open = new ArrayDeque<>(List.of(user));
        while (!open.isEmpty()) {
            UserId issuer = open.remove();
            Delegation limit = issuer.equals(user)
                    ? new Delegation(Long.MAX_VALUE, Delegation.MAX_CHAIN - 1)
                    : Objects.requireNonNull(found.get(issuer));
            for (SignedClaim signed : grantsOf(issuer)) {
                UserId key = new UserId(signed.claim().subject());
                Delegation grant = narrowed(signed, issuer, limit);
                if (grant != null
                        && !key.equals(user)
                        && found.size() < Delegation.MAX_KEYS
                        && improves(found, key, grant)) {
                    found.put(key, grant);
                    open.add(key);
                }
            }
        }
        return found;
    }

    private static boolean improves(Map<UserId, Delegation> found, UserId key, Delegation grant) {
        Delegation before = found.get(key);
        return before == null || (grant.depth() > before.depth() && grant.untilMillis() >= before.untilMillis());
    }

    private List<SignedClaim> grantsOf(UserId issuer) {
        return all().stream()
                .filter(signed -> signed.claim().kind() == Claim.Kind.DELEGATION
                        && signed.claim().standing()
                        && issuer.equals(signed.key()))
                .toList();
    }

    private @Nullable Delegation narrowed(SignedClaim signed, UserId issuer, Delegation limit) {
        boolean direct = issuer.equals(user);
        Claim claim = signed.claim();
        if (!direct && (limit.depth() == 0 || claim.clock().epochMillis() > limit.untilMillis() || isRevoked(claim))) {
            return null;
        }
        Delegation grant = Delegation.parse(claim.value());
        int depth = Math.min(grant.depth(), direct ? limit.depth() : limit.depth() - 1);
        return new Delegation(Math.min(grant.untilMillis(), limit.untilMillis()), depth);
    }

    /** Whether the founder took back what any other key delegates. */
    private boolean isRevoked(Claim claim) {
        SignedClaim own = claims.get(new SignedClaim.Place(Claim.Kind.DELEGATION, claim.subject(), user.hex()));
        return own != null && !own.claim().standing();
    }

    /** The keys that act for the user at a time. */
    Set<UserId> delegates(long epochMillis) {
        Set<UserId> keys = new HashSet<>();
        delegates().forEach((key, grant) -> {
            if (epochMillis <= grant.untilMillis()) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** The machines that joined and neither left nor were evicted. */
    List<UserDevice> devices() {
        Map<String, SignedClaim> hosts = latest(Claim.Kind.DEVICE);
        Map<String, SignedClaim> attributes = latest(Claim.Kind.ATTRIBUTE);
        List<UserDevice> devices = new ArrayList<>();
        hosts.forEach((host, signed) -> {
            if (signed.claim().standing()) {
                devices.add(new UserDevice(
                        new PeerId(host),
                        attributes(attributes, host, signed.claim().clock())));
            }
        });
        return devices;
    }

    /** What a machine told before it joined last is of a machine that was another. */
    private static Map<String, String> attributes(Map<String, SignedClaim> all, String host, HybridTimestamp since) {
        Map<String, String> attributes = new TreeMap<>();
        String prefix = host + "/";
        all.forEach((subject, signed) -> {
            if (subject.startsWith(prefix)
                    && signed.claim().standing()
                    && signed.claim().clock().isAfter(since)) {
                attributes.put(
                        subject.substring(prefix.length()), signed.claim().value());
            }
        });
        return attributes;
    }

    /** The name the user wants, or null. */
    @Nullable
    String name() {
        SignedClaim signed = latest(Claim.Kind.NAME).get("");
        return signed == null || !signed.claim().standing()
                ? null
                : signed.claim().value();
    }

    private Map<String, SignedClaim> latest(Claim.Kind kind) {
        Map<String, SignedClaim> latest = new TreeMap<>();
        for (SignedClaim signed : all()) {
            if (signed.claim().kind() == kind) {
                latest.merge(signed.claim().subject(), signed, (a, b) -> SignedClaim.ORDER.compare(a, b) >= 0 ? a : b);
            }
        }
        return latest;
    }

    /** Every claim, in the same order on every node. */
    Collection<SignedClaim> all() {
        return claims.view().values();
    }

    int bytes() {
        return bytes;
    }

    /** A hash over all claims; equal on nodes that hold the same. */
    KeyHash digest() {
        KeyHash known = digest;
        if (known == null) {
            MessageDigest sha = sha256();
            all().forEach(signed -> sha.update(sha256().digest(signed.encoded())));
            known = KeyHash.of(sha.digest());
            digest = known;
        }
        return known;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
