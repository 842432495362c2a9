package dev.swarm.examples;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Stands between a machine and another inside their TLS, sees every request and answer, and keeps them. */
final class TlsRelay implements AutoCloseable {

    private final SSLServerSocket server;
    private final Answerer answerer;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** One exchange as it went over the wire, heads and bodies, a character for each byte. */
    record Seen(String request, String answer) {

        String path() {
            return request.split(" ", 3)[1];
        }

        byte[] requestBody() {
            return bytes(body(request));
        }

        String answerBody() {
            return body(answer);
        }

        private static String body(String message) {
            return message.substring(message.indexOf("\r\n\r\n") + 4);
        }
    }

    /** Answers a request. */
    interface Answerer {
        String answer(String request) throws IOException;
    }

    /** Has this host's name to those who call it. */
    TlsRelay(NodeCredentials credentials, Answerer answerer) throws GeneralSecurityException, IOException {
        this.answerer = answerer;
        server = (SSLServerSocket)
                RawMember.context(credentials).getServerSocketFactory().createServerSocket();
        server.setNeedClientAuth(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::accept, "tls-relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks a machine under the name of another. */
    static Answerer to(PeerAddress target, NodeCredentials credentials) throws GeneralSecurityException, IOException {
        SSLContext context = RawMember.context(credentials);
        return request -> {
            try (Socket socket = context.getSocketFactory().createSocket(target.ip(), target.port())) {
                socket.getOutputStream().write(bytes(request));
                return message(socket.getInputStream());
            }
        };
    }

    PeerAddress address() {
        return PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress());
    }

    /** All exchanges so far. */
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "tls-relay-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed, or a caller that went away.
            }
        }
    }

    private void serve(Socket connection) {
        try (Socket socket = connection) {
            while (true) {
                String request = message(socket.getInputStream());
                String answer = answerer.answer(request);
                seen.add(new Seen(request, answer));
                socket.getOutputStream().write(bytes(answer));
            }
        } catch (IOException e) {
            // The caller is done.
        }
    }

    private static String message(InputStream source) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (!message.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = source.read();
            if (next < 0) {
                throw new IOException("the connection ended within the head");
            }
            message.write(next);
        }
        message.write(source.readNBytes(RawMember.contentLength(message.toString(StandardCharsets.ISO_8859_1))));
        return message.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
