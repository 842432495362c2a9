package dev.swarm.examples;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * Has a machine's name to another, at an address of its own, and passes every byte on to that machine under the other's name, from the
 * address where the other is supposed to be. Keeps what goes through inside TLS, in both directions. With one before each of two
 * machines, they know each other at these addresses alone.
 */
final class TlsTap implements AutoCloseable {

    private static final int PIECE_BYTES = 64 * 1024;

    private final SSLServerSocket server;
    private final List<Recording> recordings = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** Where a tap takes what comes: the machine it leads to, as whom it goes there, and from which address. */
    record Way(PeerAddress target, NodeCredentials as, InetAddress from) {}

    /** Bytes of one direction of a connection. */
    private static final class Recording {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        synchronized void add(byte[] piece, int length) {
            bytes.write(piece, 0, length);
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }
    }

    /** Listens with somebody's certificate. */
    TlsTap(NodeCredentials named, InetSocketAddress address) throws GeneralSecurityException, IOException {
        server = (SSLServerSocket)
                RawMember.context(named).getServerSocketFactory().createServerSocket();
        server.setNeedClientAuth(true);
        server.bind(address);
    }

    PeerAddress address() {
        return PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress());
    }

    void start(Way way) throws GeneralSecurityException, IOException {
        SSLContext context = RawMember.context(way.as);
        run(() -> {
            while (!server.isClosed()) {
                accept(context, way);
            }
        });
    }

    /** What went through so far: one array for each direction of each connection. */
    List<byte[]> recorded() {
        List<byte[]> all = new ArrayList<>();
        for (Recording each : recordings) {
            all.add(each.bytes());
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept(SSLContext context, Way way) {
        Socket near;
        try {
            near = server.accept();
        } catch (IOException e) {
            return;
        }
        open.add(near);
        try {
            Socket far = context.getSocketFactory().createSocket(way.target.ip(), way.target.port(), way.from, 0);
            open.add(far);
            run(() -> pass(near, far));
            run(() -> pass(far, near));
        } catch (IOException e) {
            // The machine behind is not there.
            shut(near);
        }
    }

    private void pass(Socket source, Socket target) {
        Recording recording = new Recording();
        recordings.add(recording);
        byte[] piece = new byte[PIECE_BYTES];
        try {
            InputStream in = source.getInputStream();
            OutputStream out = target.getOutputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                recording.add(piece, length);
                out.write(piece, 0, length);
            }
        } catch (IOException e) {
            // One of the two ended the connection.
        } finally {
            shut(source);
            shut(target);
        }
    }

    private void shut(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "tls-tap");
        thread.setDaemon(true);
        thread.start();
    }
}
