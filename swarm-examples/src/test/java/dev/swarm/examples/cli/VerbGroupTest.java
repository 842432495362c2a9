package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerbGroupTest {

    @ParameterizedTest
    @ValueSource(strings = {"ca", "seeds", "peers", "puddle", "lockbox"})
    void group_withoutAVerb_namesEachThatItHas(String group) {
        NodeProcesses.Answer answer = NodeProcesses.swarm(group);

        assertThat(answer.code()).isEqualTo(CommandFailure.USAGE);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).startsWith("swarm " + group + ": a verb is missing: ");
        assertThat(SwarmCommand.commandLine()
                        .getSubcommands()
                        .get(group)
                        .getSubcommands()
                        .keySet())
                .isNotEmpty()
                .allSatisfy(verb -> assertThat(answer.err()).contains(verb));
    }
}
