package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a revocation, where several nodes publish one content. */
class RevokeCommandIT {

    @TempDir
    Path directory;

    private NodeProcesses nodes;
    private String blob;

    @BeforeEach
    void publishOnBoth() throws Exception {
        nodes = new NodeProcesses(directory);
        String peer = NodeProcesses.listenAddress(nodes.start("a"));
        NodeProcesses.listenAddress(nodes.start("b", "--peer", peer));
        Path file = Files.writeString(directory.resolve("app.bin"), "content");
        for (String host : new String[] {"a", "b"}) {
            NodeProcesses.Answer answer = nodes.about(host, "distribute", file.toString(), "--target", "*");
            assertThat(answer.code()).as(answer.err()).isZero();
            blob = answer.out().substring(0, 64);
        }
        TestWait.until(
                () -> authors("a").contains("\"origin\":\"b\"") && authors("b").contains("\"origin\":\"a\""));
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        nodes.stop();
    }

    @Test
    void revoke_contentThatAnotherPublishesToo_namesIt() {
        NodeProcesses.Answer answer = nodes.about("a", "revoke", blob);

        assertThat(answer.code()).as(answer.err()).isZero();
        assertThat(answer.out().lines()).hasSize(2);
        assertThat(answer.out())
                .startsWith("revoked " + blob + "  app.bin")
                .contains("still published by b; it stays where their targets have it");
    }

    @Test
    void revoke_lastThatPublishes_namesNobody() throws Exception {
        assertThat(nodes.about("a", "revoke", blob, "--json").out())
                .contains("\"state\":\"active\",\"still_published_by\":[\"b\"]");
        TestWait.until(() -> authors("b").contains("{\"origin\":\"a\",\"state\":\"revoked\""));

        assertThat(nodes.about("b", "revoke", blob, "--json").out())
                .isEqualToIgnoringNewLines("{\"sha256\":\"" + blob
                        + "\",\"label\":\"app.bin\",\"state\":\"revoked\",\"still_published_by\":[]}");
    }

    @Test
    void revoke_ownEntryThatIsRevoked_isRefusedWhileAnotherPublishes() {
        assertThat(nodes.about("a", "revoke", blob).code()).isZero();

        NodeProcesses.Answer again = nodes.about("a", "revoke", blob);

        assertThat(again.code()).isEqualTo(1);
        assertThat(again.out()).isEmpty();
        assertThat(again.err().lines()).hasSize(1);
        assertThat(again.err()).contains("it was published by b; only its author or a node with the operator role may");
    }

    private String authors(String host) throws Exception {
        Path manifest = nodes.data(host).resolve("manifest.json");
        return Files.exists(manifest) ? Files.readString(manifest).replace("\": ", "\":") : "";
    }
}
