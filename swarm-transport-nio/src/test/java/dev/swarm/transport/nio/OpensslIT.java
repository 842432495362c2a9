package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as {@code openssl s_client} meets it; skipped where there is no openssl. */
class OpensslIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final int BIG = 40_000_000;
    private static final String NOTE = "KEYUPDATE\n";
    private static final String GET = "GET /text HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    static Path directory;

    private static TestNode server;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void serve() throws Exception {
        TestFleet.write(FLEET.node("openssl"), directory);
        server = new TestNode(new NioTransportProvider(), FLEET.node("server"))
                .serve(Route.get(
                        "/text",
                        exchange -> exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("text"))))
                .serve(PatternRoute.of("/big", BIG));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void findTool() throws Exception {
        assumeTrue(isInstalled(), "openssl is not installed");
    }

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void get_requestFromStandardInput_isAnsweredAndClosed() throws Exception {
        Process client = client("-quiet");

        send(client, GET);

        assertThat(text(client)).contains("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\ntext");
        assertThat(exitCode(client)).isZero();
    }

    @Test
    void get_pipelinedWithABadOne_isAnsweredInOrderAndClosed() throws Exception {
        Process client = client("-quiet");

        send(client, "GET /text HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\nHost: a\n\n");

        assertThat(text(client)).containsSubsequence("HTTP/1.1 200 OK\r\n", "text", "HTTP/1.1 400 Bad Request\r\n");
        assertThat(exitCode(client)).isZero();
    }

    @Test
    void connect_tls12_isRefusedWithAnAlert() throws Exception {
        Process client = client("-tls1_2");

        String output = text(client);

        assertThat(output).contains("protocol version");
        assertThat(exitCode(client)).isNotZero();
    }

    @Test
    void connect_tls13_isAtAes128() throws Exception {
        Process client = client("-ign_eof");
        send(client, GET);

        assertThat(text(client)).contains("TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256", "Verify return code: 0 (ok)");
    }

    @Test
    void connect_aSecondTime_resumesTheSessionAndIsServed() throws Exception {
        String session = directory.resolve("session").toString();
        Process first = client("-ign_eof", "-sess_out", session);
        send(first, GET);
        assertThat(text(first)).contains("New, TLSv1.3");

        Process second = client("-ign_eof", "-sess_in", session);
        send(second, GET);

        assertThat(text(second)).contains("Reused, TLSv1.3").contains("\r\n\r\ntext");
    }

    @Test
    void get_keyUpdatesBothWaysDuringTheAnswer_bodyArrivesWhole() throws Exception {
        Process client = client();
        // The commands are letters at the beginning of what s_client reads at once.
        send(client, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        InputStream from = client.getInputStream();
        byte[] buffer = new byte[1 << 16];
        int updates = 0;
        int noted = 0;
        String tail = "";
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            output.write(buffer, 0, count);
            String seen = tail + new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
            noted += occurrences(seen);
            tail = seen.substring(Math.max(0, seen.length() - NOTE.length() + 1));
            boolean begun = output.size() > 10_000;
            // It takes two commands that it reads at once for one.
            if (begun && noted == updates && output.size() > updates * (BIG / 8) && updates < 6) {
                send(client, updates % 2 == 0 ? "K\n" : "k\n");
                updates++;
            }
        }

        byte[] all = output.toByteArray();
        String text = new String(all, StandardCharsets.ISO_8859_1);
        assertThat(noted).as("key updates").isEqualTo(updates).isGreaterThan(1);
        int body = text.indexOf("\r\n\r\n", text.indexOf("HTTP/1.1 200 OK\r\n")) + 4;
        byte[] received = withoutNotes(Arrays.copyOfRange(all, body, all.length));
        assertThat(Arrays.equals(received, PatternContent.bytes(0, BIG))).isTrue();
    }

    private static int occurrences(String text) {
        return text.split(NOTE, -1).length - 1;
    }

    /** Takes out what s_client says in between. */
    private static byte[] withoutNotes(byte[] output) {
        String text = new String(output, StandardCharsets.ISO_8859_1);
        String body = text.replace(NOTE, "");
        return body.substring(0, Math.min(BIG, body.length())).getBytes(StandardCharsets.ISO_8859_1);
    }

    private Process client(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect"));
        command.add("127.0.0.1:" + server.address().port());
        command.addAll(List.of("-CAfile", file("ca.crt"), "-cert", file("node.crt"), "-key", file("node.key")));
        command.addAll(List.of("-verify_return_error"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private static void send(Process process, String text) throws IOException {
        OutputStream to = process.getOutputStream();
        to.write(text.getBytes(StandardCharsets.ISO_8859_1));
        to.flush();
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("openssl", "version")
                    .redirectErrorStream(true)
                    .start();
            String version = text(process);
            return process.waitFor() == 0 && version.startsWith("OpenSSL ");
        } catch (IOException e) {
            return false;
        }
    }
}
