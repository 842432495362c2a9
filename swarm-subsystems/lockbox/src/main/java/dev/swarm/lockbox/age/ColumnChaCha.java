package dev.swarm.lockbox.age;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The key stream of ChaCha20 (RFC 8439 section 2.4), 256 blocks at a time. Confined to one thread.
 *
 * <p>Each word of the state lies side by side for all blocks, so that a quarter round is a loop over one array, which the JVM's
 * second compiler turns into vector instructions. It does so only if it sees that the words do not overlap: hence one array,
 * constant distances and eight loops that are written out. No branch and no index depends on a key or a text.
 */
final class ColumnChaCha {

    /** Blocks at a time: the state, 16 KiB, stays in the first cache, and the ends of the loops cost little. */
    static final int BLOCKS = 256;

    static final int BLOCK_BYTES = 64;
    static final int GROUP_BYTES = BLOCKS * BLOCK_BYTES;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int WORDS = 16;
    private static final int KEY_WORD = 4;
    private static final int COUNTER_WORD = 12;
    private static final int NONCE_WORD = 13;
    private static final int DOUBLE_ROUNDS = 10;
    private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    private static final long LOW = 0xFFFF_FFFFL;

    private static final int W0 = 0;
    private static final int W1 = BLOCKS;
    private static final int W2 = 2 * BLOCKS;
    private static final int W3 = 3 * BLOCKS;
    private static final int W4 = 4 * BLOCKS;
    private static final int W5 = 5 * BLOCKS;
    private static final int W6 = 6 * BLOCKS;
    private static final int W7 = 7 * BLOCKS;
    private static final int W8 = 8 * BLOCKS;
    private static final int W9 = 9 * BLOCKS;
    private static final int W10 = 10 * BLOCKS;
    private static final int W11 = 11 * BLOCKS;
    private static final int W12 = 12 * BLOCKS;
    private static final int W13 = 13 * BLOCKS;
    private static final int W14 = 14 * BLOCKS;
    private static final int W15 = 15 * BLOCKS;

    private final int[] initial = new int[WORDS];
    private final int[] state = new int[WORDS * BLOCKS];

    ColumnChaCha(byte[] key) {
        System.arraycopy(CONSTANTS, 0, initial, 0, CONSTANTS.length);
        for (int i = 0; i < Primitives.KEY_BYTES / Integer.BYTES; i++) {
            initial[KEY_WORD + i] = (int) INT.get(key, i * Integer.BYTES);
        }
    }

    void setNonce(byte[] nonce) {
        for (int i = 0; i < Primitives.NONCE_BYTES / Integer.BYTES; i++) {
            initial[NONCE_WORD + i] = (int) INT.get(nonce, i * Integer.BYTES);
        }
    }

