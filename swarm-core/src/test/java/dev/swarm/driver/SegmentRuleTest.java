package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.MulticastOptions;
import dev.swarm.driver.SegmentRule.Segment;
import dev.swarm.peer.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentRuleTest {

    private static final InetAddress ANY = ip("0.0.0.0");
    private static final InetAddress GROUP_V6 = ip("ff02::42");

    private static final LocalInterface LO = new LocalInterface("lo", 1, true, false, true, ips("127.0.0.1", "::1"));
    private static final LocalInterface ETH0 = up("eth0", 2, "fe80::1", "2001:db8::2", "10.0.0.2");
    private static final LocalInterface WLAN0 = up("wlan0", 3, "192.168.1.7");
    private static final LocalInterface WG0 = up("wg0", 4, "10.9.0.1");
    private static final LocalInterface DOCKER0 = up("docker0", 5, "172.17.0.1");
    private static final LocalInterface DOWN = new LocalInterface("eth1", 6, false, true, false, ips("10.1.0.2"));
    private static final LocalInterface NO_MULTICAST =
            new LocalInterface("eth2", 7, true, false, false, ips("10.2.0.2"));
    private static final List<LocalInterface> ALL =
            List.of(LO, WG0, DOCKER0, ETH0, WLAN0, DOWN, NO_MULTICAST, up("eth3", 8, "169.254.3.4", "fe80::3"));

    private static InetAddress ip(String text) {
        return PeerAddress.parse((text.contains(":") ? "[" + text + "]" : text) + ":1")
                .ip();
    }

    private static List<InetAddress> ips(String... texts) {
        return Arrays.stream(texts).map(SegmentRuleTest::ip).toList();
    }

    private static LocalInterface up(String name, int index, String... addresses) {
        return new LocalInterface(name, index, true, true, false, ips(addresses));
    }

    private static List<Segment> choose(MulticastOptions options, InetAddress listen, @Nullable InetAddress announce) {
        return new SegmentRule(options, listen, announce).choose(ALL);
    }

    private static Segment segment(LocalInterface on, String address) {
        return new Segment(on.name(), on.index(), ip(address), ip(address));
    }

    @Test
    void own_nodeThatListensOnOneAddress_leavesTheOthersToOtherNodes() {
        assertThat(new SegmentRule(MulticastOptions.off(), ip("10.0.0.2"), null).own(ALL))
                .containsExactly(ip("10.0.0.2"));
        assertThat(new SegmentRule(MulticastOptions.off(), ANY, null).own(List.of(LO, ETH0)))
                .containsExactlyInAnyOrder(
                        ip("127.0.0.1"), ip("::1"), ip("fe80::1"), ip("2001:db8::2"), ip("10.0.0.2"));
    }

    @Test
    void choose_automatic_takesEveryInterfaceThatLeadsOutwardWithItsOwnAddress() {
        assertThat(choose(MulticastOptions.automatic(), ANY, null))
                .containsExactly(segment(ETH0, "10.0.0.2"), segment(WLAN0, "192.168.1.7"));
    }

    @Test
    void choose_off_takesNone() {
        assertThat(choose(MulticastOptions.off(), ANY, null)).isEmpty();
    }

    @Test
    void choose_named_takesThoseWhateverTheirKind() {
        assertThat(choose(MulticastOptions.on(List.of("lo", "wg0", "eth1", "eth9")), ANY, null))
                .containsExactly(segment(LO, "127.0.0.1"), segment(WG0, "10.9.0.1"));
    }

    @Test
    void choose_listensOnOneAddress_takesTheInterfaceThatHasIt() {
        assertThat(choose(MulticastOptions.automatic(), ip("10.9.0.1"), null))
                .containsExactly(segment(WG0, "10.9.0.1"));
        assertThat(choose(MulticastOptions.automatic(), ip("127.0.0.1"), null))
                .containsExactly(segment(LO, "127.0.0.1"));
    }

    @Test
    void choose_groupOfTheOtherFamily_takesAddressesOfThatFamily() {
        assertThat(choose(MulticastOptions.automatic().withGroup(GROUP_V6), ANY, null))
                .containsExactly(segment(ETH0, "2001:db8::2"));
    }

    @Test
    void choose_announcedAddressIsOurs_isToldEverywhereAndSentFrom() {
        assertThat(choose(MulticastOptions.automatic(), ANY, ip("192.168.1.7")))
                .containsExactly(segment(ETH0, "192.168.1.7"), segment(WLAN0, "192.168.1.7"));
    }

    @Test
    void choose_announcedAddressIsNotOurs_isToldFromTheInterfacesAddress() {
        assertThat(choose(MulticastOptions.on(List.of("eth0")), ANY, ip("203.0.113.9")))
                .containsExactly(new Segment("eth0", 2, ip("10.0.0.2"), ip("203.0.113.9")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker0",
                "br-1f2e3d4c5b6a",
                "veth12ab",
                "virbr0",
                "tun0",
                "tap1",
                "wg0",
                "tailscale0",
                "cni0",
                "flannel.1",
                "utun3",
                "vmnet8",
                "lxcbr0",
                "cali0a1b"
            })
    void leadsOutward_containersAndTunnels_doNot(String name) {
        assertThat(up(name, 1, "10.0.0.2").leadsOutward()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "enp3s0", "wlp2s0", "br0", "bond0", "en0", "ens5", "local0"})
    void leadsOutward_networksOfTheHouse_do(String name) {
        assertThat(up(name, 1, "10.0.0.2").leadsOutward()).isTrue();
    }

    @Test
    void complaint_namedInterfaceNotThere_namesItAndWhatItNeeds() {
        SegmentRule rule = new SegmentRule(MulticastOptions.on(List.of("eth0", "eth9")), ANY, null);

        assertThat(rule.complaint(java.util.Set.of("eth0"))).contains("eth9", "IPv4");
        assertThat(rule.complaint(java.util.Set.of("eth0", "eth9"))).isNull();
    }

    @Test
    void complaint_noInterfaceAtAll_saysHowPeersAreFound() {
        SegmentRule rule = new SegmentRule(MulticastOptions.automatic(), ANY, null);

        assertThat(rule.complaint(java.util.Set.of())).contains("known addresses");
        assertThat(new SegmentRule(MulticastOptions.off(), ANY, null).complaint(java.util.Set.of()))
                .isNull();
    }

    @Test
    void outward_isTheAddressListenedOnOrTheFirstThatLeadsOutward() {
        assertThat(new SegmentRule(MulticastOptions.off(), ip("10.9.0.1"), null).outward(ALL))
                .isEqualTo(ip("10.9.0.1"));
        assertThat(new SegmentRule(MulticastOptions.off(), ANY, null).outward(ALL))
                .isEqualTo(ip("10.0.0.2"));
        assertThat(new SegmentRule(MulticastOptions.on(List.of("wlan0")), ANY, null).outward(ALL))
                .isEqualTo(ip("192.168.1.7"));
        assertThat(new SegmentRule(MulticastOptions.automatic(), ANY, null).outward(List.of(LO, WG0)))
                .isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    void isOnLoopback_onlyIfListeningAnnouncingOrNamedThere() {
        InterfaceLister lister = () -> ALL;
        InterfaceLister broken = () -> {
            throw new IOException("no interfaces");
        };

        assertThat(new SegmentRule(MulticastOptions.automatic(), ANY, null).isOnLoopback(lister))
                .isFalse();
        assertThat(new SegmentRule(MulticastOptions.automatic(), ANY, null).isOnLoopback(broken))
                .isFalse();
        assertThat(new SegmentRule(MulticastOptions.off(), ip("127.0.0.1"), null).isOnLoopback(broken))
                .isTrue();
        assertThat(new SegmentRule(MulticastOptions.off(), ANY, ip("127.0.0.1")).isOnLoopback(lister))
                .isTrue();
        assertThat(new SegmentRule(MulticastOptions.on(List.of("lo")), ANY, null).isOnLoopback(lister))
                .isTrue();
    }
}
