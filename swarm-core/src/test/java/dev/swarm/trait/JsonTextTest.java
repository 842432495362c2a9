package dev.swarm.trait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    private static final String DOCUMENT =
            "{\"many\":[{\"wanted\":1},[2,{\"a\":[]}]],\"wanted\":[{\"b\":\"c\"},3],\"none\":null}";

    @Test
    void readMember_ofAnObject_isTheValueThatTheWholeObjectHas() {
        assertThat(JsonText.readMember(DOCUMENT, "wanted")).isEqualTo(List.of(Map.of("b", "c"), 3L));
        assertThat(JsonText.readMember(DOCUMENT, "wanted"))
                .isEqualTo(JsonText.readObject(DOCUMENT).get("wanted"));
    }

    @Test
    void readMember_thatIsNotThereOrNull_isNull() {
        assertThat(JsonText.readMember(DOCUMENT, "b")).isNull();
        assertThat(JsonText.readMember(DOCUMENT, "none")).isNull();
        assertThat(JsonText.readMember("{}", "wanted")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"wanted\":1",
                "{\"wanted\":1} x",
                "{\"wanted\":1,\"wanted\":2}",
                "{\"many\":[{]},\"wanted\":1}"
            })
    void readMember_ofAnythingElse_isRefusedWithItsPlace(String text) {
        assertThatThrownBy(() -> JsonText.readMember(text, "wanted"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("not a JSON object.*|text after the JSON object");
    }
}
