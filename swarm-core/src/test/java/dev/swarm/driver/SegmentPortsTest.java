package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.MulticastOptions;
import dev.swarm.NodeHealth;
import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MulticastConfig;
import dev.swarm.transport.Transport.DatagramListener;
import dev.swarm.transport.Transport.MulticastPort;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentPortsTest {

    private static final InetAddress ANY = PeerAddress.parse("0.0.0.0:1").ip();

    private final List<LocalInterface> interfaces = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private boolean listingFails;
    private boolean joiningFails;

    private final SegmentPorts ports = new SegmentPorts(
            new SegmentRule(MulticastOptions.automatic(), ANY, null),
            this::list,
            1531,
            this::open,
            segment -> (from, datagram) -> events.add(segment + " hears " + from));

    private List<LocalInterface> list() throws IOException {
        if (listingFails) {
            throw new IOException("too many open files");
        }
        return List.copyOf(interfaces);
    }

    private MulticastPort open(MulticastConfig config, DatagramListener listener) {
        if (joiningFails) {
            throw new SwarmException(SwarmException.Reason.NETWORK, "no such device");
        }
        String name = config.interfaceName();
        events.add(name + " joined from " + String.valueOf(config.source()).substring(1));
        return new MulticastPort() {
            @Override
            public void send(ByteBuffer datagram) {
                events.add(name + " sends " + datagram.remaining());
            }

            @Override
            public void close() {
                close("closed");
            }

            @Override
            public void close(String reason) {
                events.add(name + " left: " + reason);
            }
        };
    }

    private static LocalInterface up(String name, int index, String address) {
        return new LocalInterface(
                name,
                index,
                true,
                true,
                false,
                List.of(PeerAddress.parse(address + ":1").ip()));
    }

    private static LocalInterface down(String name, int index) {
        return new LocalInterface(name, index, false, true, false, List.of());
    }

    private void interfaces(LocalInterface... now) {
        interfaces.clear();
        interfaces.addAll(List.of(now));
    }

    private List<String> eventsOfLook() {
        events.clear();
        ports.look();
        return List.copyOf(events);
    }

    @Test
    void look_twoInterfaces_joinsBothAndTellsEachItsAddress() {
        interfaces(up("eth0", 2, "10.0.0.2"), up("wlan0", 3, "192.168.1.7"));

        SegmentPorts.Location location = ports.look();

        assertThat(events).containsExactlyInAnyOrder("eth0 joined from 10.0.0.2", "wlan0 joined from 192.168.1.7");
        assertThat(location.segments())
                .isEqualTo(Map.of(
                        "eth0", PeerAddress.parse("10.0.0.2:1531"), "wlan0", PeerAddress.parse("192.168.1.7:1531")));
        assertThat(location.own()).containsAll(location.segments().values());
    }

    @Test
    void look_nothingChanged_leavesEverythingAlone() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();

        assertThat(eventsOfLook()).isEmpty();
    }

    @Test
    void look_interfaceAppears_isJoined() {
        interfaces();
        assertThat(ports.look().segments()).isEmpty();
        interfaces(up("eth0", 2, "10.0.0.2"));

        assertThat(eventsOfLook()).containsExactly("eth0 joined from 10.0.0.2");
    }

    @Test
    void look_anotherAddress_isLeftAndJoinedAnewAndTheOldAddressIsToldNoMore() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        interfaces(up("eth0", 2, "10.0.0.99"));

        assertThat(eventsOfLook())
                .containsExactly(
                        "eth0 left: the address of eth0 changed from 10.0.0.2 to 10.0.0.99",
                        "eth0 joined from 10.0.0.99");
        assertThat(ports.look().segments()).isEqualTo(Map.of("eth0", PeerAddress.parse("10.0.0.99:1531")));
        assertThat(ports.look().own()).containsExactly(PeerAddress.parse("10.0.0.99:1531"));
    }

    @Test
    void look_interfaceGone_isLeft() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        interfaces();

        assertThat(eventsOfLook()).containsExactly("eth0 left: eth0 is gone");
        assertThat(ports.look().segments()).isEmpty();
    }

    @Test
    void look_interfaceDown_isLeftAndJoinedWhenItIsBack() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        interfaces(down("eth0", 2));
        assertThat(eventsOfLook()).containsExactly("eth0 left: eth0 is down");
        interfaces(up("eth0", 2, "10.0.0.2"));

        assertThat(eventsOfLook()).containsExactly("eth0 joined from 10.0.0.2");
    }

    @Test
    void look_interfaceMadeAnewBetweenLooks_isJoinedAnew() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        interfaces(up("eth0", 9, "10.0.0.2"));

        assertThat(eventsOfLook())
                .containsExactly("eth0 left: eth0 was removed and made anew", "eth0 joined from 10.0.0.2");
    }

    @Test
    void look_joiningFails_isTriedAgainWithEachLook() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        joiningFails = true;
        assertThat(ports.look().segments()).isEmpty();
        assertThat(ports.look().segments()).isEmpty();
        joiningFails = false;

        assertThat(eventsOfLook()).containsExactly("eth0 joined from 10.0.0.2");
        assertThat(ports.look().segments()).containsOnlyKeys("eth0");
    }

    @Test
    void look_listingFails_staysWhereItIs() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        SegmentPorts.Location before = ports.look();
        listingFails = true;

        assertThat(eventsOfLook()).isEmpty();
        assertThat(ports.look()).isEqualTo(before);
    }

    @Test
    void send_segmentJoined_goesOutThere() {
        interfaces(up("eth0", 2, "10.0.0.2"), up("wlan0", 3, "192.168.1.7"));
        ports.look();
        events.clear();
        ports.send("wlan0", ByteBuffer.allocate(5));
        ports.send("eth7", ByteBuffer.allocate(6));

        assertThat(events).containsExactly("wlan0 sends 5");
    }

    @Test
    void close_joined_leavesAndJoinsNoMore() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        events.clear();
        ports.close();
        interfaces(up("eth0", 2, "10.0.0.2"), up("wlan0", 3, "192.168.1.7"));
        ports.look();

        assertThat(events).containsExactly("eth0 left: the node closes");
    }

    @Test
    void lookOn_lookUnderWay_isNotDoubled() {
        List<Runnable> tasks = new ArrayList<>();
        List<SegmentPorts.Location> reports = new ArrayList<>();
        ports.lookOn(tasks::add, reports::add);
        ports.lookOn(tasks::add, reports::add);
        assertThat(tasks).hasSize(1);
        tasks.get(0).run();
        ports.lookOn(tasks::add, reports::add);

        assertThat(tasks).hasSize(2);
        assertThat(reports).hasSize(1);
    }

    @Test
    void health_segmentsJoinedAndNot_tellsWhatGoesOutAndWhyNot() {
        interfaces(up("eth0", 2, "10.0.0.2"));
        ports.look();
        ports.send("eth0", ByteBuffer.allocate(1));
        ports.send("eth0", ByteBuffer.allocate(1));
        ports.tally("eth0").heard(true);
        ports.tally("eth0").heard(false);
        joiningFails = true;
        interfaces(up("eth0", 2, "10.0.0.2"), up("wlan0", 3, "192.168.1.7"));
        ports.look();

        assertThat(ports.health())
                .containsExactlyInAnyOrder(
                        new NodeHealth.Segment("eth0", 2, 1, 1, null),
                        new NodeHealth.Segment("wlan0", 0, 0, 0, "no such device"));
    }

    @Test
    void announced_interfaceOfAContainerIsAsked_isToldApart() {
        SegmentPorts onBridge = new SegmentPorts(
                new SegmentRule(MulticastOptions.on(List.of("docker0")), ANY, null),
                this::list,
                1531,
                this::open,
                segment -> (from, datagram) -> events.add(segment));
        interfaces(up("docker0", 4, "172.17.0.1"));
        onBridge.look();

        assertThat(onBridge.announced())
                .containsExactly(new NodeHealth.Announced(PeerAddress.parse("172.17.0.1:1531"), "docker0", true));
    }

    @Test
    void announced_addressOfNoInterface_isToldWithoutOne() {
        SegmentPorts elsewhere = new SegmentPorts(
                new SegmentRule(
                        MulticastOptions.off(),
                        ANY,
                        PeerAddress.parse("192.0.2.1:1").ip()),
                this::list,
                1531,
                this::open,
                segment -> (from, datagram) -> events.add(segment));
        interfaces(up("eth0", 2, "10.0.0.2"));
        elsewhere.look();

        assertThat(elsewhere.announced())
                .containsExactly(new NodeHealth.Announced(PeerAddress.parse("192.0.2.1:1531"), null, false));
    }
}
