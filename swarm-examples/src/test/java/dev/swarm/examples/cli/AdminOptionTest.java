package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminOptionTest {

    @ParameterizedTest
    @CsvSource({
        "8080, 127.0.0.1, 8080",
        ":0, 127.0.0.1, 0",
        "10.0.1.2:8080, 10.0.1.2, 8080",
        "0.0.0.0:0, 0.0.0.0, 0",
        "[::1]:90, 0:0:0:0:0:0:0:1, 90"
    })
    void parse_portAlone_isOneOfLoopback(String text, String ip, int port) {
        InetSocketAddress address = AdminOption.parse(text);

        assertThat(address.getAddress().getHostAddress()).isEqualTo(ip);
        assertThat(address.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "localhost:80", "99999", "10.0.1.2", "[::1]", "10.0.1.2:99999", "-1"})
    void parse_anythingElse_isRefusedByName(String text) {
        assertThatThrownBy(() -> AdminOption.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--admin");
    }
}
