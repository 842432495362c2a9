package dev.swarm.lockbox.age;

import java.util.Arrays;
import java.util.Locale;

/** The text form of keys (BIP 173, without its limit on the length, and with the original checksum constant). */
final class Bech32 {

    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final int CHECKSUM_CHARS = 6;

    private Bech32() {}

    /**
     * Lower-case text; the caller wipes it if it is secret.
     *
     * @param prefix what comes before the separator, in lower case
     */
    static char[] encode(String prefix, byte[] data) {
        byte[] groups = regroup(data, data.length, 8, 5, true);
        byte[] checked = Arrays.copyOf(groups, groups.length + CHECKSUM_CHARS);
        int sum = checksum(prefix, checked, checked.length) ^ 1;
        for (int i = 0; i < CHECKSUM_CHARS; i++) {
            checked[groups.length + i] = (byte) ((sum >>> (5 * (CHECKSUM_CHARS - 1 - i))) & 31);
        }
        char[] text = new char[prefix.length() + 1 + checked.length];
        prefix.getChars(0, prefix.length(), text, 0);
        text[prefix.length()] = '1';
        for (int i = 0; i < checked.length; i++) {
            text[prefix.length() + 1 + i] = ALPHABET.charAt(checked[i]);
        }
        Arrays.fill(groups, (byte) 0);
        Arrays.fill(checked, (byte) 0);
        return text;
    }

    /**
     * The bytes of a text in one case.
     *
     * @throws IllegalArgumentException if it is no such text; the message quotes nothing of it
     */
    static byte[] decode(String prefix, char[] text) {
        int start = prefix.length() + 1;
        if (text.length < start + CHECKSUM_CHARS || text[prefix.length()] != '1') {
            throw new IllegalArgumentException(
                    "key has to start with " + prefix + "1 and has " + text.length + " characters");
        }
        boolean upper = Character.isUpperCase(text[0]);
        String head = upper ? prefix.toUpperCase(Locale.ROOT) : prefix;
        byte[] groups = new byte[text.length - start];
        try {
            for (int i = 0; i < prefix.length(); i++) {
                require(text[i] == head.charAt(i), "key has to start with " + prefix + "1");
            }
            for (int i = 0; i < groups.length; i++) {
                char c = text[start + i];
                require(upper ? !isLower(c) : !isUpper(c), "key has letters of both cases");
                int value = ALPHABET.indexOf(Character.toLowerCase(c));
                require(value >= 0, "key has a character at " + (start + i) + " that no key has");
                groups[i] = (byte) value;
            }
            require(checksum(prefix, groups, groups.length) == 1, "key has a wrong checksum; a character is mistyped");
            return regroup(groups, groups.length - CHECKSUM_CHARS, 5, 8, false);
        } finally {
            Arrays.fill(groups, (byte) 0);
        }
    }

    private static int checksum(String prefix, byte[] groups, int count) {
        int sum = 1;
        for (int i = 0; i < prefix.length(); i++) {
            sum = step(sum, prefix.charAt(i) >>> 5);
        }
        sum = step(sum, 0);
        for (int i = 0; i < prefix.length(); i++) {
            sum = step(sum, prefix.charAt(i) & 31);
        }
        for (int i = 0; i < count; i++) {
            sum = step(sum, groups[i]);
        }
        return sum;
    }

    private static int step(int sum, int value) {
        int top = sum >>> 25;
        int next = ((sum & 0x1ffffff) << 5) ^ value;
        for (int i = 0; i < GENERATOR.length; i++) {
            next ^= ((top >>> i) & 1) == 1 ? GENERATOR[i] : 0;
        }
        return next;
    }

    private static byte[] regroup(byte[] data, int length, int from, int to, boolean pad) {
        byte[] result = new byte[(length * from + (pad ? to - 1 : 0)) / to];
        int bits = 0;
        int value = 0;
        int at = 0;
        for (int i = 0; i < length; i++) {
            value = (value << from) | (data[i] & ((1 << from) - 1));
            bits += from;
            while (bits >= to) {
                bits -= to;
                result[at++] = (byte) ((value >>> bits) & ((1 << to) - 1));
            }
            value &= (1 << bits) - 1;
        }
        if (pad && bits > 0) {
            result[at] = (byte) ((value << (to - bits)) & ((1 << to) - 1));
        } else if (!pad) {
            require(bits < from && value == 0, "key has bits after its end");
        }
        return result;
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static void require(boolean held, String message) {
        if (!held) {
            throw new IllegalArgumentException(message);
        }
    }
}
