package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmException;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.TestFleet;
import java.lang.reflect.Proxy;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

class FaultLogTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final List<String> lines = new ArrayList<>();
    private long now;
    private final FaultLog faults = new FaultLog(logger(), () -> now);

    @Test
    void warn_oneKindManyTimes_oneLineASecondWithACount() {
        for (int i = 0; i < 10; i++) {
            faults.warn("a", "failed with", "peer-" + i, "reason a");
        }
        now = SECOND;
        faults.warn("a", "failed with", "peer-10", "reason a");

        assertThat(lines)
                .containsExactly("failed with peer-0: reason a", "failed with peer-10: reason a (and 9 more like it)");
    }

    @Test
    void warn_unlikeOnesWithinASecond_areWrittenAndCountedByThemselves() {
        faults.warn("a", "failed with", "p", "a");
        faults.warn("a", "failed with", "p", "a");
        faults.warn("b", "failed with", "p", "b");
        now = SECOND;
        faults.warn("b", "failed with", "p", "b");
        faults.warn("a", "failed with", "p", "a");

        assertThat(lines)
                .containsExactly(
                        "failed with p: a",
                        "failed with p: b",
                        "failed with p: b",
                        "failed with p: a (and 1 more like it)");
    }

    @Test
    void warn_moreKindsThanAreToldApart_furtherOnesShareALine() {
        int kinds = 10 * FaultLog.MAX_KINDS;
        for (int i = 0; i < kinds; i++) {
            faults.warn("kind " + i, "failed with", "p", "reason " + i);
        }
        assertThat(lines).hasSize(FaultLog.MAX_KINDS + 1).contains("failed with p: reason " + FaultLog.MAX_KINDS);

        now = SECOND;
        lines.clear();
        faults.warn("kind " + kinds, "failed with", "p", "later");
        faults.warn("kind " + kinds, "failed with", "p", "later");

        assertThat(lines).containsExactly("failed with p: later");
    }

    @Test
    void kindOf_membersCertificates_areToldApart() {
        TestFleet fleet = new TestFleet("fleet");
        String noUsage = Reasons.kindOf(wrapped(refusal(fleet.issue("web-01")
                .usages(TestFleet.Usage.CLIENT_AUTH)
                .build()
                .certificate())));

        assertThat(noUsage).contains("serverAuth");
        assertThat(noUsage).isNotEqualTo(Reasons.kindOf(new SSLHandshakeException("Empty client certificate chain")));
    }

    @Test
    void kindOf_whatStrangersChoose_doesNotMakeKinds() {
        TestFleet fleet = new TestFleet("fleet");
        FleetTrust trust = new FleetTrust(fleet.authority(), MemberCertificates::read);

        assertThat(strangersKind(trust, "one"))
                .isEqualTo(strangersKind(trust, "two"))
                .startsWith("chain ");
        assertThat(Reasons.kindOf(new SSLException("size (5) is 6")))
                .isEqualTo(Reasons.kindOf(new SSLException("size (7) is 8")));
        assertThat(Reasons.kindOf(new SSLException("Received fatal alert: one")))
                .isEqualTo(Reasons.kindOf(new SSLException("Received fatal alert: two")));
    }

    private static String strangersKind(FleetTrust trust, String host) {
        try {
            trust.check(List.of(new TestFleet("other").issue(host).build().certificate()));
            throw new AssertionError("a stranger is believed");
        } catch (CertificateException e) {
            return Reasons.kindOf(wrapped(e));
        }
    }

    private static CertificateException refusal(X509Certificate certificate) {
        try {
            MemberCertificates.read(certificate);
            throw new AssertionError("taken for a member");
        } catch (SwarmException e) {
            return new CertificateException(e.getMessage(), e);
        }
    }

    private static SSLException wrapped(CertificateException failure) {
        SSLHandshakeException handshake = new SSLHandshakeException(failure.getMessage());
        handshake.initCause(failure);
        return handshake;
    }

    private Logger logger() {
        return (Logger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("warn");
                    Object[] values = arguments.length == 2 && arguments[1] instanceof Object[] all
                            ? all
                            : Arrays.copyOfRange(arguments, 1, arguments.length);
                    lines.add(MessageFormatter.arrayFormat((String) arguments[0], values)
                            .getMessage());
                    return null;
                });
    }
}
