package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.swarm.Bandwidth;
import dev.swarm.MulticastOptions;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.DenyList;
import dev.swarm.manifest.Gate;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemContext.NewEntry;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TransportLimits;
import dev.swarm.user.UserPolicy;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Null where it does not belong is refused at the call that brings it, by the name of what it stands for. */
@Timeout(120)
class NullArgumentsIT {

    private static final BlobId BLOB = BlobId.parse("ab".repeat(32));

    @TempDir
    Path directory;

    private Fleet fleet;
    private SwarmNode node;
    private SubsystemContext context;
    private NullArguments nulls;

    @BeforeEach
    void start() throws Exception {
        fleet = new Fleet(directory, 0);
        context = PlantedPlugin.startNode(directory, () -> fleet.start(0)).context();
        node = fleet.node(0);
        nulls = new NullArguments(samples());
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private Map<Class<?>, Object> samples() {
        Map<Class<?>, Object> samples = new HashMap<>();
        samples.put(Bandwidth.class, Bandwidth.unlimited());
        samples.put(BlobId.class, BLOB);
        samples.put(Class.class, Runnable.class);
        samples.put(Collection.class, List.of());
        samples.put(DenyList.class, fleet.deny(0));
        samples.put(Duration.class, Duration.ofSeconds(1));
        samples.put(Exchange.class, proxy(Exchange.class));
        samples.put(Executor.class, (Executor) Runnable::run);
        samples.put(Function.class, (Function<String, Path>) user -> directory);
        samples.put(Gate.class, Gate.ALL);
        samples.put(InetAddress.class, InetAddress.getLoopbackAddress());
        samples.put(InetSocketAddress.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        samples.put(List.class, List.of());
        samples.put(Map.class, Map.of());
        samples.put(MulticastOptions.class, MulticastOptions.off());
        samples.put(NodeCredentials.class, fleet.issued(0));
        samples.put(Object.class, "service");
        samples.put(Path.class, directory.resolve("file"));
        samples.put(PeerAddress.class, node.address());
        samples.put(PeerId.class, node.id());
        samples.put(Request.class, Request.get("/health/live"));
        samples.put(Retention.class, Retention.DEFAULT);
        samples.put(Route.class, Route.get("/planted", exchange -> {}));
        samples.put(Runnable.class, (Runnable) () -> {});
        samples.put(SeedOptions.class, SeedOptions.to("*"));
        samples.put(String.class, "text");
        samples.put(Supplier.class, (Supplier<String>) () -> "{}");
        samples.put(
                SwarmConfig.class,
                SwarmConfig.builder(directory, fleet.issued(0)).build());
        samples.put(TargetSpec.class, TargetSpec.ALL);
        samples.put(TransportLimits.class, TransportLimits.builder().build());
        samples.put(UserPolicy.class, UserPolicy.NOBODY);
        return samples;
    }

    private static Object proxy(Class<?> type) {
        return Proxy.newProxyInstance(
                NullArgumentsIT.class.getClassLoader(), new Class<?>[] {type}, (self, call, given) -> {
                    throw new AssertionError(call);
                });
    }

    @Test
    void nullArgument_ofAHost_isRefusedByItsName() {
        assertThat(nulls.areRefusedBy(SwarmNode.class, node)).isGreaterThan(15);
        assertThat(node.status().activeBlobs()).isZero();
    }

    @Test
    void nullArgument_ofAConfiguration_isRefusedByItsName() {
        SwarmConfig.Builder builder = SwarmConfig.builder(directory, fleet.issued(0));

        assertThat(nulls.areRefusedBy(SwarmConfig.class, builder.build())).isEqualTo(3);
        assertThat(nulls.areRefusedBy(SwarmConfig.Builder.class, builder)).isGreaterThan(10);
        assertThat(nulls.areRefusedBy(SeedOptions.class, SeedOptions.to("*"))).isEqualTo(3);
        assertThat(nulls.areRefusedBy(MulticastOptions.class, MulticastOptions.off()))
                .isEqualTo(2);
    }

    @Test
    void nullElement_ofAConfiguration_isRefusedByItsPlace() {
        SwarmConfig.Builder builder = SwarmConfig.builder(directory, fleet.issued(0));

        assertThatNullPointerException()
                .isThrownBy(() -> builder.peers(Arrays.asList(node.address(), null)))
                .withMessage("peers[1]");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.traits(Collections.singletonMap("os", null)))
                .withMessage("traits[os]");
        assertThatNullPointerException()
                .isThrownBy(() -> node.regate(Collections.singletonMap(null, Gate.ALL), Gate.ALL))
                .withMessage("a key of gates");
    }

    @Test
    void nullArgument_ofAPlugin_isRefusedByItsName() {
        assertThat(nulls.areRefusedBy(SubsystemContext.class, context)).isGreaterThan(25);
    }

    @Test
    void publishAll_elementThatIsNoEntry_isRefusedByItsPlaceAndNothingIsPublished() throws Exception {
        NewEntry whole = new NewEntry(BLOB, "label", TargetSpec.ALL, Retention.DEFAULT);
        NewEntry unnamed = new NewEntry(BLOB, "../label", TargetSpec.ALL, Retention.DEFAULT);

        assertThatNullPointerException()
                .isThrownBy(() -> new NewEntry(BLOB, "label", TargetSpec.ALL, null))
                .withMessage("retention");
        assertThatNullPointerException()
                .isThrownBy(() -> context.publishAll(Arrays.asList(whole, null)))
                .withMessage("entries[1]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.publishAll(List.of(whole, whole, unnamed)))
                .withMessageContainingAll("entries[2]: ", "label");
        assertThat(context.entries()).isEmpty();
    }
}
