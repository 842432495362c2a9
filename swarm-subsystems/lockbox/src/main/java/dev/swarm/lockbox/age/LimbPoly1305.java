package dev.swarm.lockbox.age;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Poly1305 (RFC 8439 section 2.5) of messages of whole blocks, in limbs of 44, 44 and 42 bits. Confined to one thread.
 *
 * <p>A product of two limbs is split at bit 44: its lower part is that of the multiplication, its upper part is the upper half of
 * the product of both, each ten bits to the left. So no sum of parts overflows, and there are no carries in between. Two blocks are
 * taken at a time, the first of them times the square of r. No branch and no index depends on a key or a text.
 */
final class LimbPoly1305 {

    static final int BLOCK_BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long M44 = (1L << 44) - 1;
    private static final long M42 = (1L << 42) - 1;

    /** The bit above a whole block, in the limb that has it. */
    private static final long TOP = 1L << 40;

    /** 2^132 is 20 modulo 2^130 - 5. */
    private static final int FOLD = 20;

    private static final int LIFT = 10;

    /** The key, and the square of the key. */
    private final Factor once = new Factor();

    private final Factor twice = new Factor();

    private long h0;
    private long h1;
    private long h2;
    private long pad0;
    private long pad1;

    /** What is multiplied by, in limbs. */
    private static final class Factor {
        private long r0;
        private long r1;
        private long r2;

        void set(long limb0, long limb1, long limb2) {
            r0 = limb0;
            r1 = limb1;
            r2 = limb2;
        }
    }

    /** Begins a message with a key of 32 bytes. */
    void start(byte[] key) {
        long t0 = (long) LONG.get(key, 0);
        long t1 = (long) LONG.get(key, Long.BYTES);
        once.set(t0 & 0xFFC_0FFF_FFFFL, ((t0 >>> 44) | (t1 << 20)) & 0xFFF_FFC0_FFFFL, (t1 >>> 24) & 0x00F_FFFF_FC0FL);
        pad0 = (long) LONG.get(key, 2 * Long.BYTES);
        pad1 = (long) LONG.get(key, 3 * Long.BYTES);
        h0 = once.r0;
        h1 = once.r1;
        h2 = once.r2;
        multiply();
        twice.set(h0, h1, h2);
        h0 = 0;
        h1 = 0;
        h2 = 0;
    }

    /** Takes in whole blocks. */
    void update(byte[] in, int from, int blocks) {
        int pairs = blocks / 2;
        updatePairs(in, from, pairs);
        if (blocks % 2 == 1) {
            int at = from + 2 * pairs * BLOCK_BYTES;
            update((long) LONG.get(in, at), (long) LONG.get(in, at + Long.BYTES));
        }
    }

    /** Takes in one block, as two little-endian numbers. */
    void update(long t0, long t1) {
        h0 += t0 & M44;
        h1 += ((t0 >>> 44) | (t1 << 20)) & M44;
        h2 += (t1 >>> 24) | TOP;
        multiply();
    }

    /** Writes the tag of all blocks. */
    void finish(byte[] target, int at) {
        long carry = h1 >>> 44;
        h1 &= M44;
        h2 += carry;
        carry = h2 >>> 42;
        h2 &= M42;
        h0 += carry * 5;
        carry = h0 >>> 44;
        h0 &= M44;
        h1 += carry;
        carry = h1 >>> 44;
        h1 &= M44;
        h2 += carry;
        carry = h2 >>> 42;
        h2 &= M42;
        h0 += carry * 5;
        // Less the modulus, and which of both it is by the sign.
        long g0 = h0 + 5;
        long g1 = h1 + (g0 >>> 44);
        long g2 = h2 + (g1 >>> 44) - (1L << 42);
        long keep = g2 >> 63;
        long f0 = (h0 & keep) | (g0 & M44 & ~keep);
        long f1 = (h1 & keep) | (g1 & M44 & ~keep);
        long f2 = (h2 & keep) | (g2 & ~keep);
        // f0 may have a 45th bit, so it is added and not joined.
        long low = f0 + (f1 << 44);
        long high = (f1 >>> 20) + (f2 << 24) + carry(f0, f1 << 44, low);
        long sum = low + pad0;
        LONG.set(target, at, sum);
        LONG.set(target, at + Long.BYTES, high + pad1 + carry(low, pad0, sum));
    }

