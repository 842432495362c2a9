package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SeedOptions;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.admin.AdminServer;
import dev.swarm.examples.browser.Chromium;
import dev.swarm.trait.JsonText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The page of a node as a browser shows it. */
@Tag("browser")
@EnabledIfSystemProperty(named = "swarm.browser", matches = "on", disabledReason = "part of the profile 'browser'")
class PageBrowserIT {

    private static final int CHUNKS = 24;
    private static final String MARKUP = "<img src=x onerror=globalThis.broken=1>";

    /** As near to markup as a label may come. */
    private static final String ENTITY = "&lt;b&gt; 'tools'.zip";

    /** Pictures for people, of the list and of a seed. */
    private static final Path PICTURES = Path.of("target", "pictures");

    @TempDir
    static Path directory;

    private static Fleet fleet;
    private static AdminServer admin;
    private static Chromium browser;
    private static BlobId blob;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = Chromium.find();
        if (program.isEmpty()) {
            System.out.println("skipped: there is no Chromium on this machine");
        }
        Assumptions.assumeTrue(program.isPresent(), "there is no Chromium on this machine");
        Files.createDirectories(PICTURES);
        fleet = new Fleet(directory, 4);
        Path file = Files.write(directory.resolve("firmware-2.4.bin"), Seeds.content(1, CHUNKS << 20));
        blob = fleet.node(0).seed(file, SeedOptions.to("*"));
        Path small = Files.write(directory.resolve("small"), Seeds.content(2, 100));
        fleet.node(0).seed(small, SeedOptions.to("*").withLabel(ENTITY));
        BlobId old =
                fleet.node(0).seed(Files.write(directory.resolve("old.tar"), Seeds.content(3, 9)), SeedOptions.to("*"));
        for (int i = 0; i < 4; i++) {
            fleet.node(i).awaitComplete(blob).get(60, TimeUnit.SECONDS);
        }
        fleet.node(0).revoke(old);
        admin = AdminServer.start(
                fleet.node(1),
                fleet.settings(1),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of());
        browser = Chromium.start(program.get(), Files.createDirectory(directory.resolve("profile")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (admin != null) {
            admin.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @BeforeEach
    void onAWideScreen() {
        browser.width(1_200);
        browser.scheme("light");
    }

    @AfterEach
    void nothingWentWrong_andNobodyElseWasAsked() {
        browser.answerNoMore();
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith(admin.url()));
    }

    @Test
    void list_showsSeedsAsText_andTheirProgressMovesWithoutAReload() throws Exception {
        browser.open(list());
        browser.evaluate("globalThis.kept = document.querySelector('tbody a'); kept.focus()");

        assertThat(browser.texts("tbody th a")).contains("firmware-2.4.bin", "old.tar", ENTITY);
        assertThat(browser.evaluate("document.querySelectorAll('#view img').length"))
                .isEqualTo(0L);
        browser.picture(PICTURES.resolve("list.png"));
        int before = fleet.nodes().size();
        fleet.start(before);

        browser.await("[...document.querySelectorAll('tbody tr')].some(row => row.textContent.includes('firmware')"
                + " && row.lastElementChild.textContent === '" + (before + 1) + "/" + (before + 1) + "')");
        assertThat(browser.evaluate("document.activeElement === kept && kept.isConnected"))
                .isEqualTo(true);
    }

    @Test
    void seed_showsEveryNode_andAMatrixWhoseSumsAreItsChunks() throws Exception {
        browser.open(detail());

        assertThat(browser.texts("section[aria-label=Nodes] tbody th"))
                .contains("node-0.example", "node-1.example", "node-2.example", "node-3.example");
        assertThat(browser.texts("section[aria-label=Nodes] tbody .badge")).containsOnly("complete");
        List<String> sums = browser.texts("td.sum");
        assertThat(sums).hasSizeGreaterThanOrEqualTo(3).containsOnly(String.valueOf(CHUNKS));
        assertThat(browser.evaluate("document.querySelectorAll('canvas[aria-label]').length"))
                .isEqualTo((long) sums.size());
        browser.picture(PICTURES.resolve("seed.png"));
        browser.scheme("dark");
        browser.picture(PICTURES.resolve("seed-dark.png"));
    }

    @Test
    void texts_ofAHostileFleet_areShownAsText() throws Exception {
        String turned = "invoice\u202egnp.exe";
        String hex = "ab".repeat(32);
        browser.answer("/api/seeds/" + hex, hostile(hex, turned));
        browser.open(admin.url() + "payload/" + hex);

        assertThat(browser.texts("h1 bdi")).containsExactly(MARKUP + "invoice\\u202egnp.exe" + "x".repeat(300));
        assertThat(browser.evaluate("globalThis.broken === undefined")).isEqualTo(true);
        assertThat(browser.evaluate("document.querySelectorAll('#view img, #view script').length"))
                .isEqualTo(0L);
        assertThat(browser.texts("section[aria-label=Nodes] tbody th")).hasSize(300);
        assertThat(overflow()).isEqualTo(0L);
        browser.width(360);
        assertThat(overflow()).isEqualTo(0L);
    }

    @Test
    void transferUnderWay_isShownByStateSourceAndFlow() throws Exception {
        String hex = "cd".repeat(32);
        browser.answer("/api/seeds/" + hex, underWay(hex));
        browser.open(admin.url() + "payload/" + hex);

        assertThat(browser.evaluate("document.querySelector('.states').getAttribute('aria-label')"))
                .isEqualTo("3 complete, 3 downloading, 1 pending, 1 skipped");
        assertThat(browser.texts(".pace"))
                .first()
                .asString()
                .startsWith("1.87\u00d7")
                .contains("host-7", "(peers)");
        assertThat(browser.texts("section[aria-label='Where chunks came from'] .legend"))
                .first()
                .asString()
                .contains("cached");
        assertThat(browser.texts("section[aria-label='Chunk flow'] thead"))
                .first()
                .asString()
                .doesNotContain("cached");
        assertThat(browser.texts("section[aria-label='Chunk flow'] p"))
                .containsExactly(
                        "7800\u00a0chunks fetched by 4\u00a0receivers; 1200 more were there before and are not in the table.");
        assertThat(browser.texts("td.sum")).containsExactly("3000", "2100", "1800", "900");
        browser.picture(PICTURES.resolve("under-way.png"));
        browser.width(360);
        assertThat(overflow()).isEqualTo(0L);
        browser.picture(PICTURES.resolve("under-way-narrow.png"));
    }

    @Test
    void narrowScreen_needsNoScrollingSideways() throws Exception {
        browser.width(360);
        for (String url : List.of(list(), detail())) {
            browser.open(url);
            assertThat(overflow()).as(url).isEqualTo(0L);
            browser.picture(PICTURES.resolve(url.equals(list()) ? "list-narrow.png" : "seed-narrow.png"));
        }
    }

    @Test
    void texts_inBothColourSchemes_standOut() throws Exception {
        for (String scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            for (String url : List.of(list(), detail())) {
                browser.open(url);
                assertThat((List<?>) browser.evaluate(CONTRASTS))
                        .as(scheme + " " + url)
                        .isEmpty();
            }
        }
        browser.open(list());
        browser.picture(PICTURES.resolve("list-dark.png"));
    }

    @Test
    void revocation_withTheToken_endsTheSeedWithoutAReload() throws Exception {
        Path file = Files.write(directory.resolve("mistake.bin"), Seeds.content(4, 1_000));
        BlobId mistake = fleet.node(1).seed(file, SeedOptions.to("*"));
        browser.open(admin.url() + "payload/" + mistake.hex());
        browser.evaluate("document.querySelector('details').open = true;"
                + " document.querySelector('#token').value = '"
                + Files.readString(fleet.data(1).resolve("admin.token"))
                + "'; document.querySelector('button').click()");

        browser.await("document.querySelector('h1 .badge').textContent === 'revoked'");

        assertThat(Seeds.isActive(fleet.node(1), mistake)).isFalse();
        assertThat(browser.evaluate("document.querySelector('details').hidden")).isEqualTo(true);
    }

    @Test
    void keyboard_reachesEveryLinkAndButton() throws Exception {
        for (String url : List.of(list(), detail())) {
            browser.open(url);
            browser.evaluate(
                    "document.querySelectorAll('details').forEach(d => d.open = true); globalThis.reached = new Set()");
            long wanted =
                    (Long) browser.evaluate("document.querySelectorAll('a[href], button, input, summary').length");
            for (int i = 0; i < wanted + 10; i++) {
                browser.tab();
                browser.evaluate("void reached.add(document.activeElement)");
            }
            assertThat((List<?>) browser.evaluate("[...document.querySelectorAll('a[href], button, input, summary')]"
                            + ".filter(e => !reached.has(e)).map(e => e.outerHTML)"))
                    .as(url)
                    .isEmpty();
        }
    }

    private static String list() {
        return admin.url() + "payload";
    }

    private static String detail() {
        return admin.url() + "payload/" + blob.hex();
    }

    private static Object overflow() {
        return browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    /** A seed of 3,000 chunks on eight nodes, four of which have got some, each from two others, and two had some before. */
    private static String underWay(String hex) {
        List<Object> nodes = new ArrayList<>();
        Map<String, Object> strips = new LinkedHashMap<>();
        Map<String, Object> hosts = new LinkedHashMap<>();
        String[] states = {
            "complete", "complete", "complete", "downloading", "pending", "skipped", "downloading", "downloading"
        };
        int[] fetched = {0, 3_000, 0, 2_100, 0, 0, 1_800, 900};
        int[] cached = {0, 0, 0, 900, 0, 0, 0, 300};
        for (int i = 0; i < states.length; i++) {
            String host = "host-" + i + ".rack-" + i / 4 + ".example";
            hosts.put("10.0.0." + i + ":1531", host);
            long have = states[i].equals("complete") ? 3_000 : fetched[i] + cached[i];
            Map<String, Object> node =
                    new LinkedHashMap<>(Map.of("host", host, "status", states[i], "chunks_have", have));
            node.put("chunks_total", 3_000);
            node.put("skip_reason", i == 5 ? "disk pressure: 9 % free, needs more than 10 %" : "");
            Map<String, Object> sources = new LinkedHashMap<>();
            List<Object> runs = new ArrayList<>();
            if (fetched[i] > 0) {
                node.putAll(Map.of("ratio", i == 7 ? 1.87 : 1.1, "bound", "peers", "duplicate_bytes", 0));
                sources.put("10.0.0." + (i + 1) % 8 + ":1531", fetched[i] / 3);
                sources.put("10.0.0." + (i + 7) % 8 + ":1531", fetched[i] - fetched[i] / 3);
                for (int run = 0; run < 100; run++) {
                    runs.add(List.of("10.0.0." + (i + (run % 3 == 0 ? 1 : 7)) % 8 + ":1531", fetched[i] / 100));
                }
            }
            if (cached[i] > 0) {
                sources.put("cached", cached[i]);
                runs.add(0, List.of("cached", cached[i]));
            }
            node.put("sources", sources);
            nodes.add(node);
            strips.put(host, runs);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.putAll(Map.of("sha256", hex, "label", "model-weights-2026-11.safetensors", "size", 3_145_728_000L));
        document.putAll(
                Map.of("chunks", 3_000, "chunks_have", 9_000, "target", "*.example,-role=db", "retention", "30d"));
        document.putAll(Map.of("state", "active", "origin", "host-0.rack-0.example", "age_s", 95, "nodes", nodes));
        document.putAll(Map.of("strips", strips, "hosts", hosts));
        document.put(
                "summary",
                Map.of(
                        "complete",
                        3,
                        "downloading",
                        3,
                        "pending",
                        1,
                        "skipped",
                        1,
                        "revoking",
                        0,
                        "revoked",
                        0,
                        "total",
                        8));
        return JsonText.write(json -> JsonText.writeValue(json, document));
    }

    /** A seed as a fleet of liars might tell it: 300 nodes, strips of thousands of runs, markup in every text. */
    private static String hostile(String hex, String turned) {
        List<Object> nodes = new ArrayList<>();
        Map<String, Object> strips = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            String host = "n" + i + "." + "a".repeat(240);
            Map<String, Object> node = new LinkedHashMap<>(Map.of("host", host, "status", "skipped", "chunks_have", 5));
            node.putAll(Map.of("chunks_total", 9_000, "skip_reason", MARKUP + turned, "ratio", 1.5, "bound", MARKUP));
            node.put("sources", Map.of(MARKUP, 4_000, "__proto__", 2, turned, 3, "cached", 1));
            nodes.add(node);
            List<Object> runs = new ArrayList<>();
            for (int run = 0; run < 1_000; run++) {
                runs.add(List.of(run % 2 == 0 ? MARKUP : "cached", 9));
            }
            strips.put(host, runs);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.putAll(Map.of("sha256", hex, "label", MARKUP + turned + "x".repeat(300), "size", 9_437_184_000L));
        document.putAll(
                Map.of("chunks", 9_000, "chunks_have", 5, "target", MARKUP, "retention", "7d", "state", "active"));
        document.putAll(Map.of("origin", "n0", "age_s", 5, "nodes", nodes, "strips", strips, "hosts", Map.of()));
        document.put("unknown", List.of(MARKUP));
        document.put(
                "summary",
                Map.of(
                        "complete",
                        0,
                        "downloading",
                        0,
                        "pending",
                        0,
                        "skipped",
                        300,
                        "revoking",
                        0,
                        "revoked",
                        0,
                        "total",
                        300));
        return JsonText.write(json -> JsonText.writeValue(json, document));
    }

    /** Every visible text whose contrast with what lies behind it is under 4.5, by WCAG 2.2's formula. */
    private static final String CONTRASTS = """
            (() => {
              const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
              const rgba = colour => {
                canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = '#000'; canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
              };
              const over = (top, under) => top.slice(0, 3).map((c, i) => (c * top[3] + under[i] * (255 - top[3])) / 255).concat(255);
              const behind = e => e === null ? rgba(getComputedStyle(document.body).backgroundColor)
                : over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement));
              const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
              const faults = [];
              for (const e of document.querySelectorAll('body *')) {
                const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() !== '');
                if (!own || !e.checkVisibility()) continue;
                const ground = behind(e);
                const a = light(over(rgba(getComputedStyle(e).color), ground)), b = light(ground);
                const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                if (ratio < 4.5) faults.push(e.outerHTML.slice(0, 120) + ' ' + ratio.toFixed(2));
              }
              return faults;
            })()""";
}
