package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.peer.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetSpecTest {

    private static final Map<String, String> TRAITS =
            Map.of("os.distro", "ubuntu", "dmi.product_name", "PowerEdge R750", "empty", "");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                               | web-01.eu.example | true",
                "web-01.eu.example               | web-01.eu.example | true",
                "WEB-01.EU.Example               | web-01.eu.example | true",
                "web-01                          | web-01.eu.example | false",
                "*.eu.*                          | web-01.eu.example | true",
                "*.us.*                          | web-01.eu.example | false",
                "web-0?.*                        | web-01.eu.example | true",
                "web-0?                          | web-012           | false",
                "db-*,web-*                      | web-01            | true",
                " db-* , web-* , -web-02 " + "                      | web-01            | true",
                "-web-01,*                       | web-01            | false",
                "*,-web-01                       | web-01            | false",
                "web-01,-web-*                   | web-01            | false",
                "-db-*                           | web-01            | true",
                "-db-*,-web-*                    | web-01            | false",
                "os.distro=ubuntu                | web-01            | true",
                "os.distro=debian                | web-01            | false",
                "os.distro=Ubuntu                | web-01            | false",
                "os.distro=ubun*                 | web-01            | true",
                "dmi.product_name=PowerEdge R750 | web-01            | true",
                "dmi.product_name=PowerEdge R7?0 | web-01            | true",
                "dmi.product_name = PowerEdge*   | web-01            | true",
                "absent=*                        | web-01            | false",
                "empty=*                         | web-01            | true",
                "*,-os.distro=ubuntu             | web-01            | false",
                "-os.distro=debian               | web-01            | true",
                "db-*,os.distro=ubuntu           | web-01            | true",
            })
    void matches_specAndHost_asDocumented(String spec, String host, boolean expected) {
        assertThat(TargetSpec.parse(spec).matches(new PeerId(host), TRAITS)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} or {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "web-*           | db-*            | web-*,db-*",
                "web-*           | web-*           | web-*",
                "web-*,db-*      | db-* , x        | web-*,db-*,x",
                "web-*           | role=web        | web-*,role=web",
                "*               | -db-*           | *",
                "web-*,-web-1    | web-*,*         | web-*,*",
                "web-*,-x,-y     | db-*,- y,-x     | web-*,db-*,-x,-y",
                "-x              | web-*,-x        | -x",
                "web-*,-x        | -x              | -x",
                "web-*,-web-1    | web-1           | none",
                "-web-1          | -web-2          | none",
                "*,-web-1        | *,-role=web     | none",
            })
    void or_twoSpecs_meansWhomEitherMeansOrIsNone(String one, String other, String both) {
        TargetSpec joined = TargetSpec.parse(one).or(TargetSpec.parse(other));

        assertThat(joined).isEqualTo(both == null ? null : TargetSpec.parse(both));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void or_anySpecs_matchesExactlyWhatEitherDoes(long seed) {
        Random random = new Random(seed);
        List<String> terms = List.of("*", "a", "b*", "role=x", "-a", "-b1", "-role=x");
        List<Map<String, String>> traits = List.of(Map.of(), Map.of("role", "x"));
        for (int i = 0; i < 200; i++) {
            TargetSpec one = anySpec(random, terms);
            TargetSpec other = anySpec(random, terms);
            TargetSpec joined = one.or(other);
            for (String host : List.of("a", "b1", "b2", "c")) {
                for (Map<String, String> reported : traits) {
                    PeerId node = new PeerId(host);
                    boolean either = one.matches(node, reported) || other.matches(node, reported);
                    assertThat(joined == null || joined.matches(node, reported) == either)
                            .as("%s or %s, which is %s, for %s with %s", one, other, joined, host, reported)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void or_tooManyTerms_isNone() {
        String many =
                String.join(",", IntStream.range(0, 200).mapToObj(i -> "a" + i).toList());

        assertThat(TargetSpec.parse(many).or(TargetSpec.parse(many.replace("a", "b"))))
                .isNull();
    }

    private static TargetSpec anySpec(Random random, List<String> terms) {
        return TargetSpec.parse(random.ints(1 + random.nextInt(3), 0, terms.size())
                .mapToObj(terms::get)
                .collect(Collectors.joining(",")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*.web.*,-db-01", "dmi.product_name=PowerEdge R750"})
    void toString_parsedSpec_givesItBack(String spec) {
        assertThat(TargetSpec.parse(" " + spec + " ")).hasToString(spec).isEqualTo(TargetSpec.parse(spec));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\t"})
    void parse_empty_throwsNamingTheRemedy(String spec) {
        assertThatThrownBy(() -> TargetSpec.parse(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target ''")
                .hasMessageContaining("'*' for all nodes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "a,,b",
                "*,",
                "-",
                "--a",
                "a b",
                "web/01",
                "=x",
                "key=",
                "a b=x",
                "k*=x",
                "web-01\u0000",
                "os=a\nb",
                "w\u00e4b"
            })
    void parse_malformedTerm_throwsShowingTheText(String spec) {
        assertThatThrownBy(() -> TargetSpec.parse(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target '")
                .hasMessageNotContainingAny("\u0000", "\n");
    }

    @Test
    void parse_tooLong_throws() {
        assertThat(TargetSpec.parse("k=" + "x".repeat(TargetSpec.MAX_BYTES - 2)))
                .isNotNull();
        assertThatThrownBy(() -> TargetSpec.parse("k=" + "x".repeat(TargetSpec.MAX_BYTES - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097 bytes, limit 4096");
    }

    @Test
    void parse_tooManyTerms_throws() {
        String most = String.join(
                ",",
                IntStream.range(0, TargetSpec.MAX_TERMS).mapToObj(i -> "h" + i).toList());

        assertThat(TargetSpec.parse(most).matches(new PeerId("h255"), Map.of())).isTrue();
        assertThatThrownBy(() -> TargetSpec.parse(most + ",one-more"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("257 terms, limit 256");
    }

    @Test
    void matches_patternOfManyStars_takesNoExponentialTime() {
        TargetSpec spec = TargetSpec.parse("k=" + "*a".repeat(1_000) + "b");

        assertThat(spec.matches(new PeerId("h"), Map.of("k", "a".repeat(5_000))))
                .isFalse();
    }
}
