package dev.swarm.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.trait.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FittedTraitsTest {

    private static final String SHORT = "{\"a\":1}";

    @Test
    void of_allThatFits_isLeftAsItIs() {
        Map<String, String> traits = Map.of("one", SHORT, "two", " { \"spaced\" : [ ] } ");

        assertThat(FittedTraits.of(traits, 1_000)).isEqualTo(traits);
    }

    @Test
    void of_traitThatIsTooLong_losesItsLongestMembersAndSaysSo() {
        String text = "{\"count\":2,\"details\":\"" + "\\\"".repeat(600) + "\",\"more\":\"" + "b".repeat(300)
                + "\",\"names\":[\"x\"]}";

        String fitted = FittedTraits.of(Map.of("swarm", text), 600).get("swarm");

        assertThat(JsonText.readObject(fitted))
                .containsOnlyKeys("count", "more", "names", "left_out")
                .containsEntry("left_out", List.of("details"));
        assertThat(encoded(fitted)).isLessThanOrEqualTo(600);
    }

    @Test
    void of_shortTraitBesideALongOne_isWhole() {
        String text = "{\"details\":\"" + "a".repeat(5_000) + "\",\"count\":2}";

        Map<String, String> fitted = FittedTraits.of(Map.of("a_long", text, "short", SHORT, "z_long", text), 1_000);

        assertThat(fitted).containsEntry("short", SHORT).containsOnlyKeys("a_long", "short", "z_long");
        assertThat(fitted.values().stream().mapToInt(FittedTraitsTest::encoded).sum())
                .isLessThanOrEqualTo(1_000);
        assertThat(fitted.get("a_long")).isEqualTo("{\"count\":2,\"left_out\":[\"details\"]}");
    }

    @Test
    void of_traitOfWhichNothingFits_isLeftOut() {
        assertThat(FittedTraits.of(Map.of("swarm", "{\"" + "n".repeat(500) + "\":1}"), 100))
                .isEmpty();
    }

    private static int encoded(String text) {
        return JsonText.write(json -> json.writeString(text)).getBytes(StandardCharsets.UTF_8).length;
    }
}
