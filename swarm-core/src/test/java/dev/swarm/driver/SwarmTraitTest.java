package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferPace;
import dev.swarm.node.TransferPhase;
import dev.swarm.node.TransferView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SwarmTraitTest {

    private static final BlobId ONE = new BlobId(1, 2, 3, 4);
    private static final BlobId OTHER = new BlobId(5, 6, 7, 8);

    private final SortedMap<BlobId, Long> stored = new TreeMap<>(Map.of(ONE, 1L, OTHER, 1L));
    private final List<TransferView> running = new ArrayList<>();
    private @Nullable IOException fault;

    @Test
    void get_blobThatIsStillOnItsWay_isNotCountedAsComplete() {
        running.add(new TransferView(
                OTHER,
                new BlobLayout(10),
                TransferPhase.WAITING,
                1,
                "not flushed",
                false,
                false,
                new SourceReport(Map.of(), List.of(), 0, TransferPace.NONE)));

        Map<String, ?> told = JsonText.readObject(trait().get());

        assertThat(told.get("blobs")).isEqualTo(List.of(ONE.hex()));
        assertThat(told.get("blob_count")).isEqualTo(1L);
    }

    @Test
    void get_storeCannotBeListed_tellsWhatItToldLast() {
        SwarmTrait trait = trait();
        String before = trait.get();

        fault = new IOException("Input/output error");

        assertThat(trait.get()).isEqualTo(before);
    }

    private SwarmTrait trait() {
        BlobCache store = (BlobCache) Proxy.newProxyInstance(
                BlobCache.class.getClassLoader(), new Class<?>[] {BlobCache.class}, (proxy, method, arguments) -> {
                    if (fault != null && method.getName().equals("complete")) {
                        throw fault;
                    }
                    return switch (method.getName()) {
                        case "complete" -> stored;
                        case "contentDirectory" -> Path.of(".blobs");
                        default -> null;
                    };
                });
        return new SwarmTrait(store, Map.of(), () -> running);
    }
}
