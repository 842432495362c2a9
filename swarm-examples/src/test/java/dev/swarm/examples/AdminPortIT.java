package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SeedOptions;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.admin.AdminServer;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the admin port of a node answers, and whom it turns away. */
class AdminPortIT {

    private static final Path METRICS_PAGE = Path.of("..", "docs", "metrics.md");

    @TempDir
    static Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private static Fleet fleet;
    private static AdminServer admin;
    private static BlobId blob;

    @BeforeAll
    static void start() throws Exception {
        fleet = new Fleet(directory, 2);
        Path file = Files.write(directory.resolve("app.bin"), Seeds.content(1, 5 << 20));
        blob = fleet.node(0).seed(file, SeedOptions.to("*"));
        fleet.node(1).awaitComplete(blob).get(60, TimeUnit.SECONDS);
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        admin = AdminServer.start(fleet.node(0), fleet.settings(0), loopback, List.of("swarm.example"));
    }

    @AfterAll
    static void stop() {
        admin.close();
        fleet.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    localhost           | 200
                    LOCALHOST:8080      | 200
                    127.0.0.1           | 200
                    [::1]:9             | 200
                    swarm.example:443   | 200
                    evil.example        | 421
                    127.0.0.1.evil.org  | 421
                    localhost.          | 421
                    ''                  | 421
                    """)
    void request_calledByAnotherName_isTurnedAway(String host, int status) throws Exception {
        assertThat(raw("GET /api/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void request_withoutAName_orWithTwo_isTurnedAway() throws Exception {
        assertThat(raw("GET /api/status HTTP/1.1\r\nConnection: close\r\n\r\n")).doesNotStartWith("HTTP/1.1 200");
        assertThat(raw("GET /api/status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .doesNotStartWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"payload", "assets/page.js", "api/seeds", "metrics", "nothing"})
    void everyAnswer_keepsForeignContentOut(String path) throws Exception {
        Map<String, List<String>> fields = get(path).headers().map();

        assertThat(fields.get("content-security-policy").get(0))
                .startsWith("default-src 'none'; script-src 'self';")
                .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'");
        assertThat(fields).containsEntry("x-content-type-options", List.of("nosniff"));
        assertThat(fields).containsEntry("referrer-policy", List.of("no-referrer"));
        assertThat(fields).containsKey("cache-control");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, api/seeds, 405",
        "DELETE, payload, 405",
        "PUT, metrics, 405",
        "GET, assets/..%2fpage.html, 404",
        "GET, assets/../page.html, 404",
        "GET, payload/xyz, 404",
        "GET, '', 302"
    })
    void request_thatIsNoReading_orOfNoPath_isRefused(String method, String path, int status) throws Exception {
        assertThat(raw(method + " /" + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void head_answersAsGetWithoutTheBody() throws Exception {
        HttpRequest head = HttpRequest.newBuilder(URI.create(admin.url() + "payload"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> answer = client.send(head, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValueAsLong("content-length").orElse(0))
                .isPositive();
    }

    @Test
    void revocation_needsTheTokenOfThisRun() throws Exception {
        Path content = Files.write(directory.resolve("old.bin"), Seeds.content(2, 10));
        BlobId old = fleet.node(0).seed(content, SeedOptions.to("node-0*"));
        Path file = fleet.data(0).resolve("admin.token");
        String token = Files.readString(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        assertThat(revoke(old, "").statusCode()).isEqualTo(403);
        assertThat(revoke(old, "x".repeat(token.length())).statusCode()).isEqualTo(403);
        assertThat(Seeds.isActive(fleet.node(0), old)).isTrue();
        assertThat(get("api/seeds/" + old + "/revoke").statusCode()).isEqualTo(405);
        assertThat(revoke(old, token).body()).contains("\"state\":\"revoked\",\"still_published_by\":[]");
        assertThat(Seeds.isActive(fleet.node(0), old)).isFalse();
        assertThat(revoke(old, token).statusCode()).isEqualTo(404);
    }

    @Test
    void health_isWhatTheDoctorFinds() throws Exception {
        Path lonely = Files.writeString(fleet.data(0).resolve("seed").resolve("lonely"), "no terms");
        TestWait.until(() -> failed().contains("seeds"));

        assertThat(failed()).containsOnly("seeds");
        assertThat(json("api/health")).containsEntry("ok", false);
        Files.delete(lonely);
        TestWait.until(() -> Boolean.TRUE.equals(json("api/health").get("ok")));
        assertThat(checks())
                .extracting(check -> String.valueOf(check.get("name")))
                .contains("multicast", "address", "peers", "clock", "deny-list", "disk", "gates", "seeds");
    }

    private List<String> failed() throws Exception {
        return checks().stream()
                .filter(check -> Boolean.FALSE.equals(check.get("ok")))
                .filter(check -> !String.valueOf(check.get("remedy")).isEmpty())
                .map(check -> String.valueOf(check.get("name")))
                .toList();
    }

    private List<Map<?, ?>> checks() throws Exception {
        List<Map<?, ?>> checks = new ArrayList<>();
        ((List<?>) json("api/health").get("checks")).forEach(check -> checks.add((Map<?, ?>) check));
        return checks;
    }

    @Test
    void seed_isToldAsTheCommandTellsIt_withStripsThatCoverItsChunks() throws Exception {
        TestWait.until(() -> ((Map<?, ?>) json("api/seeds/" + blob).get("summary"))
                .get("complete")
                .equals(2L));

        Map<String, Object> seed = json("api/seeds/" + blob);

        assertThat(seed.keySet())
                .contains("sha256", "label", "size", "chunks", "state", "nodes", "summary", "strips", "hosts");
        Map<?, ?> strips = (Map<?, ?>) seed.get("strips");
        List<?> strip = (List<?>) strips.get("node-1.example");
        assertThat(strip.stream()
                        .mapToLong(run -> (Long) ((List<?>) run).get(1))
                        .sum())
                .isEqualTo(5);
        Map<?, ?> flow = (Map<?, ?>) seed.get("flow");
        assertThat(flow).hasSize(1);
        assertThat(((Map<?, ?>) flow.get("node-1.example")).toString())
                .isEqualTo("{" + fleet.node(0).address() + "=5}");
        assertThat((List<?>) ((Map<?, ?>) json("api/seeds")).get("seeds")).isNotEmpty();
        assertThat(json("api/status"))
                .containsEntry("host", "node-0.example")
                .containsKeys("gates", "manifest_version", "cache_bytes", "downloading", "last_checkin");
        assertThat((List<?>) json("api/peers").get("peers")).hasSize(1);
        assertThat((List<?>) json("api/health").get("checks")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(get("api/seeds/" + "0".repeat(64)).statusCode()).isEqualTo(404);
    }

    @Test
    void metrics_parse_andAreThoseOfTheirPage() throws Exception {
        HttpResponse<String> answer = get("metrics");
        assertThat(answer.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        List<String> documented = new ArrayList<>();
        for (String line : Files.readAllLines(METRICS_PAGE)) {
            if (line.startsWith("| `swarm_")) {
                String[] cells = line.split("\\|", -1);
                documented.add(cells[1].strip().replace("`", "") + " " + cells[2].strip());
            }
        }

        Set<String> told = typesOf(answer.body());

        assertThat(documented).doesNotHaveDuplicates().hasSizeGreaterThan(15);
        // No coordinator has answered, so that there is no time at which one did.
        documented.remove("swarm_last_checkin_timestamp_seconds gauge");
        assertThat(told).containsExactlyInAnyOrderElementsOf(documented);
        assertThat(answer.body()).contains("\nswarm_gate_open{subsystem=\"filecast\"} 1\n");
        assertThat(answer.body()).containsPattern("\nswarm_sent_bytes_total [1-9]");
    }

    @Test
    void health_followsTheNode() throws Exception {
        try (Fleet alone = new Fleet(directory.resolve("alone"), 1);
                AdminServer port = AdminServer.start(
                        alone.node(0),
                        alone.settings(0),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        List.of())) {
            assertThat(get(port, "health/live").statusCode()).isEqualTo(200);
            assertThat(get(port, "health/ready").statusCode()).isEqualTo(200);

            alone.node(0).close();

            assertThat(get(port, "health/live").statusCode()).isEqualTo(503);
            assertThat(get(port, "health/ready").statusCode()).isEqualTo(503);
        }
    }

    /** Every metric with its type; fails on a line that the text format 0.0.4 does not have. */
    private static Set<String> typesOf(String text) {
        Set<String> types = new TreeSet<>();
        String family = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                family = line.split(" ", 4)[2];
                assertThat(types.add(line.substring("# TYPE ".length())))
                        .as(line)
                        .isTrue();
                assertThat(line.endsWith(" counter")).as(line).isEqualTo(family.endsWith("_total"));
            } else if (!line.startsWith("# HELP ")) {
                assertThat(line).matches("[a-z_]+(\\{[a-z]+=\"[^\"\\\\]*\"})? -?[0-9]+(\\.[0-9]+)?");
                assertThat(line).startsWith(family);
            }
        }
        return types;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get(admin, path);
    }

    private HttpResponse<String> get(AdminServer port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(port.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private Map<String, Object> json(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonText.readObject(answer.body());
    }

    private HttpResponse<String> revoke(BlobId which, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin.url() + "api/seeds/" + which + "/revoke"))
                .header("X-Swarm-Token", token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(admin.address().getAddress(), admin.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
