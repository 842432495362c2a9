package dev.swarm.examples.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.manifest.Gate;
import dev.swarm.peer.PeerId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeFileTest {

    private static final String DOCUMENTED = """
            swarm:
              enabled: ["*"] # which nodes run
              port: 1600
              max_bandwidth_percent: 30
              announce_address: 10.0.1.2
              seeding: ["seed-*"]
              puddle: { enabled: ["web-*"] }
              gitback: { enabled: ["*"] }
              longdrawer: { enabled: [] }
              payload:
                enabled:
                  - "-db-*"
                  - "*"
            """;

    @Test
    void parse_everyKey_isTakenOver() {
        NodeFile file = NodeFile.parse("swarm.yaml", DOCUMENTED);

        assertThat(file.enabled()).isEqualTo(Gate.ALL);
        assertThat(file.port()).isEqualTo(1600);
        assertThat(file.maxBandwidthPercent()).isEqualTo(30.0);
        assertThat(file.announceAddress().getHostAddress()).isEqualTo("10.0.1.2");
        assertThat(file.seeding().patterns()).containsExactly("seed-*");
        assertThat(file.gates().get("puddle").patterns()).containsExactly("web-*");
        assertThat(file.gates().get("longdrawer")).isEqualTo(Gate.NONE);
        assertThat(file.gates().get("filecast").patterns()).containsExactly("-db-*", "*");
    }

    @Test
    void parse_lockboxAbsent_isAsPuddle() {
        assertThat(NodeFile.parse("f", DOCUMENTED).gates().get("lockbox").patterns())
                .containsExactly("web-*");
        assertThat(NodeFile.parse("f", DOCUMENTED + "  lockbox: { enabled: [\"a\"] }\n")
                        .gates()
                        .get("lockbox")
                        .patterns())
                .containsExactly("a");
    }

    @Test
    void parse_gatesAbsent_openFilecastAndCloseWhatBelongsToUsers() {
        NodeFile file = NodeFile.parse("swarm.yaml", "swarm: {}\nother: 1\n");

        assertThat(file.enabled()).isEqualTo(Gate.ALL);
        assertThat(file.seeding()).isEqualTo(Gate.ALL);
        assertThat(file.port()).isEqualTo(1531);
        assertThat(file.maxBandwidthPercent()).isNull();
        assertThat(file.gates().get("filecast")).isEqualTo(Gate.ALL);
        assertThat(file.gates()).hasSize(6);
        for (String name : List.of("puddle", "lockbox", "gitback", "longdrawer", "curator")) {
            assertThat(file.gates().get(name)).as(name).isEqualTo(Gate.NONE);
        }
    }

    @ParameterizedTest(name = "{0} on {1} is let in: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            "*"               | web-1 | true
            "-web-*", "*"     | web-1 | false
            "*", "-web-*"     | web-1 | true
            "web-?"           | web-1 | true
            "db-*"            | web-1 | false
            -web-1, "*"       | web-2 | true
            ''                | web-1 | false
            """)
    void enabled_patterns_decideInTheirOrder(String patterns, String host, boolean open) {
        String list = patterns == null ? "" : patterns;

        assertThat(NodeFile.parse("f", "swarm:\n  enabled: [" + list + "]\n")
                        .enabled()
                        .allows(new PeerId(host)))
                .isEqualTo(open);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            an unknown key          | 2 | swarm.prot is not known; known are            | swarm:/  prot: 1531
            an unknown inner key    | 3 | swarm.puddle.on is not known; known are enabled | swarm:/  puddle:/    on: ["*"]
            a port that is none     | 2 | swarm.port is 'http'; write a whole number from 1 to 65535 | swarm:/  port: http
            a port too large        | 2 | swarm.port is '65536'                         | swarm:/  port: 65536
            a port of zero          | 2 | swarm.port is '0'                             | swarm:/  port: 0
            a list as port          | 2 | swarm.port is a list of 1                     | swarm:/  port: [1531]
            a share over all        | 2 | swarm.max_bandwidth_percent is '101'; write a whole number from 1 to 100 | swarm:/  max_bandwidth_percent: 101
            a share with a sign     | 2 | swarm.max_bandwidth_percent is '50%'          | swarm:/  max_bandwidth_percent: 50%
            true as a gate          | 2 | swarm.enabled is 'true'; write a list of host patterns | swarm:/  enabled: true
            a word as a gate        | 2 | swarm.enabled is 'web-1'                      | swarm:/  enabled: web-1
            no section in a gate    | 2 | swarm.gitback is a list of 1; write a section | swarm:/  gitback: ["*"]
            a list in a gate        | 2 | swarm.enabled holds a list of 1               | swarm:/  enabled: [["*"]]
            a pattern with a slash  | 3 | swarm.enabled: host pattern                   | swarm:/  enabled:/    - "a/b"
            an empty pattern        | 4 | swarm.enabled: host pattern                   | swarm:/  enabled:/    - "a"/    - ""
            a star without quotes   | 2 | put a pattern that begins with '*' in quotes  | swarm:/  enabled: [*web]
            a star alone            | 2 | put patterns in quotes                        | swarm:/  enabled: */  port: 1
            users in a list         | 2 | swarm.users is a list of 1; write a section   | swarm:/  users: [ann]
            a relative home         | 2 | swarm.users.ann is 'home'; write the user's home directory | swarm:/  users: { ann: home }
            a name with a blank     | 2 | swarm.users.a b is no user                    | swarm:/  users: { "a b": "%shome" }
            a host to announce      | 2 | swarm.announce_address is 'me.example'; write an IP address | swarm:/  announce_address: me.example
            filecast and payload    | 3 | swarm.payload is another name of 'filecast'   | swarm:/  filecast: {}/  payload: {}
            a key twice             | 3 | 'port' is there twice                         | swarm:/  port: 1/  port: 2
            no section              | 1 | there is no 'swarm:' section in a section with swam | swam:/  port: 1
            a list at the top       | 1 | there is no 'swarm:' section in a list of 1   | - swarm
            nothing                 | 1 | the file is empty                             | ^ ^
            an anchor               | 2 | &a is an anchor                               | swarm:/  port: &a 1531
            a tag                   | 2 | is a tag                                      | swarm:/  port: !!int 1531
            an open bracket         | 3 | this is not YAML                              | swarm:/  enabled: ["a"/
            a tab                   | 2 | this is not YAML                              | swarm:/%tport: 1531
            two documents           | 3 | a second document                             | swarm:/  port: 1/---/swarm: {}
            """)
    void parse_mistake_isNamedInOneLine(String what, int line, String named, String text) {
        String yaml =
                text.replace("/", "\n").replace("%t", "\t").replace("%s", "/").replace("a\nb", "a/b");

        assertThatThrownBy(() -> NodeFile.parse("/etc/swarm.yaml", yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("/etc/swarm.yaml:" + line + ": ")
                .contains(named)
                .doesNotContain("\n");
    }

    @Test
    void users_namesWithHomes_areRead() {
        assertThat(NodeFile.parse("f", "swarm:\n  users: { ann: /home/ann }\n").users())
                .isEqualTo(Map.of("ann", Path.of("/home/ann")));
        assertThat(NodeFile.parse("f", "swarm:\n  port: 1\n").users()).isNull();
    }

    @Test
    void parse_listsWithinLists_areLimited() {
        assertThatThrownBy(() -> NodeFile.parse("f", "swarm: " + "[".repeat(5_000)))
                .hasMessageContaining("more than 16 lists");
    }

    @Test
    void parse_longFile_isLimited() {
        assertThatThrownBy(() -> NodeFile.parse("f", "#".repeat(70_000))).hasMessageContaining("limit 65536");
    }
}
