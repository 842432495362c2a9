package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.PartialBlob;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Router;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What conditions do to the answers that have a tag. */
class BlobRoutesTest {

    private static final int BYTES = 100_000;

    @TempDir
    Path directory;

    private final AtomicLong sent = new AtomicLong();
    private BlobCache store;
    private BlobCache.Seeded blob;
    private String tag;
    private Router router;

    private int status;
    private Headers fields = Headers.empty();
    private long length;

    @BeforeEach
    void seed() throws Exception {
        store = BlobCache.open(directory.resolve("data"));
        blob = store.addSeed(Files.write(directory.resolve("file"), new byte[BYTES]));
        tag = "\"" + blob.id() + "\"";
        router = routesOf(store);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void serve_askerHasTheContent_304WithItsTagAndNoContent(String method) throws Exception {
        for (String path : new String[] {"", "/chunks/0"}) {
            ask(method, path, Headers.of("if-none-match", "\"x\", W/" + tag));

            assertThat(status).isEqualTo(304);
            assertThat(fields.first("etag")).isEqualTo(tag);
            assertThat(length).isZero();
        }
        ask(method, "", Headers.of("if-none-match", "*"));
        assertThat(status).isEqualTo(304);
        ask(method, "", Headers.of("if-none-match", tag).with("range", "bytes=200000-"));
        assertThat(status).isEqualTo(304);
        assertThat(sent).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-19", "bytes=200000-"})
    void serve_headWithARange_isOfTheWhole(String range) throws Exception {
        ask("HEAD", "", Headers.of("range", range));

        assertThat(status).isEqualTo(200);
        assertThat(fields.first("content-range")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void serve_askerMeansOtherContent_412(String method) throws Exception {
        for (String path : new String[] {"", "/chunks/0"}) {
            ask(method, path, Headers.of("if-match", "\"x\""));
            assertThat(status).isEqualTo(412);
            ask(method, path, Headers.of("if-match", "W/" + tag));
            assertThat(status).isEqualTo(412);
        }
        assertThat(sent).hasValue(0);
    }

    @Test
    void serve_conditionsHold_asWithoutThem() throws Exception {
        ask("GET", "", Headers.of("if-match", tag).with("if-none-match", "\"x\""));
        assertThat(status).isEqualTo(200);
        assertThat(length).isEqualTo(BYTES);
        ask("GET", "", Headers.of("range", "bytes=10-19").with("if-range", tag));
        assertThat(status).isEqualTo(206);
        assertThat(fields.first("content-range")).isEqualTo("bytes 10-19/" + BYTES);
        ask("GET", "", Headers.of("range", "bytes=200000-").with("if-range", tag));
        assertThat(status).isEqualTo(416);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void serve_blob_saysThatRangesCountAndAChunkDoesNot(String method) throws Exception {
        ask(method, "", Headers.empty());
        assertThat(fields.first("accept-ranges")).isEqualTo("bytes");

        ask(method, "/chunks/0", Headers.of("range", "bytes=10-19"));
        assertThat(status).isEqualTo(200);
        assertThat(length).isEqualTo(BYTES);
        assertThat(fields.first("etag")).isEqualTo(tag);
        assertThat(fields.first("accept-ranges")).isNull();
    }

    @Test
    void serve_rangeOfOtherContent_theWhole() throws Exception {
        for (String range : new String[] {"bytes=10-19", "bytes=200000-"}) {
            ask("GET", "", Headers.of("range", range).with("if-range", "zz"));

            assertThat(status).isEqualTo(200);
            assertThat(length).isEqualTo(BYTES);
        }
    }

    @Test
    void serve_contentIsNotHere_conditionsAreIgnored() throws Exception {
        try (BlobCache empty = BlobCache.open(directory.resolve("other"));
                PartialBlob nothing = empty.receive(blob.id(), blob.layout(), blob.tree())) {
            assertThat(nothing).isNotNull();
            router = routesOf(empty);

            ask("GET", "", Headers.of("if-none-match", "*"));
            assertThat(status).isEqualTo(404);
            ask("GET", "", Headers.of("if-match", "\"x\""));
            assertThat(status).isEqualTo(404);
        }
    }

    private Router routesOf(BlobCache blobs) {
        Router served = new Router();
        new BlobRoutes(blobs, (peer, id, first, end) -> {}, sent::addAndGet, new OutgoingContent(() -> {}))
                .addTo(served);
        return served;
    }

    private void ask(String method, String below, Headers headers) throws Exception {
        Router.Found found = (Router.Found) router.find(method, "/blobs/" + blob.id() + below);
        Map<String, String> parameters = found.parameters();
        status = 0;
        found.route().handler().handle((Exchange) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Exchange.class}, (proxy, call, arguments) -> {
                    switch (call.getName()) {
                        case "headers" -> {
                            return headers;
                        }
                        case "method" -> {
                            return method;
                        }
                        case "pathParameter" -> {
                            return parameters.get((String) arguments[0]);
                        }
                        case "respond" -> {
                            assertThat(status).as("answered once").isZero();
                            status = (Integer) arguments[0];
                            fields = (Headers) arguments[1];
                            length = arguments[2] instanceof ContentSource content
                                    ? content.length()
                                    : ((ByteBuffer) arguments[2]).remaining();
                            return null;
                        }
                        default -> throw new AssertionError(call);
                    }
                }));
    }
}
