package dev.swarm.puddle;

import dev.swarm.user.UserId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 (RFC 8032) over private keys that are plain bytes, which can be wiped; the platform's key objects cannot. Stateless.
 */
final class UserKey {

    /** Length of a private key, in bytes. */
    static final int SECRET_BYTES = Ed25519.SECRET_KEY_SIZE;

    static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

    private static final Pattern DOMAIN = Pattern.compile("[!-~]{1,64}");

    private UserKey() {}

    /** The user whose private key this is. */
    static UserId idOf(byte[] secret) {
        byte[] publicKey = new byte[UserId.BYTES];
        Ed25519.generatePublicKey(secret, 0, publicKey, 0);
        return UserId.of(publicKey);
    }

    /** What is signed for a fleet and a domain. */
    static byte[] message(String fleet, String domain, byte[] message) {
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException(
                    "domain has to be 1 to 64 visible ASCII characters; it has " + domain.length());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("swarm-user/1\0" + fleet + "\0" + domain + "\0").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(message);
        return bytes.toByteArray();
    }

    static byte[] sign(byte[] secret, byte[] message) {
        byte[] signature = new byte[SIGNATURE_BYTES];
        Ed25519.sign(secret, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /** Whether the user's key made the signature; false as well if the id is no point of the curve. */
    static boolean verify(UserId user, byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_BYTES
                && Ed25519.verify(signature, 0, user.publicKey(), 0, message, 0, message.length);
    }
}
