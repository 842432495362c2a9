package dev.swarm.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "-rf", "a/b", "a\\b", "a b", "a\n", "ä", "abcdefghijklmnopqrstuvwxyz0123456"})
    void userName_thatIsNoPathComponentOfItsOwn_isRefusedWithoutItsText(String name) {
        assertThatThrownBy(() -> new UserName(name)).hasMessageContaining("it has " + name.length() + " characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "_backup", "j.doe-2", "0"})
    void userName_ofTheUsualForms_isTaken(String name) {
        assertThat(new UserName(name)).hasToString(name);
    }

    @Test
    void userId_ofAKey_givesTheKeyBack() {
        byte[] key = new byte[UserId.BYTES];
        key[0] = (byte) 0xfe;

        assertThat(UserId.of(key).hex()).hasSize(64).startsWith("fe00");
        assertThat(UserId.of(key).publicKey()).isEqualTo(key);
        assertThatThrownBy(() -> new UserId("FE".repeat(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UserId.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void policy_unlessAHostSaysOtherwise_allowsNobody() {
        UserName alice = new UserName("alice");

        assertThat(UserPolicy.NOBODY.home("lockbox", alice)).isNull();
        assertThat(UserPolicy.of(Map.of(alice, Path.of("/home/alice"))).home("lockbox", alice))
                .isEqualTo(Path.of("/home/alice"));
    }
}
