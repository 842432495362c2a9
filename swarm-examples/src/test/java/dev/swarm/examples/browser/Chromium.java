package dev.swarm.examples.browser;

import dev.swarm.examples.TestWait;
import dev.swarm.trait.JsonText;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** One page of a headless Chromium, driven over its DevTools protocol. */
public final class Chromium implements AutoCloseable {

    private final Process process;
    private final WebSocket socket;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<Map<String, Object>>> calls = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private Chromium(Process process, String page) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(page), new Events())
                .join();
    }

    /** Where the program is on this machine. */
    public static Optional<Path> find() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(place -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(Path.of(place)::resolve))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it with a profile of its own. */
    public static Chromium start(Path program, Path profile) throws Exception {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        System.getProperty("user.name").equals("root") ? "--no-sandbox" : "--headless=new",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-extensions",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--no-default-browser-check",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolveSibling("chromium.log").toFile())
                .start();
        Path port = profile.resolve("DevToolsActivePort");
        TestWait.until(() -> Files.exists(port) && Files.readAllLines(port).size() >= 2);
        String root = "http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list";
        HttpRequest list = HttpRequest.newBuilder(URI.create(root)).build();
        String pages = HttpClient.newHttpClient()
                .send(list, HttpResponse.BodyHandlers.ofString())
                .body();
        String page = ((List<?>) JsonText.readObject("{\"list\":" + pages + "}").get("list"))
                .stream()
                        .map(target -> (Map<?, ?>) target)
                        .filter(target -> "page".equals(target.get("type")))
                        .map(target -> String.valueOf(target.get("webSocketDebuggerUrl")))
                        .findFirst()
                        .orElseThrow();
        Chromium chromium = new Chromium(process, page);
        for (String domain : List.of("Runtime", "Log", "Network", "Page")) {
            chromium.call(domain + ".enable", Map.of());
        }
        return chromium;
    }

    /** Goes to a page and waits until it has drawn itself. */
    public void open(String url) throws Exception {
        call("Page.navigate", Map.of("url", url));
        TestWait.until(() -> Boolean.TRUE.equals(evaluate(
                "location.href === " + quoted(url) + " && document.querySelector('#announce')?.textContent !== ''"
                        + " && document.readyState === 'complete'")));
    }

    /** The value of an expression. */
    public Object evaluate(String expression) {
        Map<String, Object> answer =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.get("exceptionDetails") != null) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** Waits for an expression to become true. */
    public void await(String expression) throws Exception {
        TestWait.until(() -> Boolean.TRUE.equals(evaluate(expression)));
    }

    /** Has the page see a screen of this width. */
    public void width(int pixels) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 900, "deviceScaleFactor", 2, "mobile", pixels < 500));
    }

    /** Has the page see a system in this colour scheme, {@code light} or {@code dark}. */
    public void scheme(String name) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", name))));
    }

    /** Presses the tabulator. */
    public void tab() {
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", 9));
        }
    }

    /** Answers requests for a path in the node's place, from here on. */
    public void answer(String path, String json) {
        answers.put(path, json);
        call("Fetch.enable", Map.of("patterns", List.of(Map.of("urlPattern", "*/api/*"))));
    }

    /** Lets the node answer again. */
    public void answerNoMore() {
        answers.clear();
        call("Fetch.disable", Map.of());
    }

    /** Writes what the page looks like, all of it, as PNG. */
    public void picture(Path file) throws IOException {
        Map<String, Object> shot =
                call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(String.valueOf(shot.get("data"))));
    }

    /** What the console complained of. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Every address that was asked for. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    static String quoted(String text) {
        return JsonText.write(json -> json.writeString(text));
    }

    private Map<String, Object> call(String method, Map<String, ?> parameters) {
        return send(method, parameters).orTimeout(30, TimeUnit.SECONDS).join();
    }

    private synchronized CompletableFuture<Map<String, Object>> send(String method, Map<String, ?> parameters) {
        long id = ids.incrementAndGet();
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        calls.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        socket.sendText(JsonText.write(json -> JsonText.writeValue(json, message)), true)
                .join();
        return answer;
    }

    private final class Events implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                Map<String, Object> message = JsonText.readObject(text.toString());
                text.setLength(0);
                take(message);
            }
            from.request(1);
            return null;
        }

        private void take(Map<String, Object> message) {
            if (message.get("id") instanceof Long id) {
                CompletableFuture<Map<String, Object>> call = calls.remove(id);
                if (message.get("error") != null) {
                    call.completeExceptionally(new AssertionError(message.get("error")));
                } else {
                    call.complete(members(message.get("result")));
                }
                return;
            }
            Map<String, Object> told = members(message.get("params"));
            switch (String.valueOf(message.get("method"))) {
                case "Runtime.exceptionThrown", "Runtime.consoleAPICalled" -> complaints.add(told.toString());
                case "Log.entryAdded" -> {
                    if (!"verbose".equals(members(told.get("entry")).get("level"))) {
                        complaints.add(told.toString());
                    }
                }
                case "Network.requestWillBeSent" ->
                    requests.add(String.valueOf(members(told.get("request")).get("url")));
                case "Fetch.requestPaused" -> ForkJoinPool.commonPool().execute(() -> fulfil(told));
                default -> {}
            }
        }

        private void fulfil(Map<String, Object> paused) {
            String path = URI.create(
                            String.valueOf(members(paused.get("request")).get("url")))
                    .getPath();
            String json = answers.get(path);
            if (json == null) {
                call("Fetch.continueRequest", Map.of("requestId", paused.get("requestId")));
                return;
            }
            byte[] body = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            call(
                    "Fetch.fulfillRequest",
                    Map.of(
                            "requestId",
                            paused.get("requestId"),
                            "responseCode",
                            200,
                            "body",
                            Base64.getEncoder().encodeToString(body)));
        }

        private static Map<String, Object> members(Object value) {
            Map<String, Object> members = new LinkedHashMap<>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((name, member) -> members.put(String.valueOf(name), member));
            }
            return members;
        }
    }

    /** The words of what is drawn, as a list. */
    public List<String> texts(String selector) {
        List<String> texts = new ArrayList<>();
        Object found = evaluate("[...document.querySelectorAll(" + quoted(selector) + ")].map(e => e.textContent)");
        ((List<?>) found).forEach(text -> texts.add(String.valueOf(text)));
        return texts;
    }
}
