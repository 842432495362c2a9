package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndingVerbTest {

    @TempDir
    Path nothing;

    @ParameterizedTest
    @ValueSource(strings = {"revoke", "ban"})
    void verb_withoutANode_saysThatNoneRuns(String verb) {
        NodeProcesses.Answer answer = NodeProcesses.swarm(verb, "app", "--data", nothing.toString());

        assertThat(answer.code()).isEqualTo(CommandFailure.NO_NODE);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains("no node is running on " + nothing, "swarm node");
    }
}
