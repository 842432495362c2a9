package dev.swarm.puddle;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A secret that a person reads from one screen and types at another: 26 characters of base32 (RFC 4648 section 6), 130 bits drawn
 * at random. So many that trying them all is out of reach, whatever was recorded. Stateless.
 */
final class ShortKey {

    static final int CHARACTERS = 26;

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int GROUP = 4;

    private ShortKey() {}

    /** A new secret, one character a byte; the caller wipes it. */
    static byte[] draw(RandomGenerator random) {
        byte[] key = new byte[CHARACTERS];
        random.nextBytes(key);
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) ALPHABET.charAt(key[i] & 31);
        }
        return key;
    }

    /** How it is shown: groups of four with hyphens between them. The caller wipes it. */
    static char[] show(byte[] key) {
        char[] shown = new char[CHARACTERS + (CHARACTERS - 1) / GROUP];
        int at = 0;
        for (int i = 0; i < key.length; i++) {
            if (i > 0 && i % GROUP == 0) {
                shown[at++] = '-';
            }
            shown[at++] = (char) key[i];
        }
        return shown;
    }

    /**
     * Reads what a person typed, in small letters too, with or without hyphens and spaces. The caller wipes the result.
     *
     * @param what what it is, for messages
     * @throws IllegalArgumentException if it cannot be one; the message tells how many characters there are, not which
     */
    static byte[] parse(String what, char[] typed) {
        byte[] key = new byte[CHARACTERS];
        int length = 0;
        for (char each : typed) {
            if (each == '-' || each == ' ') {
                continue;
            }
            char upper = each >= 'a' && each <= 'z' ? (char) (each - 'a' + 'A') : each;
            if (ALPHABET.indexOf(upper) < 0 || length == CHARACTERS) {
                length = -1;
                break;
            }
            key[length++] = (byte) upper;
        }
        if (length != CHARACTERS) {
            Arrays.fill(key, (byte) 0);
            throw new IllegalArgumentException(what + " has to be " + CHARACTERS
                    + " letters and digits from 2 to 7, in groups as they were shown; check what was typed");
        }
        return key;
    }
}
