package dev.swarm.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.docs.Page;
import dev.swarm.peer.PeerAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CheckInTest {

    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final BlobId BLOB = BlobId.parse(HEX);
    private static final TraitDocument BLOBS =
            TraitDocument.of("swarm", "{\"blob_count\":1,\"blobs\":[\"" + HEX + "\"],\"label\":\"\\u00e9 \\\"x\\\"\"}");
    private static final TraitDocument SEEDS = TraitDocument.of("swarm_seeds", "{\"seeds\":[],\"broken_seeds\":[]}");

    private static CheckIn.Question question(InetAddress address) {
        return new CheckIn.Question(
                1531,
                address,
                Map.of("swarm", BLOBS.digest(), "swarm_seeds", SEEDS.digest()),
                Map.of("swarm", BLOBS),
                List.of(BLOB));
    }

    private static CheckIn.Answer answer() {
        return new CheckIn.Answer(
                new Fingerprint(-1, 2),
                List.of("swarm_seeds"),
                Map.of(BLOB, List.of(PeerAddress.parse("10.0.2.7:1531"))),
                List.of(PeerAddress.parse("10.0.3.9:1531"), PeerAddress.parse("[2001:db8::9]:1531")));
    }

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen == null ? LongStream.rangeClosed(1, 20) : LongStream.of(chosen);
    }

    @Test
    void examplesOfTheDocumentation_areRead() {
        CheckIn.Question question = CheckInJson.decodeQuestion(example(0));
        CheckIn.Answer answer = CheckInJson.decodeAnswer(example(1));

        assertThat(question.port()).isEqualTo(1531);
        assertThat(question.address())
                .isEqualTo(PeerAddress.parse("203.0.113.7:1").ip());
        assertThat(question.traits()).containsOnlyKeys("swarm", "swarm_seeds");
        assertThat(question.documents()).containsOnlyKeys("swarm");
        assertThat(question.wants()).hasSize(1);
        assertThat(answer.missing()).containsExactly("swarm_seeds");
        assertThat(answer.holders().values()).containsExactly(List.of(PeerAddress.parse("10.0.2.7:1531")));
        assertThat(answer.peers()).containsExactly(PeerAddress.parse("10.0.3.9:1531"));
    }

    /** With the digest of the one document that is given. */
    private static ByteBuffer example(int number) {
        String form = Page.of("docs/protocol.md").triedBy(CheckInTest.class, number);
        TraitDocument given = TraitDocument.of("swarm", "{\"blob_count\":1,\"blobs\":[\"...\"]}");
        String filled = Page.filled(form.replaceFirst(
                "\"swarm\": \"<sha256>\"", "\"swarm\": \"" + given.digest().hex() + "\""));
        return ByteBuffer.wrap(filled.getBytes(StandardCharsets.UTF_8));
    }

    @Nested
    class Questions {

        @ParameterizedTest
        @CsvSource({"10.0.1.2", "2001:db8::1", "''"})
        void decode_encodedQuestion_isEqual(String address) {
            CheckIn.Question question = question(
                    address.isEmpty()
                            ? null
                            : PeerAddress.parse(address.contains(":") ? "[" + address + "]:1" : address + ":1")
                                    .ip());

            CheckIn.Question decoded = CheckIn.Question.decode(question.encode());

            assertThat(decoded).isEqualTo(question);
            assertThat(decoded.documents().get("swarm").text()).isEqualTo(BLOBS.text());
            assertThat(decoded.documents().get("swarm").blobs()).containsExactly(BLOB);
        }

        @Test
        void encode_nothingChanged_takesSomeHundredBytes() {
            CheckIn.Question unchanged =
                    new CheckIn.Question(1531, null, question(null).traits(), Map.of(), List.of());

            assertThat(unchanged.encode().remaining()).isLessThan(300);
        }

        @Test
        void decode_membersThatItDoesNotKnow_passesThemOver() {
            CheckIn.Question decoded = CheckIn.Question.decode(
                    bytes("{\"later\":{\"a\":[1,{\"b\":null}]},\"port\":1531,\"more\":[[]],\"x\":1e5}"));

            assertThat(decoded).isEqualTo(new CheckIn.Question(1531, null, Map.of(), Map.of(), List.of()));
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                nothing                   | ~~                                    | not a JSON object
                no object                 | [1531]                                | not a JSON object
                text behind               | {"port":1531} {}                      | text after
                a member twice            | {"port":1531,"port":1532}             | Duplicate field
                no port                   | {}                                    | port is 0
                a port too large          | {"port":65536}                        | port is 65536
                a port that overflows     | {"port":99999999999999}               | not a JSON object
                a port as text            | {"port":"1531"}                       | port has to be a number
                a port with a fraction    | {"port":1531.5}                       | port has to be a number
                a host name               | {"port":1,"address":"example.com"}    | address
                an address as number      | {"port":1,"address":10}               | address has to be text
                an address with port      | {"port":1,"address":"10.0.0.1:2"}     | address
                traits as list            | {"port":1,"traits":["swarm"]}         | traits has to be an object
                a short digest            | {"port":1,"traits":{"swarm":"ab"}}    | digest of a trait
                a digest as number        | {"port":1,"traits":{"swarm":1}}       | digest of a trait
                a digest in capitals      | {"port":1,"traits":{"swarm":"CAPS"}}  | digest of a trait
                a name with a slash       | {"port":1,"traits":{"a/b":"HEX"}}     | name of a trait
                a name of no length       | {"port":1,"traits":{"":"HEX"}}        | name of a trait
                documents as list         | {"port":1,"documents":[]}             | documents has to be an object
                a document as object      | {"port":1,"documents":{"swarm":{}}}   | document of a trait has to be text
                a document that is none   | {"port":1,"documents":{"swarm":"[]"}} | document of a trait: not a JSON object
                a document torn off       | {"port":1,"documents":{"a":"{"}}      | document of a trait: not a JSON object
                a document without digest | {"port":1,"documents":{"swarm":"{}"}} | not the one with the digest
                another document          | {"port":1,"traits":{"a":"HEX"},"documents":{"a":"{}"}} | not the one with the digest
                wants as object           | {"port":1,"wants":{}}                 | wants has to be a list
                a want as number          | {"port":1,"wants":[1]}                | wants has to be text
                a want that is none       | {"port":1,"wants":["HE"]}             | blob id
                torn off                  | {"port":1,"wants":["HEX"              | not a JSON object
                """)
        void decode_wrongShape_isRefusedInOneLine(String what, String body, String named) {
            ByteBuffer question = bytes(body.replace("HEX", HEX).replace("CAPS", HEX.toUpperCase(Locale.ROOT)));

            assertThatIllegalArgumentException()
                    .as(what)
                    .isThrownBy(() -> CheckIn.Question.decode(question))
                    .withMessageContaining(named)
                    .satisfies(
                            refusal -> assertThat(refusal.getMessage().lines()).hasSize(1));
        }

        @Test
        void decode_moreThanTheBounds_isRefused() {
            String traits = IntStream.rangeClosed(0, CheckIn.MAX_TRAITS)
                    .mapToObj(i -> "\"t" + i + "\":\"" + HEX + "\"")
                    .collect(Collectors.joining(","));
            String wants = ("\"" + HEX + "\",").repeat(CheckIn.MAX_WANTS) + "\"" + HEX + "\"";

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(bytes("{\"port\":1,\"traits\":{" + traits + "}}")))
                    .withMessageContaining("more than 16 traits");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(bytes("{\"port\":1,\"wants\":[" + wants + "]}")))
                    .withMessageContaining("wants");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(ByteBuffer.allocate(CheckIn.MAX_QUESTION_BYTES + 1)))
                    .withMessageContaining("limit " + CheckIn.MAX_QUESTION_BYTES);
        }

        @Test
        void decode_nestedBeyondAllReason_isRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(bytes("{\"x\":" + "[".repeat(100_000))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(
                            bytes("{\"port\":1,\"documents\":{\"a\":\"{\\\"x\\\":" + "[".repeat(100_000) + "\"}}")));
        }

        @Test
        void decode_bytesThatAreNoText_isRefused() {
            byte[] body = "{\"port\":1531,\"x\":\"?\"}".getBytes(StandardCharsets.UTF_8);
            body[body.length - 3] = (byte) 0xff;

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Question.decode(ByteBuffer.wrap(body)))
                    .withMessageContaining("UTF-8");
        }

        @Test
        void decode_cutAnywhere_isRefused() {
            byte[] whole = question(null).encode().array();
            for (int length = 0; length < whole.length; length++) {
                ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, length));
                assertThatIllegalArgumentException().isThrownBy(() -> CheckIn.Question.decode(cut));
            }
        }

        @ParameterizedTest(name = "seed {0}")
        @MethodSource("dev.swarm.coordinate.CheckInTest#seeds")
        void decode_bytesChangedAtRandom_isReadOrRefusedAndNothingElse(long seed) {
            Random random = new Random(seed);
            byte[] whole = question(null).encode().array();
            for (int round = 0; round < 500; round++) {
                byte[] changed = whole.clone();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                try {
                    assertThat(CheckIn.Question.decode(ByteBuffer.wrap(changed)).port())
                            .isPositive();
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage().lines()).hasSize(1);
                }
            }
        }
    }

    @Nested
    class Answers {

        @Test
        void decode_encodedAnswer_isEqual() {
            assertThat(CheckIn.Answer.decode(answer().encode())).isEqualTo(answer());
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                no object                 | 5                                     | not a JSON object
                no digest                 | {}                                    | lacks the digest
                a short digest            | {"manifest":"00"}                     | 32 hex digits
                a digest that is none     | {"manifest":"zz345678901234567890123456789012"} | 32 hex digits
                a digest as number        | {"manifest":0}                        | manifest has to be text
                missing as text           | {"missing":"swarm"}                   | missing has to be a list
                missing a name            | {"manifest":"DIGEST","missing":["/"]} | name of a trait
                holders as list           | {"holders":[]}                        | holders has to be an object
                holders of no blob        | {"holders":{"x":[]}}                  | blob id
                holders as text           | {"holders":{"HEX":"10.0.0.1:1"}}      | has to be a list
                a holder by name          | {"holders":{"HEX":["a:1"]}}           | an address that is not one
                peers as object           | {"peers":{}}                          | peers has to be a list
                a peer by name            | {"peers":["example.com:1531"]}        | an address that is not one
                a peer as number          | {"peers":[1]}                         | peers has to be text
                a port that is none       | {"peers":["10.0.0.1:0"]}              | an address that is not one
                """)
        void decode_wrongShape_isRefusedInOneLine(String what, String body, String named) {
            ByteBuffer answer = bytes(body.replace("HEX", HEX).replace("DIGEST", "0".repeat(32)));

            assertThatIllegalArgumentException()
                    .as(what)
                    .isThrownBy(() -> CheckIn.Answer.decode(answer))
                    .withMessageContaining(named)
                    .satisfies(
                            refusal -> assertThat(refusal.getMessage().lines()).hasSize(1));
        }

        @Test
        void decode_moreAddressesThanTheLimit_isRefused() {
            String addresses = "\"10.0.0.1:1531\",".repeat(CheckIn.MAX_HINTS);
            String manifest = "{\"manifest\":\"" + "0".repeat(32) + "\",\"peers\":[" + addresses;

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Answer.decode(bytes(manifest + "\"10.0.0.1:1531\"]}")));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CheckIn.Answer.decode(bytes(manifest.substring(0, manifest.length() - 1)
                            + "],\"holders\":{\"" + HEX + "\":[\"10.0.0.1:1531\"]}}")))
                    .withMessageContaining("65 addresses, limit 64");
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
