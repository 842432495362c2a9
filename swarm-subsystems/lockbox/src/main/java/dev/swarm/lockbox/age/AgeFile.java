package dev.swarm.lockbox.age;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Encrypts and decrypts files of the age format in constant memory. Safe for many threads; calls block on their streams.
 *
 * <p>Streams stay the caller's and are read in large pieces, so they need no buffer.
 */
public final class AgeFile {

    /** How every age file starts. */
    public static final String FIRST_LINE = AgeHeader.FIRST_LINE;

    /** Longest header that is read. */
    public static final int MAX_HEADER_BYTES = AgeHeader.MAX_BYTES;

    private static final int PAYLOAD_NONCE_BYTES = 16;

    private final RandomGenerator random;
    private final Workers workers;

    /**
     * Threads that encrypt and decrypt.
     *
     * @param executor the host's
     * @param threads how many of them one file may keep busy, at least 1
     */
    public record Workers(Executor executor, int threads) {

        /** Checks the number. */
        public Workers {
            Objects.requireNonNull(executor, "executor");
            if (threads < 1) {
                throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
            }
        }
    }

    /**
     * Creates a way to encrypt and decrypt.
     *
     * @param random unpredictable; keys are made from it. Safe for many threads
     */
    public AgeFile(RandomGenerator random, Workers workers) {
        this.random = Objects.requireNonNull(random, "random");
        this.workers = Objects.requireNonNull(workers, "workers");
    }

    /**
     * Encrypts a stream up to its end.
     *
     * @param recipients 1 to 128; any one of their keys decrypts
     * @return the payload's id, as {@link #payloadOf} gives it
     */
    public String encrypt(InputStream plain, OutputStream target, Collection<Recipient> recipients) throws IOException {
        byte[] nonce = randomBytes(PAYLOAD_NONCE_BYTES);
        try (WipedKey fileKey = new WipedKey(randomBytes(AgeHeader.FILE_KEY_BYTES));
                WipedKey key = fileKey.ofPayload(nonce)) {
            target.write(AgeHeader.write(fileKey.bytes(), recipients, random));
            target.write(nonce);
            Payload.encrypt(plain, target, key.bytes(), workers);
            return HexFormat.of().formatHex(nonce);
        }
    }

    /**
     * Decrypts a stream up to its end. What is written before a failure is a true beginning of what was encrypted.
     *
     * @throws AgeException if it is no age file, not for this identity, cut off or changed
     */
    public void decrypt(InputStream source, OutputStream plain, AgeIdentity identity) throws IOException {
        InputStream buffered = new BufferedInputStream(source);
        try (WipedKey fileKey = fileKey(buffered, identity);
                WipedKey key = fileKey.ofPayload(nonce(buffered))) {
            Payload.decrypt(buffered, plain, key.bytes(), workers);
        }
    }

    /**
     * Copies a file with other recipients; its payload stays byte for byte what it was, so that only the header is new to whoever
     * has it. Somebody who could read the old file, and kept its key, can read the new one: to shut somebody out, encrypt anew.
     *
     * @param identity of a recipient of the old file
     * @return the payload's id, which stays
     */
    public String rewrap(
            InputStream source, OutputStream target, AgeIdentity identity, Collection<Recipient> recipients)
            throws IOException {
        InputStream buffered = new BufferedInputStream(source);
        try (WipedKey fileKey = fileKey(buffered, identity)) {
            target.write(AgeHeader.write(fileKey.bytes(), recipients, random));
            byte[] nonce = nonce(buffered);
            target.write(nonce);
            buffered.transferTo(target);
            return HexFormat.of().formatHex(nonce);
        }
    }

    /**
     * Encrypts the text of a file anew, with another key and another payload, which shuts out whoever had the old one. The text is in
     * memory only, a piece at a time.
     *
     * @param identity of a recipient of the old file
     * @return the new payload's id
     * @throws AgeException as {@link #decrypt}; what was written then is to be thrown away
     */
    public String reencrypt(
            InputStream source, OutputStream target, AgeIdentity identity, Collection<Recipient> recipients)
            throws IOException {
        InputStream buffered = new BufferedInputStream(source);
        try (WipedKey fileKey = fileKey(buffered, identity);
                WipedKey key = fileKey.ofPayload(nonce(buffered));
                InputStream plain = new DecryptingStream(buffered, key.bytes())) {
            return encrypt(plain, target, recipients);
        }
    }

    /**
     * What stays of a file when its recipients change, and of no other file: the payload's nonce, in 32 hexadecimal digits.
     *
     * @throws AgeException if it is no age file
     */
    public static String payloadOf(InputStream source) throws IOException {
        InputStream buffered = new BufferedInputStream(source);
        AgeHeader.read(buffered);
        return HexFormat.of().formatHex(nonce(buffered));
    }

    /**
     * The header of a file, at most {@link #MAX_HEADER_BYTES}. Nothing after it is read, so that the source goes on with the payload.
     *
     * @param source buffered; read byte by byte
     * @throws AgeException if it is no age file
     */
    public static byte[] header(InputStream source) throws IOException {
        return AgeHeader.read(source).bytes();
    }

    private static WipedKey fileKey(InputStream source, AgeIdentity identity) throws IOException {
        return new WipedKey(AgeHeader.read(source).unwrap(identity));
    }

    private byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] nonce(InputStream source) throws IOException {
        byte[] nonce = source.readNBytes(PAYLOAD_NONCE_BYTES);
        if (nonce.length < PAYLOAD_NONCE_BYTES) {
            throw new AgeException(AgeException.Fault.DAMAGED, "age file ends after its header");
        }
        return nonce;
    }

    /** Whether these are the first bytes of an age file. At least {@link #FIRST_LINE} and a line feed are needed to tell. */
    public static boolean startsLikeAge(byte[] beginning) {
        byte[] line = (FIRST_LINE + "\n").getBytes(StandardCharsets.US_ASCII);
        return beginning.length >= line.length && Arrays.equals(line, 0, line.length, beginning, 0, line.length);
    }
}
