package dev.swarm.lockbox.age;

import java.util.Base64;

/** Base 64 without padding, of which each text has one form (RFC 4648 sections 3.2, 3.5 and 4). */
final class CanonicalBase64 {

    private CanonicalBase64() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] decode(String text) throws AgeException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new AgeException(AgeException.Fault.NOT_AGE, "age header has what is no base 64", e);
        }
        if (!encode(bytes).equals(text)) {
            throw AgeHeader.malformed("has base 64 that is padded or has bits after its end");
        }
        return bytes;
    }
}
