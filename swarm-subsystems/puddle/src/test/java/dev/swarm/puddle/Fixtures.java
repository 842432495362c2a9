package dev.swarm.puddle;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.user.UserId;
import java.util.Random;

/** Keys and claims for tests. */
final class Fixtures {

    static final String FLEET = "ab".repeat(32);

    private Fixtures() {}

    /** A private key that is the same each time. */
    static byte[] secret(long number) {
        byte[] secret = new byte[UserKey.SECRET_BYTES];
        new Random(number).nextBytes(secret);
        return secret;
    }

    static UserId user(long number) {
        return UserKey.idOf(secret(number));
    }

    static SignedClaim device(long user, String host, boolean joined, long millis) {
        return claim(user, user, Claim.Kind.DEVICE, host, joined, joined ? "" : "left", millis);
    }

    static SignedClaim name(long user, String name, long millis) {
        return claim(user, user, Claim.Kind.NAME, "", true, name, millis);
    }

    static SignedClaim grant(long user, long signer, long delegate, Delegation grant, long millis) {
        return claim(user, signer, Claim.Kind.DELEGATION, user(delegate).hex(), true, grant.toString(), millis);
    }

    static SignedClaim revocation(long user, long signer, long delegate, long millis) {
        return claim(user, signer, Claim.Kind.DELEGATION, user(delegate).hex(), false, "", millis);
    }

    /** A claim of one user, signed by the key of another. */
    static SignedClaim claim(
            long user, long signer, Claim.Kind kind, String subject, boolean standing, String value, long millis) {
        Claim claim = new Claim(user(user), kind, subject, standing, value, HybridTimestamp.of(millis, 0));
        byte[] message = UserKey.message(FLEET, SignedClaim.DOMAIN, claim.toBytes());
        return SignedClaim.byKey(claim, user(signer), UserKey.sign(secret(signer), message));
    }
}
