package dev.swarm.lockbox.age;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The file key, wrapped for one recipient. Of stanzas that are not X25519, only the arguments are kept. */
final class Stanza {

    static final String X25519 = "X25519";

    private static final String INFO = "age-encryption.org/v1/X25519";

    private final List<String> arguments;
    private final byte[] body;

    Stanza(List<String> arguments, byte[] body) {
        this.arguments = List.copyOf(arguments);
        this.body = body;
    }

    List<String> arguments() {
        return arguments;
    }

    byte[] body() {
        return body;
    }

    static Stanza wrap(byte[] fileKey, Recipient recipient, RandomGenerator random) {
        byte[] once = new byte[Primitives.KEY_BYTES];
        random.nextBytes(once);
        byte[] theirs = recipient.publicKey();
        byte[] share = Primitives.publicKey(once);
        byte[] secret = Primitives.agree(once, theirs);
        Arrays.fill(once, (byte) 0);
        if (secret == null) {
            throw new IllegalArgumentException("recipient " + recipient + " is a point of small order and no key");
        }
        byte[] key = wrappingKey(secret, share, theirs);
        byte[] body = Primitives.seal(key, fileKey);
        Arrays.fill(key, (byte) 0);
        return new Stanza(List.of(X25519, CanonicalBase64.encode(share)), body);
    }

    /** The file key, or null if this is for somebody else. */
    byte @Nullable [] unwrap(AgeIdentity identity) throws AgeException {
        if (!arguments.get(0).equals(X25519)) {
            return null;
        }
        if (arguments.size() != 2 || body.length != AgeHeader.FILE_KEY_BYTES + Primitives.TAG_BYTES) {
            throw AgeHeader.malformed("has an X25519 stanza of the wrong size");
        }
        byte[] share = CanonicalBase64.decode(arguments.get(1));
        if (share.length != Primitives.KEY_BYTES) {
            throw AgeHeader.malformed("has an X25519 share of " + share.length + " bytes, not 32");
        }
        byte[] secret = identity.agree(share);
        if (secret == null) {
            throw AgeHeader.malformed("has an X25519 share of small order");
        }
        byte[] key = wrappingKey(secret, share, identity.recipient().publicKey());
        byte[] fileKey = Primitives.open(key, body);
        Arrays.fill(key, (byte) 0);
        return fileKey;
    }

    private static byte[] wrappingKey(byte[] secret, byte[] share, byte[] recipient) {
        byte[] salt = Arrays.copyOf(share, share.length + recipient.length);
        System.arraycopy(recipient, 0, salt, share.length, recipient.length);
        byte[] key = Primitives.hkdf(secret, salt, INFO);
        Arrays.fill(secret, (byte) 0);
        return key;
    }
}
