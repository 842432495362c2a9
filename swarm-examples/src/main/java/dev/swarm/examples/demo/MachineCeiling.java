package dev.swarm.examples.demo;

import dev.swarm.Ticker;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How fast this machine could at best deliver: each byte has to be encrypted, decrypted and hashed twice, once in its leaf and
 * once in the whole. Nothing else is counted: no socket, no file.
 */
final class MachineCeiling {

    /** A TLS record (RFC 8446 section 5.1). */
    private static final int RECORD_BYTES = 16 * 1024;

    private static final long WARM_UP_NANOS = 300_000_000L;
    private static final long MEASURED_NANOS = 500_000_000L;
    private static final int TAG_BITS = 128;
    private static final int NONCE_BYTES = 12;

    private MachineCeiling() {}

    /** Bytes a second on all cores together. */
    static double bytesPerSecond(Ticker ticker) throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        try {
            List<Callable<Double>> workers = new ArrayList<>();
            for (int i = 0; i < cores; i++) {
                workers.add(() -> {
                    run(ticker, WARM_UP_NANOS);
                    return run(ticker, MEASURED_NANOS);
                });
            }
            double sum = 0;
            for (Future<Double> worker : threads.invokeAll(workers)) {
                sum += worker.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException("this Java has no AES-GCM or SHA-256", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** The next nonce: a key must not see one twice. */
    private static void count(byte[] nonce) {
        int i = 0;
        while (++nonce[i] == 0) {
            i = (i + 1) % nonce.length;
        }
    }

    private static double run(Ticker ticker, long nanos) throws GeneralSecurityException {
        Cipher encrypt = Cipher.getInstance("AES/GCM/NoPadding");
        Cipher decrypt = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] plain = new byte[RECORD_BYTES];
        byte[] sealed = new byte[RECORD_BYTES + TAG_BITS / 8];
        byte[] nonce = new byte[NONCE_BYTES];
        long start = ticker.nanoTime();
        long bytes = 0;
        while (ticker.nanoTime() - start < nanos) {
            count(nonce);
            GCMParameterSpec parameters = new GCMParameterSpec(TAG_BITS, nonce);
            encrypt.init(Cipher.ENCRYPT_MODE, key, parameters);
            encrypt.doFinal(plain, 0, plain.length, sealed);
            decrypt.init(Cipher.DECRYPT_MODE, key, parameters);
            decrypt.doFinal(sealed, 0, sealed.length, plain);
            digest.update(plain);
            digest.update(plain);
            bytes += plain.length;
        }
        return bytes * 1e9 / (ticker.nanoTime() - start);
    }
}
