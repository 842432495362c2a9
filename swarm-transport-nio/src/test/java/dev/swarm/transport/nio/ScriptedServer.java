package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;

/**
 * A server on the JDK's blocking sockets that answers each target with bytes laid down beforehand.
 *
 * <p>One connection is served after the other, each for as long as its answers let it. Safe for many threads.
 */
final class ScriptedServer implements AutoCloseable {

    /** What follows the bytes of an answer. */
    enum End {
        /** The next request is awaited. */
        STAY,
        /** TLS is closed, then the socket. */
        CLOSE,
        /** TLS is closed for sending; the socket is closed when the client has closed too. */
        HALF_CLOSE,
        /** The socket is closed without a word of TLS. */
        CUT,
        /** The socket is reset. */
        RESET
    }

    private record Answer(String bytes, End end) {}

    private final MemberTls member;
    private final ServerSocket listener;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> targets = new ArrayList<>();

    /** Listens on the loopback interface. */
    ScriptedServer(MemberTls member) throws IOException {
        this.member = member;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lays down an answer. */
    void answer(String target, String bytes, End end) {
        answers.put(target, new Answer(bytes, end));
    }

    PeerAddress address() {
        return PeerAddress.of((InetSocketAddress) listener.getLocalSocketAddress());
    }

    /** The targets asked for so far, with a comma where a connection began. */
    List<String> targets() {
        synchronized (targets) {
            return List.copyOf(targets);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket plain = listener.accept()) {
                plain.setSoTimeout(10_000);
                plain.setTcpNoDelay(true);
                serve(plain);
            } catch (IOException e) {
                // The client cut the connection, as it has to for many answers; or the listener is closed.
                note("cut");
            }
        }
    }

    private void serve(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) member.context().getSocketFactory().createSocket(plain, null, false);
        socket.setUseClientMode(false);
        socket.setNeedClientAuth(true);
        note(",");
        boolean open = true;
        while (open) {
            String target = readTarget(socket.getInputStream());
            if (target == null) {
                return;
            }
            note(target);
            Answer answer = answers.get(target);
            socket.getOutputStream().write(answer.bytes().getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            open = answer.end() == End.STAY;
            end(plain, socket, answer.end());
        }
    }

    private static void end(Socket plain, SSLSocket socket, End end) throws IOException {
        switch (end) {
            case STAY -> {}
            case CLOSE -> socket.close();
            case HALF_CLOSE -> {
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
            case CUT -> plain.close();
            case RESET -> {
                plain.setSoLinger(true, 0);
                plain.close();
            }
        }
    }

    private void note(String target) {
        synchronized (targets) {
            targets.add(target);
        }
    }

    /** The target of the next request, which has no body; null at the end. */
    private static String readTarget(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        return head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/1.1"));
    }
}
