package dev.swarm.puddle;

import dev.swarm.SwarmException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * What one guess at a passphrase costs: Argon2id, version 0x13 (RFC 9106). Immutable.
 *
 * @param memoryKib memory in KiB, {@link #MIN_MEMORY_KIB} to {@link #MAX_MEMORY_KIB}
 * @param passes 1 to {@link #MAX_PASSES}
 * @param lanes 1 to {@link #MAX_LANES}
 */
record Argon2Cost(int memoryKib, int passes, int lanes) {

    /** The second recommendation of RFC 9106 section 4: a tenth of a second, and no burden for a small machine. */
    static final Argon2Cost DEFAULT = new Argon2Cost(64 * 1024, 3, 4);

    /** Below it a guess is cheap on any graphics card; OWASP's least memory for one lane. */
    static final int MIN_MEMORY_KIB = 7 * 1024;

    /** A gibibyte: a file that asks for more would be a way to fill this machine's memory. */
    static final int MAX_MEMORY_KIB = 1024 * 1024;

    static final int MAX_PASSES = 10;
    static final int MAX_LANES = 16;

    private static final int MAX_UTF8_BYTES = 3;

    Argon2Cost {
        if (memoryKib < MIN_MEMORY_KIB
                || memoryKib > MAX_MEMORY_KIB
                || passes < 1
                || passes > MAX_PASSES
                || lanes < 1
                || lanes > MAX_LANES) {
            throw new SwarmException(
                    SwarmException.Reason.CORRUPT,
                    "key file asks for Argon2id with " + memoryKib + " KiB, " + passes + " passes and " + lanes
                            + " lanes; allowed are " + MIN_MEMORY_KIB + " to " + MAX_MEMORY_KIB + " KiB, 1 to "
                            + MAX_PASSES + " passes and 1 to " + MAX_LANES + " lanes; restore the file from a backup");
        }
    }

    /** The key that a passphrase gives; the caller wipes both. Takes as long and as much memory as the cost says. */
    byte[] derive(char[] passphrase, byte[] salt) {
        byte[] key = new byte[XChaCha.KEY_BYTES];
        byte[] bytes = utf8(passphrase);
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        try {
            generator.generateBytes(bytes, key);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        return key;
    }

    private static byte[] utf8(char[] passphrase) {
        ByteBuffer encoded = ByteBuffer.allocate(MAX_UTF8_BYTES * passphrase.length);
        CoderResult unused = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(passphrase), encoded, true);
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }
}