    void wipe() {
        once.set(0, 0, 0);
        twice.set(0, 0, 0);
        h0 = 0;
        h1 = 0;
        h2 = 0;
        pad0 = 0;
        pad1 = 0;
    }

    /** What was taken in, times the key. */
    private void multiply() {
        long r0 = once.r0;
        long r1 = once.r1;
        long r2 = once.r2;
        long s1 = FOLD * r1;
        long s2 = FOLD * r2;
        long low0 = low(h0, r0) + low(h1, s2) + low(h2, s1);
        long high0 = high(h0, r0) + high(h1, s2) + high(h2, s1);
        long low1 = low(h0, r1) + low(h1, r0) + low(h2, s2);
        long high1 = high(h0, r1) + high(h1, r0) + high(h2, s2);
        long low2 = low(h0, r2) + low(h1, r1) + low(h2, r0);
        long high2 = high(h0, r2) + high(h1, r1) + high(h2, r0);
        low1 += high0 + (low0 >>> 44);
        low2 += high1 + (low1 >>> 44);
        long over = (high2 << 2) + (low2 >>> 42);
        h0 = (low0 & M44) + 5 * over;
        h1 = (low1 & M44) + (h0 >>> 44);
        h0 &= M44;
        h2 = low2 & M42;
    }

    private void updatePairs(byte[] in, int from, int pairs) {
        long q0 = twice.r0;
        long q1 = twice.r1;
        long q2 = twice.r2;
        long u1 = FOLD * q1;
        long u2 = FOLD * q2;
        long r0 = once.r0;
        long r1 = once.r1;
        long r2 = once.r2;
        long s1 = FOLD * r1;
        long s2 = FOLD * r2;
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        int end = from + 2 * pairs * BLOCK_BYTES;
        for (int at = from; at < end; at += 2 * BLOCK_BYTES) {
            long t0 = (long) LONG.get(in, at);
            long t1 = (long) LONG.get(in, at + 8);
            a0 += t0 & M44;
            a1 += ((t0 >>> 44) | (t1 << 20)) & M44;
            a2 += (t1 >>> 24) | TOP;
            t0 = (long) LONG.get(in, at + 16);
            t1 = (long) LONG.get(in, at + 24);
            long b0 = t0 & M44;
            long b1 = ((t0 >>> 44) | (t1 << 20)) & M44;
            long b2 = (t1 >>> 24) | TOP;
            long low0 = low(a0, q0) + low(a1, u2) + low(a2, u1) + low(b0, r0) + low(b1, s2) + low(b2, s1);
            long high0 = high(a0, q0) + high(a1, u2) + high(a2, u1) + high(b0, r0) + high(b1, s2) + high(b2, s1);
            long low1 = low(a0, q1) + low(a1, q0) + low(a2, u2) + low(b0, r1) + low(b1, r0) + low(b2, s2);
            long high1 = high(a0, q1) + high(a1, q0) + high(a2, u2) + high(b0, r1) + high(b1, r0) + high(b2, s2);
            long low2 = low(a0, q2) + low(a1, q1) + low(a2, q0) + low(b0, r2) + low(b1, r1) + low(b2, r0);
            long high2 = high(a0, q2) + high(a1, q1) + high(a2, q0) + high(b0, r2) + high(b1, r1) + high(b2, r0);
            low1 += high0 + (low0 >>> 44);
            low2 += high1 + (low1 >>> 44);
            long over = (high2 << 2) + (low2 >>> 42);
            a0 = (low0 & M44) + 5 * over;
            a1 = (low1 & M44) + (a0 >>> 44);
            a0 &= M44;
            a2 = low2 & M42;
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
    }

    /** Of two unsigned numbers that were added. */
    private static long carry(long a, long b, long sum) {
        return ((a & b) | ((a | b) & ~sum)) >>> 63;
    }

    /** The 44 lower bits of a product. */
    private static long low(long a, long b) {
        return a * b & M44;
    }

    /** The bits of a product above the lower 44; of factors below 2^53. */
    private static long high(long a, long b) {
        return Math.multiplyHigh(a << LIFT, b << LIFT);
    }
}
