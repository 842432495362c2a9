package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemProvider;
import dev.swarm.user.UserPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompletedBlobsTest {

    private static final PeerId SELF = new PeerId("a");
    private static final FleetId FLEET = new FleetId("1".repeat(64));
    private static final long NOW = 1_800_000_000_000L;

    private final Queue<Runnable> worker = new ArrayDeque<>();
    private final List<List<BlobView>> told = new ArrayList<>();
    private final SubsystemHost host = new SubsystemHost(SELF, worker::add, UserPolicy.NOBODY);

    private final class Noting implements Subsystem {
        @Override
        public void start(SubsystemContext context) {}

        @Override
        public void onCompleteAll(List<BlobView> blobs) {
            told.add(blobs);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void load() {
        SubsystemProvider provider = new SubsystemProvider() {
            @Override
            public String name() {
                return "filecast";
            }

            @Override
            public Subsystem create() {
                return new Noting();
            }
        };
        host.load(List.of(provider), name -> true);
    }

    @Test
    void completed_manyWhileThePluginIsBusy_areToldTogetherAndOnce() throws RefusedEntryException {
        List<BlobView> views = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            views.add(view(i));
        }
        views.forEach(host::completed);

        worker.remove().run();

        assertThat(told).extracting(List::size).containsExactly(256, 44);
        assertThat(told.stream().flatMap(List::stream)).containsExactlyElementsOf(views);
    }

    @Test
    void completed_oneAfterTheOther_areToldEach() throws RefusedEntryException {
        host.completed(view(1));
        worker.remove().run();
        host.completed(view(2));
        worker.remove().run();

        assertThat(told).extracting(List::size).containsExactly(1, 1);
    }

    private static BlobView view(int number) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(new BlobId(number, 2, 3, 4))
                .author(SELF)
                .size(10)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(new Label("label"))
                .channel("filecast")
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(NOW, 0))
                .build();
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        manifest.merge(
                ModelledMembers.verifier(FLEET)
                        .verify(ModelledMembers.signer(FLEET, SELF).sign(entry)),
                NOW);
        return manifest.blobs().get(0);
    }
}
