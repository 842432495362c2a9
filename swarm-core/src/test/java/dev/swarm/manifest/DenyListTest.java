package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.docs.Page;
import dev.swarm.manifest.DenyList.Denial;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DenyListTest {

    private static final TestFleet FLEET = new TestFleet("deny fleet");
    private static final NodeCredentials OPERATOR = FLEET.node("ops", Role.OPERATOR);
    private static final NodeCredentials AUTHORITY =
            new NodeCredentials(List.of(FLEET.authority()), FLEET.authorityKey(), FLEET.authority());
    private static final NodeCredentials LOST = FLEET.node("lost");
    private static final NodeCredentials KEPT = FLEET.node("kept");

    private static DenyList list(long version, NodeCredentials signer) {
        return DenyList.sign(version, inForce(), List.of(Denial.of(LOST.certificate())), signer);
    }

    /** A moment at which every certificate of the test counts. */
    private static Instant inForce() {
        return OPERATOR.certificate().getNotBefore().toInstant().plusMillis(1_234);
    }

    @Test
    void denies_certificateOnTheList_onlyThat() {
        DenyList list = list(1, OPERATOR);

        assertThat(list.denies(LOST.certificate())).isTrue();
        assertThat(list.denies(KEPT.certificate())).isFalse();
    }

    @Test
    void parse_itsOwnJson_isTheSameAndVerifies() {
        for (NodeCredentials signer : List.of(OPERATOR, AUTHORITY)) {
            DenyList list = list(7, signer);

            DenyList read = DenyList.parse(list.toJson());

            assertThat(read).isEqualTo(list);
            assertThat(read.issued()).isEqualTo(inForce());
            read.verify(FLEET.authority());
        }
    }

    @Test
    void toJson_ofAnyList_hasTheMembersOfTheDocumentation() {
        assertThat(Page.memberNames(list(1, AUTHORITY).toJson()))
                .isEqualTo(Page.memberNames(Page.of("docs/protocol.md").triedBy(DenyListTest.class, 0)));
    }

    @Test
    void verify_signedByAPlainMember_isRefusedByName() {
        assertThatThrownBy(() -> list(1, KEPT).verify(FLEET.authority()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("kept, who is no operator");
    }

    @Test
    void verify_anotherFleets_isRefused() {
        TestFleet other = new TestFleet("other fleet");

        assertThatThrownBy(() -> list(1, OPERATOR).verify(other.authority()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("it is for fleet");
    }

    @Test
    void verify_operatorOfAnotherFleetUnderThisFleetsName_isRefused() {
        NodeCredentials stranger = new TestFleet("other fleet").node("ops", Role.OPERATOR);
        NodeCredentials posing = new NodeCredentials(stranger.chain(), stranger.key(), FLEET.authority());

        assertThatThrownBy(() -> list(1, posing).verify(FLEET.authority()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("was not issued by the fleet's authority");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"version\" : 3', '\"version\" : 4'",
        "'\"host\" : \"lost\"', '\"host\" : \"kept\"'",
        "'\"issued\" : \"20', '\"issued\" : \"19'"
    })
    void verify_anythingAltered_isRefused(String before, String after) {
        String json = list(3, AUTHORITY).toJson();
        assertThat(json).contains(before);

        DenyList altered = DenyList.parse(json.replace(before, after));

        assertThatThrownBy(() -> altered.verify(FLEET.authority()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("its signature does not match");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    `"swarm-deny-list/1"` | `"swarm-deny-list/2"`      | format
                    `"version" : 3`       | `"version" : 0`            | at least 1
                    `"version" : 3`       | `"version" : -1`           | at least 1
                    `"version" : 3`       | `"version" : "3"`          | whole number
                    `"version" : 3`       | `"version" : 3.5`          | whole number
                    `"version" : 3`       | `"version" : 99999999999999999999` | not a JSON object
                    `"version" : 3`       | `"version" : 3, "more": 1` | unknown member 'more'
                    `"version" : 3`       | `"version" : 3, "version" : 4` | version
                    `"issued" : "`        | `"issued" : "x`            | no UTC time
                    `"fleet" : "`         | `"fleet" : "z`             | fleet id
                    `"denied" : [`        | `"denied" : [1,`           | element
                    `"serial" : "`        | `"serial" : "-`            | serial number
                    `"serial" : "`        | `"serial" : "0123456789012345678901234567890123456789012345` | serial number
                    `"host" : "lost"`     | `"host" : "a b"`           | host
                    `"signer" : "`        | `"signer" : "*`            | not base64
                    `"signature" : "`     | `"signature" : "*`         | not base64
                    `{`                   | `[`                        | not a JSON object
                    """)
    void parse_malformed_isRefusedNamingThePart(String before, String after, String named) {
        String json = list(3, AUTHORITY).toJson();
        assertThat(json).contains(before);

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DenyList.parse(json.replaceFirst(Pattern.quote(before), Matcher.quoteReplacement(after))))
                .withMessageStartingWith("not a deny list: ")
                .withMessageContaining(named);
    }

    @Test
    void parse_truncatedAnywhere_isRefused() {
        String json = list(3, AUTHORITY).toJson().stripTrailing();

        for (int length = 0; length < json.length(); length++) {
            String part = json.substring(0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> DenyList.parse(part));
        }
    }
}
