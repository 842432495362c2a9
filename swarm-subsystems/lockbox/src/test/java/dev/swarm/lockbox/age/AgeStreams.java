package dev.swarm.lockbox.age;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/**
 * Sends a long text through the {@code age} command and back, as a program of its own that a test gives little memory: {@code KEY-FILE
 * SEED BYTES}. Prints the SHA-256 of the text, of what the command decrypted, and of what was decrypted here.
 */
final class AgeStreams {

    private static final int PIECE_BYTES = 64 * 1024;

    private final AgeFile age;
    private final Path key;
    private final AgeIdentity identity;
    private final long seed;
    private final long bytes;

    private AgeStreams(Path key, long seed, long bytes) throws IOException {
        this.age = new AgeFile(new SplittableRandom(seed), new AgeFile.Workers(ForkJoinPool.commonPool(), 2));
        this.key = key;
        this.identity = AgeIdentity.parse(Files.readString(key).toCharArray());
        this.seed = seed;
        this.bytes = bytes;
    }

    public static void main(String[] args) throws Exception {
        AgeStreams streams = new AgeStreams(Path.of(args[0]), Long.parseLong(args[1]), Long.parseLong(args[2]));
        MessageDigest text = sha256();
        streams.write(new DigestOutputStream(OutputStream.nullOutputStream(), text));
        System.out.println(hex(text));
        System.out.println(streams.decryptedByTheCommand());
        System.out.println(streams.decryptedHere());
    }

    private String decryptedByTheCommand() throws IOException, InterruptedException {
        Process command = command("age", "-d", "-i", key.toString());
        CompletableFuture<Void> fed = feed(command, target -> {
            try (InputStream text = new Text()) {
                age.encrypt(text, target, List.of(identity.recipient()));
            }
        });
        MessageDigest digest = sha256();
        command.getInputStream().transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        fed.join();
        check(command);
        return hex(digest);
    }

    private String decryptedHere() throws IOException, InterruptedException {
        Process command = command("age", "-r", identity.recipient().text());
        CompletableFuture<Void> fed = feed(command, this::write);
        MessageDigest digest = sha256();
        age.decrypt(
                command.getInputStream(), new DigestOutputStream(OutputStream.nullOutputStream(), digest), identity);
        fed.join();
        check(command);
        return hex(digest);
    }

    private void write(OutputStream target) throws IOException {
        try (InputStream text = new Text()) {
            text.transferTo(target);
        }
    }

    private interface Writer {
        void write(OutputStream target) throws IOException;
    }

    private static CompletableFuture<Void> feed(Process command, Writer writer) {
        return CompletableFuture.runAsync(
                () -> {
                    try (OutputStream target = command.getOutputStream()) {
                        writer.write(target);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                work -> new Thread(work, "age-feeder").start());
    }

    private static Process command(String... words) throws IOException {
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void check(Process command) throws InterruptedException {
        if (command.waitFor() != 0) {
            throw new IllegalStateException("age ended with status " + command.exitValue());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Random bytes, the same each time. */
    private final class Text extends InputStream {

        private final SplittableRandom random = new SplittableRandom(seed);
        private final byte[] piece = new byte[PIECE_BYTES];
        private int at = PIECE_BYTES;
        private long left = bytes;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            if (at == PIECE_BYTES) {
                random.nextBytes(piece);
                at = 0;
            }
            int given = (int) Math.min(left, Math.min(length, PIECE_BYTES - at));
            System.arraycopy(piece, at, target, offset, given);
            at += given;
            left -= given;
            return given;
        }
    }
}
