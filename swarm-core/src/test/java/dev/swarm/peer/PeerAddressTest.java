package dev.swarm.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {

    /** Look like addresses and are names, to who does not look closely. */
    private static final List<String> NAMES = List.of(
            "10.0.0.300:1",
            "999.1.1.1:1",
            "1.2.3.256:1",
            "[bad.cafe]:1",
            "[fee.de]:1",
            "[beef]:1",
            "[.::1]:1",
            "[10.0.0.300]:1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.1.2:1531",
                "0.0.0.0:1",
                "255.255.255.255:65535",
                "[2001:db8:0:0:0:0:0:1]:1531",
                "[0:0:0:0:0:0:0:1]:1",
                "[fe80:0:0:0:0:0:0:1%1]:1531"
            })
    void parse_whatToStringWrote_isTheSame(String text) {
        assertThat(PeerAddress.parse(text)).hasToString(text);
    }

    @Test
    void parse_shortIpv6_isTheWholeAddress() {
        assertThat(PeerAddress.parse("[2001:db8::1]:1531")).isEqualTo(PeerAddress.parse("[2001:db8:0:0:0:0:0:1]:1531"));
        assertThat(PeerAddress.parse("[::ffff:10.0.1.2]:1531")).isEqualTo(PeerAddress.parse("10.0.1.2:1531"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "10.0.1.2",
                "10.0.1.2:",
                "10.0.1.2:0",
                "10.0.1.2:65536",
                "10.0.1.2:123456",
                "10.0.1.2:-1",
                "10.0.1:1",
                "10.0.1.2.3:1",
                "010.0.1.2:1",
                "10.0.1.+2:1",
                "10.0..2:1",
                "host:1531",
                "2001:db8::1:1531",
                "[]:1",
                "[10.0.1.2]:1",
                "[::1",
                "[:::]:1",
                "[::1%no such zone]:1"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PeerAddress.parse(text));
    }

    @Test
    void parse_whatANameServerWouldKnow_isRefusedWithoutAskingIt(@TempDir Path directory)
            throws IOException, InterruptedException {
        StringBuilder hosts = new StringBuilder();
        for (String name : NAMES) {
            String host = name.substring(0, name.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
            hosts.append("127.0.0.1 ").append(host).append('\n');
        }
        Path file = Files.writeString(directory.resolve("hosts"), hosts);

        Process parser = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + file,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parser.class.getName())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(parser.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("resolves 127.0.0.1")
                .doesNotContain("taken");
        assertThat(parser.waitFor()).isZero();
    }

    /** Parses in a virtual machine for which a file stands for the name servers. */
    static final class Parser {
        private Parser() {}

        public static void main(String[] args) throws IOException {
            System.out.println("resolves " + InetAddress.getAllByName("bad.cafe")[0].getHostAddress());
            for (String name : NAMES) {
                try {
                    System.out.println("taken: " + PeerAddress.parse(name));
                } catch (IllegalArgumentException e) {
                    System.out.println("refused: " + name);
                }
            }
        }
    }
}
