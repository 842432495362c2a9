package dev.swarm.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.trait.JsonText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeChecksTest {

    private static final String SEGMENT = "\"interface\":\"eth0\",\"sent\":10,\"heard_own\":10,\"heard_others\":4,"
            + "\"peers_there\":2,\"problem\":null";

    private static final String HEALTHY =
            "{\"version\":\"1\",\"peer_versions\":{\"a\":\"1\",\"b\":\"1\"},\"listen\":\"10.0.0.1:1531\",\"reach_problem\":null,\"reached_by\":{\"a\":true,\"b\":false},"
                    + "\"peers\":3,\"announced\":[{\"address\":\"10.0.0.1:1531\",\"interface\":\"eth0\",\"virtual\":false}],"
                    + "\"multicast\":true,\"multicast_problem\":null,\"segments\":[{" + SEGMENT + "}],"
                    + "\"clock_ahead_ms\":-120,\"deny_list\":4,\"deny_list_problem\":null,\"store_problem\":null}";

    @Test
    void of_healthyNode_passesEveryCheck() {
        assertThat(checks(HEALTHY)).allMatch(Check::ok).allMatch(check -> check.remedy()
                .isEmpty());
        assertThat(checks(HEALTHY))
                .extracting(Check::name)
                .containsExactly(
                        "version",
                        "tcp",
                        "inbound",
                        "multicast",
                        "udp",
                        "address",
                        "peers",
                        "name",
                        "clock",
                        "deny-list",
                        "transfers",
                        "store");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            an older node             | version   | the node is 0, the command 1      | restart the node   | "version":"1",             | "version":"0",
            a peer of another version | version   | of 2 peers 1 are not: b is 0      | go on with the upgrade | "b":"1"               | "b":"0"
            a port that is closed     | tcp       | 10.0.0.1:1531 does not answer     | open TCP and UDP   | "reach_problem":null      | "reach_problem":"10.0.0.1:1531 does not answer: timeout"
            an announcer that exited  | multicast | eth0 exited: sending fails        | descriptor limit   | "problem":null            | "problem":"sending fails: EMFILE"
            no way out by UDP         | multicast | 10 datagrams went out on eth0     | open UDP 1531      | "heard_own":10            | "heard_own":0
            no interface to speak on  | multicast | multicast waits for eth9          | --interface        | "multicast_problem":null  | "multicast_problem":"multicast waits for eth9"
            no way in by UDP          | udp       | 2 peers are in the network        | open UDP 1531      | "heard_others":4          | "heard_others":0
            a container's address     | address   | an interface of a container       | announce_address   | "virtual":false           | "virtual":true
            an address that is gone   | address   | no interface of this machine has  | listen on          | "interface":"eth0","virtual" | "interface":null,"virtual"
            no peers                  | peers     | no peer has proved itself         | --coordinator      | "peers":3                 | "peers":0
            no way in by TCP          | inbound   | this node reaches a, b, and was not reached | incoming | "a":true    | "a":false
            a copy of the machine     | name      | goes by this node's name: 10.0.0.7 | 'swarm ca issue'  | "peers":3                 | "peers":3,"namesakes":["10.0.0.7"]
            a clock that is ahead     | clock     | 5001 ms ahead of the peers'       | NTP                | -120                      | 5001
            a clock that is behind    | clock     | 90000 ms behind the peers'        | NTP                | -120                      | -90000
            an entry of a wrong clock | clock     | of 1 file is dated up to 7200 s in the future | dated anew | "deny_list":4       | "deny_list":4,"dated_ahead":1,"dated_ahead_ms":7200123
            a file without room       | disk      | a file is not received: 5 % free  | free space         | "peers":3                 | "peers":3,"no_room":"5 % free"
            a blob that nobody has    | transfers | nothing comes of 1 blob: ab: no progress: nobody | 'swarm seeds show ab' tells | "peers":3  | "peers":3,"stalled":1,"stalled_blob":"ab","stalled_reason":"no progress: nobody"
            blobs that nobody has     | transfers | nothing comes of 2 blobs, the first is ab: slow | open TCP and UDP 1531 | "peers":3        | "peers":3,"stalled":2,"stalled_blob":"ab","stalled_reason":"slow"
            a flush that failed       | store     | could not be flushed to disk: EIO, and nothing is received | restart the node | "store_problem":null | "store_problem":".blobs could not be flushed to disk: EIO"
            a deny list refused       | deny-list | deny list 4 is in force; older    | swarm ca revoke    | "deny_list_problem":null  | "deny_list_problem":"older"
            """)
    void of_oneFault_failsThatCheckAlone(
            String what, String name, String finding, String remedy, String healthy, String faulty) {
        String report = HEALTHY.replace(healthy, faulty);
        assertThat(report).isNotEqualTo(HEALTHY);

        List<Check> failed =
                checks(report).stream().filter(check -> !check.ok()).toList();

        assertThat(failed).singleElement().satisfies(check -> {
            assertThat(check.name()).isEqualTo(name);
            assertThat(check.finding()).contains(finding).doesNotContain("\n");
            assertThat(check.remedy()).contains(remedy).doesNotContain("\n");
        });
    }

    @Test
    void of_multicastOff_saysHowPeersAreFound() {
        String report =
                HEALTHY.replace("\"multicast\":true", "\"multicast\":false").replace(SEGMENT, "");

        assertThat(checks(report)).allMatch(Check::ok);
    }

    @Test
    void of_peersInOtherNetworksOnly_doesNotMissTheirDatagrams() {
        String report = HEALTHY.replace("\"heard_others\":4,\"peers_there\":2", "\"heard_others\":0,\"peers_there\":0");

        assertThat(checks(report)).allMatch(Check::ok);
    }

    @ParameterizedTest(name = "{2} in {0}/{1}: {3}")
    @CsvSource({
        "10.0.1.0, 24, 10.0.1.77, true",
        "10.0.1.0, 24, 10.0.2.77, false",
        "10.0.0.9, 22, 10.0.3.1, true",
        "10.0.0.9, 22, 10.0.4.1, false",
        "10.0.0.9, 32, 10.0.0.9, true",
        "2001:db8::1, 64, 2001:db8::9:1, true",
        "2001:db8::1, 64, 10.0.0.1, false"
    })
    void isIn_prefix_comparesThatManyBits(String network, int bits, String address, boolean inside)
            throws UnknownHostException {
        assertThat(NodeReport.isIn(InetAddress.getByName(network), bits, InetAddress.getByName(address)))
                .isEqualTo(inside);
    }

    private static List<Check> checks(String report) {
        Map<String, Object> members = new LinkedHashMap<>(JsonText.readObject(report));
        return NodeChecks.of(members, "1");
    }
}
