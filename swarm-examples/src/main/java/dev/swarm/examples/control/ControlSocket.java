package dev.swarm.examples.control;

import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines of JSON over a Unix domain socket: one request, one answer, then the end. */
final class ControlSocket {

    /** Largest line taken; a request names a file and a target. */
    private static final int MAX_LINE_BYTES = 1 << 20;

    /** What a socket's path may have on Linux, with its final zero. */
    private static final int MAX_PATH_BYTES = 107;

    private ControlSocket() {}

    static UnixDomainSocketAddress address(Path socket) throws IOException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new IOException("path of the control socket " + socket + " has " + length
                    + " bytes, the system takes " + MAX_PATH_BYTES + "; use a shorter --data directory");
        }
        return UnixDomainSocketAddress.of(socket);
    }

    static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(address(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether it is for want of permission that nobody answers: of a node that may not be asked nothing else is told. */
    static boolean isForbidden(Path socket) {
        try {
            socket.getFileSystem().provider().checkAccess(socket, AccessMode.WRITE);
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static void writeLine(SocketChannel channel, Map<String, @Nullable Object> members) throws IOException {
        String text = JsonText.write(json -> JsonText.writeValue(json, members));
        ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static Map<String, @Nullable Object> readLine(SocketChannel channel) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(4096);
        while (true) {
            if (channel.read(line) < 0) {
                throw new IOException("the control connection ended before its line did");
            }
            int end = line.position() - 1;
            if (end >= 0 && line.get(end) == '\n') {
                String text = new String(line.array(), 0, end, StandardCharsets.UTF_8);
                return new LinkedHashMap<>(JsonText.readObject(text));
            }
            if (!line.hasRemaining()) {
                line = grow(line);
            }
        }
    }

    private static ByteBuffer grow(ByteBuffer full) throws IOException {
        if (full.capacity() >= MAX_LINE_BYTES) {
            throw new IOException("line on the control socket is longer than " + MAX_LINE_BYTES + " bytes");
        }
        return ByteBuffer.allocate(2 * full.capacity()).put(full.flip());
    }
}
