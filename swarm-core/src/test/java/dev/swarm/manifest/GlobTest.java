package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GlobTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void matches_randomPatterns_asTheRegularExpressionDoes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            String pattern = text(random, "ab*?.");
            String text = text(random, "ab.");
            String expression = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");

            assertThat(Glob.matches(pattern, text))
                    .as("%s on %s", pattern, text)
                    .isEqualTo(text.matches(expression));
        }
    }

    private static String text(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(9); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