    /** Computes the key stream of {@link #BLOCKS} blocks, the first of which has this counter. */
    void compute(int counter) {
        initial[COUNTER_WORD] = counter;
        for (int word = 0; word < WORDS; word++) {
            Arrays.fill(state, word * BLOCKS, (word + 1) * BLOCKS, initial[word]);
        }
        for (int i = 0; i < BLOCKS; i++) {
            state[W12 + i] += i;
        }
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            columns(state);
            diagonals(state);
        }
    }

    /** Adds the key stream to some bytes, from its beginning. At most {@link #GROUP_BYTES}. */
    void apply(byte[] in, int from, int size, byte[] out, int to) {
        int whole = size / BLOCK_BYTES;
        for (int block = 0; block < whole; block++) {
            int at = block * BLOCK_BYTES;
            for (int word = 0; word < WORDS; word += 2) {
                int place = at + word * Integer.BYTES;
                LONG.set(out, to + place, (long) LONG.get(in, from + place) ^ pair(block, word));
            }
        }
        for (int at = whole * BLOCK_BYTES; at < size; at++) {
            int inBlock = at % BLOCK_BYTES;
            long pair = pair(at / BLOCK_BYTES, inBlock / Long.BYTES * 2);
            out[to + at] = (byte) (in[from + at] ^ (pair >>> (inBlock % Long.BYTES * Byte.SIZE)));
        }
    }

    /** The beginning of block 0, as much as fits. Leaves nothing to {@link #apply}. */
    void first(byte[] target) {
        initial[COUNTER_WORD] = 0;
        int[] words = initial.clone();
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            for (int j = 0; j < 4; j++) {
                quarter(words, j, 4 + j, 8 + j, 12 + j);
            }
            for (int j = 0; j < 4; j++) {
                quarter(words, j, 4 + (j + 1) % 4, 8 + (j + 2) % 4, 12 + (j + 3) % 4);
            }
        }
        for (int word = 0; word < target.length / Integer.BYTES; word++) {
            INT.set(target, word * Integer.BYTES, words[word] + initial[word]);
        }
        Arrays.fill(words, 0);
    }

    void wipe() {
        Arrays.fill(state, 0);
        Arrays.fill(initial, 0);
    }

    private long pair(int block, int word) {
        int low = state[word * BLOCKS + block] + initial[word] + (word == COUNTER_WORD ? block : 0);
        int high = state[(word + 1) * BLOCKS + block] + initial[word + 1];
        return (low & LOW) | ((long) high << Integer.SIZE);
    }

    private static void quarter(int[] s, int a, int b, int c, int d) {
        s[a] += s[b];
        s[d] = Integer.rotateLeft(s[d] ^ s[a], 16);
        s[c] += s[d];
        s[b] = Integer.rotateLeft(s[b] ^ s[c], 12);
        s[a] += s[b];
        s[d] = Integer.rotateLeft(s[d] ^ s[a], 8);
        s[c] += s[d];
        s[b] = Integer.rotateLeft(s[b] ^ s[c], 7);
    }

    private static void columns(int[] s) {
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W0 + i] + s[W4 + i];
            int d = Integer.rotateLeft(s[W12 + i] ^ a, 16);
            int c = s[W8 + i] + d;
            int b = Integer.rotateLeft(s[W4 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W0 + i] = a;
            s[W4 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W8 + i] = c;
            s[W12 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W1 + i] + s[W5 + i];
            int d = Integer.rotateLeft(s[W13 + i] ^ a, 16);
            int c = s[W9 + i] + d;
            int b = Integer.rotateLeft(s[W5 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W1 + i] = a;
            s[W5 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W9 + i] = c;
            s[W13 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W2 + i] + s[W6 + i];
            int d = Integer.rotateLeft(s[W14 + i] ^ a, 16);
            int c = s[W10 + i] + d;
            int b = Integer.rotateLeft(s[W6 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W2 + i] = a;
            s[W6 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W10 + i] = c;
            s[W14 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W3 + i] + s[W7 + i];
            int d = Integer.rotateLeft(s[W15 + i] ^ a, 16);
            int c = s[W11 + i] + d;
            int b = Integer.rotateLeft(s[W7 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W3 + i] = a;
            s[W7 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W11 + i] = c;
            s[W15 + i] = d;
        }
    }

    private static void diagonals(int[] s) {
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W0 + i] + s[W5 + i];
            int d = Integer.rotateLeft(s[W15 + i] ^ a, 16);
            int c = s[W10 + i] + d;
            int b = Integer.rotateLeft(s[W5 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W0 + i] = a;
            s[W5 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W10 + i] = c;
            s[W15 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W1 + i] + s[W6 + i];
            int d = Integer.rotateLeft(s[W12 + i] ^ a, 16);
            int c = s[W11 + i] + d;
            int b = Integer.rotateLeft(s[W6 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W1 + i] = a;
            s[W6 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W11 + i] = c;
            s[W12 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W2 + i] + s[W7 + i];
            int d = Integer.rotateLeft(s[W13 + i] ^ a, 16);
            int c = s[W8 + i] + d;
            int b = Integer.rotateLeft(s[W7 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W2 + i] = a;
            s[W7 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W8 + i] = c;
            s[W13 + i] = d;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int a = s[W3 + i] + s[W4 + i];
            int d = Integer.rotateLeft(s[W14 + i] ^ a, 16);
            int c = s[W9 + i] + d;
            int b = Integer.rotateLeft(s[W4 + i] ^ c, 12);
            a += b;
            d = Integer.rotateLeft(d ^ a, 8);
            c += d;
            s[W3 + i] = a;
            s[W4 + i] = Integer.rotateLeft(b ^ c, 7);
            s[W9 + i] = c;
            s[W14 + i] = d;
        }
    }
}
