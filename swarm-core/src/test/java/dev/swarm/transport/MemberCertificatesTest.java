package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.TestFleet.Usage;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberCertificatesTest {

    private static final TestFleet FLEET = new TestFleet("fleet");

    @Test
    void read_memberCertificate_givesHostAndRoles() {
        PeerCertificate peer =
                MemberCertificates.read(FLEET.node("web-01", Role.OPERATOR).certificate());

        assertThat(peer.host()).isEqualTo(new PeerId("web-01"));
        assertThat(peer.roles()).containsExactly(Role.OPERATOR);
    }

    @Test
    void read_certificateWithoutRoles_givesNone() {
        assertThat(MemberCertificates.read(FLEET.node("web-01").certificate()).roles())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CLIENT_AUTH,serverAuth", "SERVER_AUTH,clientAuth"})
    void read_oneUsageMissing_namesIt(Usage present, String missing) {
        X509Certificate certificate =
                FLEET.issue("web-01").usages(present).build().certificate();

        assertThatThrownBy(() -> MemberCertificates.read(certificate))
                .isInstanceOf(SwarmException.class)
                .hasMessage("certificate of web-01 does not allow extended key usage " + missing
                        + "; issue it again with clientAuth and serverAuth")
                .extracting(e -> ((SwarmException) e).reason())
                .isEqualTo(SwarmException.Reason.IDENTITY);
    }

    @Test
    void read_noUsages_namesBoth() {
        X509Certificate certificate = FLEET.issue("web-01").usages().build().certificate();

        assertThatThrownBy(() -> MemberCertificates.read(certificate))
                .hasMessageContaining("clientAuth and serverAuth;");
    }

    @Test
    void read_noHostName_saysHowToIssue() {
        X509Certificate certificate = FLEET.issue("web-01").unnamed().build().certificate();

        assertThatThrownBy(() -> MemberCertificates.read(certificate)).hasMessageContaining("type DNS");
    }
}
