package dev.swarm.examples.control;

import dev.swarm.trait.JsonText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and one answer over a session socket: a line of JSON as on the control socket; then, if its member
 * {@code secret_bytes} says so, a secret in UTF-8 that never becomes a string.
 */
final class SessionSocket {

    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_SECRET_BYTES = 4096;
    private static final String SECRET_BYTES = "secret_bytes";

    /** Member of a request after which content goes in both directions. */
    static final String CONTENT = "content";

    private SessionSocket() {}

    static void write(SocketChannel channel, Map<String, @Nullable Object> request, char[] secret) throws IOException {
        ByteBuffer encoded = ByteBuffer.allocate(3 * secret.length);
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(secret), encoded, true);
        encoded.flip();
        try {
            Map<String, @Nullable Object> line = new LinkedHashMap<>(request);
            line.put(SECRET_BYTES, (long) encoded.remaining());
            ControlSocket.writeLine(channel, line);
            while (encoded.hasRemaining()) {
                channel.write(encoded);
            }
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }

    /** Reads a request up to the end of its line, byte by byte, for the secret may be right behind it. */
    static Map<String, @Nullable Object> readRequest(SocketChannel channel) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(MAX_LINE_BYTES);
        while (line.hasRemaining()) {
            line.limit(line.position() + 1);
            if (channel.read(line) < 0) {
                throw new EOFException("the session connection ended before its line did");
            }
            line.limit(line.capacity());
            if (line.get(line.position() - 1) == '\n') {
                String text = new String(line.array(), 0, line.position() - 1, StandardCharsets.UTF_8);
                return new LinkedHashMap<>(JsonText.readObject(text));
            }
        }
        throw new IOException("line on the session socket is longer than " + MAX_LINE_BYTES + " bytes");
    }

    /** Reads the secret that follows a request. The caller wipes it. */
    static char[] readSecret(SocketChannel channel, Map<String, @Nullable Object> request) throws IOException {
        long length = request.get(SECRET_BYTES) instanceof Long bytes ? bytes : 0;
        if (length < 0 || length > MAX_SECRET_BYTES) {
            throw new IOException("secret of " + length + " bytes, limit " + MAX_SECRET_BYTES);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        CharBuffer characters = CharBuffer.allocate((int) length);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("the session connection ended before its secret did");
                }
            }
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip(), characters, true);
            return Arrays.copyOf(characters.array(), characters.position());
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
            Arrays.fill(characters.array(), '\0');
        }
    }
}
