package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryKeyTest {

    private final byte[] printed = ShortKey.draw(new Random(4));
    private final byte[] content = RecoveryKey.wrap(Fixtures.secret(1), printed, new Random(1));

    @Test
    void unwrap_asPrinted_givesTheKey() {
        byte[] typed = ShortKey.parse("recovery key", ShortKey.show(printed));

        assertThat(RecoveryKey.unwrap(content, typed, Fixtures.user(1))).isEqualTo(Fixtures.secret(1));
    }

    @Test
    void unwrap_anyByteOtherwise_isRefused() {
        for (int i = 0; i < content.length; i++) {
            byte[] altered = content.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> RecoveryKey.unwrap(altered, printed, Fixtures.user(1)))
                    .isInstanceOf(SwarmException.class);
        }
        assertThatThrownBy(() -> RecoveryKey.unwrap(content, printed, Fixtures.user(2)))
                .isInstanceOf(SwarmException.class);
    }

    @Test
    void show_key_isInGroupsOfFour() {
        assertThat(new String(ShortKey.show(printed))).matches("([A-Z2-7]{4}-){6}[A-Z2-7]{2}");
    }

    @Test
    void parse_smallLettersAndSpaces_isTheSame() {
        String shown = new String(ShortKey.show(printed));

        assertThat(ShortKey.parse(
                        "code",
                        shown.toLowerCase(java.util.Locale.ROOT)
                                .replace('-', ' ')
                                .toCharArray()))
                .isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ABCD",
                "ABCD-EFGH-ABCD-EFGH-ABCD-EFGH-A",
                "ABCD-EFGH-ABCD-EFGH-ABCD-EFGH-ABC",
                "ABCD-EFGH-ABCD-EFGH-ABCD-EFGH-A1",
                "ABCD-EFGH-ABCD-EFGH-ABCD-EFGH-A\u00c4"
            })
    void parse_anotherForm_isRefusedWithoutShowingIt(String typed) {
        assertThatThrownBy(() -> ShortKey.parse("code", typed.toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("26 letters")
                .hasMessageNotContaining("EFGH");
    }
}
