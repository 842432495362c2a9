package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.manifest.DenyList;
import dev.swarm.manifest.DenyList.Denial;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenyGateTest {

    private static final TestFleet FLEET = new TestFleet("gate fleet");
    private static final NodeCredentials OPERATOR = FLEET.node("ops", Role.OPERATOR);
    private static final NodeCredentials SELF = FLEET.node("self");
    private static final NodeCredentials LOST = FLEET.node("lost");

    @TempDir
    Path directory;

    @Test
    void poll_fileChanges_newListIsInForceAndTold() throws IOException {
        Path source = directory.resolve("source.json");
        DenyGate gate = gate(source);
        AtomicInteger changes = new AtomicInteger();
        gate.onChange(changes::incrementAndGet);
        gate.load();
        assertThat(gate.denies(LOST.certificate())).isFalse();

        Files.writeString(source, list(1, LOST).toJson());
        gate.poll();
        gate.poll();

        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(changes).hasValue(1);
    }

    @Test
    void poll_fileIsDamaged_listInForceStays() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, LOST).toJson());
        DenyGate gate = gate(source);
        gate.load();

        Files.writeString(source, "{\"format\":");
        gate.poll();

        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void load_fileIsDamaged_isRefusedNamingIt() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, "{\"format\":");

        assertThatThrownBy(() -> gate(source).load())
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining(source.toString());
    }

    @Test
    void load_afterARestartWithAnOlderFile_newerListStaysInForce() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(2, LOST).toJson());
        gate(source).load();

        Files.writeString(source, list(1).toJson());
        DenyGate again = gate(source);
        again.load();

        assertThat(again.denies(LOST.certificate())).isTrue();
    }

    @Test
    void load_keptListIsTorn_isSetAsideAndTheFileCounts() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, LOST).toJson());
        Files.writeString(directory.resolve("deny-list.json"), "{");

        DenyGate gate = gate(source);
        gate.load();

        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(directory.resolve("deny-list.json.unreadable")).exists();
    }

    @Test
    void offer_sameVersionWithOtherContent_isRefusedNamingBoth() throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        gate.offer(list(4, LOST));

        assertThatThrownBy(() -> gate.offer(list(4)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("version 4 is not newer")
                .hasMessageContaining("in force, version 4");
        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void offer_signerIsDenied_isRefused() throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        gate.offer(list(1, OPERATOR));

        assertThatThrownBy(() -> gate.offer(list(2)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("signed with a certificate that is denied");
    }

    private DenyGate gate(Path source) {
        return new DenyGate(FLEET.authority(), SELF.certificate(), new StateFiles(directory), source);
    }

    private static DenyList list(long version, NodeCredentials... denied) {
        List<Denial> denials = List.of(denied).stream()
                .map(NodeCredentials::certificate)
                .map(Denial::of)
                .toList();
        return DenyList.sign(version, Instant.now(), denials, OPERATOR);
    }
}
