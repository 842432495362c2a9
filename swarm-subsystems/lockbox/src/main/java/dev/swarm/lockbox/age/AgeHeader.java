package dev.swarm.lockbox.age;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** The text at the start of an age file: for whom it is, and their wrapped keys. Immutable. */
final class AgeHeader {

    static final int FILE_KEY_BYTES = 16;

    /** Each stanza costs a scalar multiplication before anything is authentic; more machines than this has no user. */
    static final int MAX_STANZAS = 128;

    static final int MAX_BYTES = 64 * 1024;

    static final String FIRST_LINE = "age-encryption.org/v1";

    private static final String END = "---";
    private static final String ARROW = "-> ";
    private static final int COLUMNS = 64;

    private final List<Stanza> stanzas;
    private final byte[] covered;
    private final byte[] code;
    private final byte[] bytes;

    /**
     * @param bytes all of it
     * @param covered the bytes that the authentication code covers
     * @param code the authentication code
     */
    private AgeHeader(List<Stanza> stanzas, byte[] bytes, byte[] covered, byte[] code) {
        this.stanzas = stanzas;
        this.bytes = bytes;
        this.covered = covered;
        this.code = code;
    }

    /** A header for these recipients, each once, in the order of their text so that it does not tell who made it. */
    static byte[] write(byte[] fileKey, Collection<Recipient> recipients, RandomGenerator random) {
        if (recipients.isEmpty() || recipients.size() > MAX_STANZAS) {
            throw new IllegalArgumentException("file is to be encrypted to " + recipients.size() + " recipients; 1 to "
                    + MAX_STANZAS + " are possible");
        }
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        for (Recipient recipient : new TreeSet<>(recipients)) {
            Stanza stanza = Stanza.wrap(fileKey, recipient, random);
            text.append(ARROW).append(String.join(" ", stanza.arguments())).append('\n');
            text.append(CanonicalBase64.encode(stanza.body())).append('\n');
        }
        text.append(END);
        byte[] code = code(fileKey, text.toString().getBytes(StandardCharsets.US_ASCII));
        text.append(' ').append(CanonicalBase64.encode(code)).append('\n');
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a header and nothing after it. */
    static AgeHeader read(InputStream source) throws IOException {
        Lines lines = new Lines(source);
        if (!lines.next().equals(FIRST_LINE)) {
            throw malformed("does not start with " + FIRST_LINE);
        }
        List<Stanza> stanzas = new ArrayList<>();
        String line = lines.next();
        while (line.startsWith(ARROW)) {
            if (stanzas.size() == MAX_STANZAS) {
                throw malformed("has more than " + MAX_STANZAS + " recipients");
            }
            stanzas.add(new Stanza(arguments(line), body(lines)));
            line = lines.next();
        }
        if (stanzas.isEmpty() || !line.startsWith(END + " ")) {
            throw malformed(stanzas.isEmpty() ? "names no recipient" : "has a line that is neither stanza nor end");
        }
        byte[] code = CanonicalBase64.decode(line.substring(END.length() + 1));
        return new AgeHeader(stanzas, lines.seen(), lines.coveredBefore(line.length() - END.length()), code);
    }

    /** The header as it was read. */
    byte[] bytes() {
        return bytes.clone();
    }

    /** The file key; the caller wipes it. */
    byte[] unwrap(AgeIdentity identity) throws AgeException {
        for (Stanza stanza : stanzas) {
            byte[] fileKey = stanza.unwrap(identity);
            if (fileKey != null) {
                if (!MessageDigest.isEqual(code(fileKey, covered), code)) {
                    Arrays.fill(fileKey, (byte) 0);
                    throw new AgeException(AgeException.Fault.DAMAGED, "age header was changed after it was written");
                }
                return fileKey;
            }
        }
        throw new AgeException(
                AgeException.Fault.NOT_FOR_US,
                "age file has " + stanzas.size() + " recipients, and " + identity.recipient() + " is none of them");
    }

    static AgeException malformed(String what) {
        return new AgeException(AgeException.Fault.NOT_AGE, "age header " + what);
    }

    private static byte[] code(byte[] fileKey, byte[] covered) {
        byte[] key = Primitives.hkdf(fileKey, new byte[0], "header");
        byte[] code = Primitives.hmac(key, covered);
        Arrays.fill(key, (byte) 0);
        return code;
    }

    private static List<String> arguments(String line) throws AgeException {
        List<String> arguments = Arrays.asList(line.substring(ARROW.length()).split(" ", -1));
        for (String argument : arguments) {
            if (argument.isEmpty() || argument.chars().anyMatch(c -> c < '!' || c > '~')) {
                throw malformed("has an argument that is empty or not visible ASCII");
            }
        }
        return arguments;
    }

    private static byte[] body(Lines lines) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String line;
        do {
            line = lines.next();
            if (line.length() > COLUMNS) {
                throw malformed("has a line of more than " + COLUMNS + " columns");
            }
            body.writeBytes(CanonicalBase64.decode(line));
        } while (line.length() == COLUMNS);
        return body.toByteArray();
    }

    /** Lines that end with a line feed, and their bytes. Bounded. */
    private static final class Lines {

        private final InputStream source;
        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

        Lines(InputStream source) {
            this.source = source;
        }

        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            int c = read();
            while (c != '\n') {
                line.append((char) c);
                c = read();
            }
            return line.toString();
        }

        byte[] seen() {
            return seen.toByteArray();
        }

        /** What was read, less the line feed and the last {@code chars}. */
        byte[] coveredBefore(int chars) {
            return Arrays.copyOf(seen.toByteArray(), seen.size() - 1 - chars);
        }

        private int read() throws IOException {
            int c = source.read();
            if (c < 0) {
                throw malformed("ends too early");
            }
            if (seen.size() == MAX_BYTES) {
                throw malformed("is longer than " + MAX_BYTES + " bytes");
            }
            seen.write(c);
            return c;
        }
    }
}
