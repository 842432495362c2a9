package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfferedTraitsTest {

    private final OfferedTraits traits = new OfferedTraits();

    @BeforeEach
    void start() {
        traits.offer("swarm_node", () -> "{\"version\":1}");
        traits.offer("one", "notices", () -> "{\"shown\":1}");
    }

    @Test
    void offer_ofTheNodesOwn_isRefusedNamingItAndChangesNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> traits.offer("one", "swarm_node", () -> "{}"))
                .withMessageContainingAll("subsystem one", "\"swarm_node\"", "the node itself");
        traits.withdraw("one");

        assertThat(traits.read("swarm_node")).isEqualTo("{\"version\":1}");
    }

    @Test
    void offer_ofAnotherPlugins_isRefusedNamingBothAndChangesNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> traits.offer("two", "notices", () -> "{}"))
                .withMessageContainingAll("subsystem two", "\"notices\"", "subsystem one");
        traits.withdraw("two");

        assertThat(traits.read("notices")).isEqualTo("{\"shown\":1}");
    }

    @Test
    void offer_bySamePluginAgain_replacesIt() {
        traits.offer("one", "notices", () -> "{\"shown\":2}");

        assertThat(traits.read("notices")).isEqualTo("{\"shown\":2}");
    }

    @Test
    void withdraw_takesBackWhatThePluginOffersAndFreesTheName() {
        traits.withdraw("one");

        assertThat(traits.readAll()).containsOnlyKeys("swarm_node");
        traits.offer("two", "notices", () -> "{}");
        assertThat(traits.read("notices")).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "é", "../swarm"})
    void offer_ofNoName_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> traits.offer("one", name, () -> "{}"))
                .withMessageContainingAll("subsystem one", "1 to 64 letters");
    }

    @Test
    void readAll_leavesOutWhatCannotBeRead() {
        traits.offer("one", "broken", () -> {
            throw new IllegalStateException("not now");
        });

        assertThat(traits.readAll()).containsOnlyKeys("notices", "swarm_node");
    }
}
