package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {

    private static final Route CHUNK = Route.get("/blobs/{sha}/chunks/{n}", exchange -> {});
    private static final Route SYNC = Route.post("/manifest/sync", 10, exchange -> {});
    private static final Route LIST = Route.get("/manifest/sync", exchange -> {});

    private final Router router = new Router();

    @Test
    void find_patternWithNames_givesTheirValues() {
        router.add(CHUNK);

        assertThat(router.find("GET", "/blobs/ab/chunks/7"))
                .isEqualTo(new Router.Found(CHUNK, Map.of("sha", "ab", "n", "7")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/blobs", "/blobs/ab/chunks", "/blobs/ab/chunks/7/", "/blobs//chunks/7", "//", ""})
    void find_otherPath_isUnknown(String path) {
        router.add(CHUNK);

        assertThat(router.find("GET", path)).isEqualTo(new Router.Unknown());
    }

    @Test
    void find_head_reachesTheGetRoute() {
        router.add(CHUNK);

        assertThat(router.find("HEAD", "/blobs/ab/chunks/7")).isInstanceOf(Router.Found.class);
    }

    @Test
    void find_otherMethod_namesThoseAllowed() {
        router.add(SYNC);
        router.add(LIST);

        assertThat(router.find("PUT", "/manifest/sync")).isEqualTo(new Router.WrongMethod("GET, HEAD, POST"));
    }

    @Test
    void add_sameMethodAndPattern_isRefused() {
        router.add(SYNC);

        assertThatThrownBy(() -> router.add(Route.post("/manifest/sync", 99, exchange -> {})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("POST /manifest/sync");
    }

    @Test
    void remove_route_isUnknownAfterwards() {
        router.add(SYNC);
        router.remove(SYNC);

        assertThat(router.find("POST", "/manifest/sync")).isEqualTo(new Router.Unknown());
    }
}
