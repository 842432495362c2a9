package dev.swarm.coordinate;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.PeerAddress;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Check-ins as JSON. Reads member by member and keeps no more than what is asked for. */
final class CheckInJson {

    private static final int DIGEST_DIGITS = 2 * Fingerprint.BYTES;

    private CheckInJson() {}

    static ByteBuffer encode(CheckIn.Question question) {
        return encode(json -> {
            json.writeStartObject();
            json.writeNumberField("port", question.port());
            InetAddress address = question.address();
            if (address != null) {
                json.writeStringField("address", text(address));
            }
            json.writeObjectFieldStart("traits");
            for (var trait : new TreeMap<>(question.traits()).entrySet()) {
                json.writeStringField(trait.getKey(), trait.getValue().hex());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("documents");
            for (var document : new TreeMap<>(question.documents()).entrySet()) {
                json.writeStringField(document.getKey(), document.getValue().text());
            }
            json.writeEndObject();
            writeTexts(json, "wants", question.wants());
            json.writeEndObject();
        });
    }

    static ByteBuffer encode(CheckIn.Answer answer) {
        return encode(json -> {
            json.writeStartObject();
            json.writeStringField("manifest", hex(answer.manifest()));
            writeTexts(json, "missing", answer.missing());
            json.writeObjectFieldStart("holders");
            for (var blob : new TreeMap<>(answer.holders()).entrySet()) {
                writeTexts(json, blob.getKey().hex(), blob.getValue());
            }
            json.writeEndObject();
            writeTexts(json, "peers", answer.peers());
            json.writeEndObject();
        });
    }

    static CheckIn.Question decodeQuestion(ByteBuffer body) {
        QuestionMembers members = new QuestionMembers();
        JsonText.readMembers(text(body, CheckIn.MAX_QUESTION_BYTES), members);
        return members.question();
    }

    static CheckIn.Answer decodeAnswer(ByteBuffer body) {
        AnswerMembers members = new AnswerMembers();
        JsonText.readMembers(text(body, CheckIn.MAX_ANSWER_BYTES), members);
        return members.answer();
    }

    private static final class QuestionMembers implements JsonText.Members {
        private int port;
        private @Nullable InetAddress address;
        private final Map<String, TraitDigest> traits = new LinkedHashMap<>();
        private final Map<String, TraitDocument> documents = new LinkedHashMap<>();
        private List<BlobId> wants = List.of();

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "port" -> port = readPort(json);
                case "address" -> address = readIp(readText(json, name));
                case "traits" ->
                    readObject(
                            json,
                            name,
                            CheckIn.MAX_TRAITS,
                            trait -> traits.put(trait, new TraitDigest(readText(json, "digest of a trait"))));
                case "documents" ->
                    readObject(
                            json,
                            name,
                            CheckIn.MAX_TRAITS,
                            trait -> documents.put(trait, readDocument(trait, readText(json, "document of a trait"))));
                case "wants" -> wants = readTexts(json, name, CheckIn.MAX_WANTS, BlobId::parse);
                default -> json.skipChildren();
            }
        }

        CheckIn.Question question() {
            return new CheckIn.Question(port, address, traits, documents, wants);
        }

        private static int readPort(JsonParser json) throws IOException {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IllegalArgumentException("port has to be a number from 1 to 65535");
            }
            return json.getIntValue();
        }

        private static InetAddress readIp(String text) {
            return readAddress((text.contains(":") ? "[" + text + "]" : text) + ":1")
                    .ip();
        }

        private static TraitDocument readDocument(String trait, String text) {
            try {
                return TraitDocument.of(trait, text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("document of a trait: " + e.getMessage(), e);
            }
        }
    }

    private static final class AnswerMembers implements JsonText.Members {
        private @Nullable Fingerprint manifest;
        private List<String> missing = List.of();
        private final Map<BlobId, List<PeerAddress>> holders = new LinkedHashMap<>();
        private List<PeerAddress> peers = List.of();

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "manifest" -> manifest = readDigest(readText(json, name));
                case "missing" -> missing = readTexts(json, name, CheckIn.MAX_TRAITS, Function.identity());
                case "holders" ->
                    readObject(
                            json,
                            name,
                            CheckIn.MAX_WANTS,
                            blob -> holders.put(
                                    BlobId.parse(blob),
                                    readTexts(json, "holders of a blob", CheckIn.MAX_HINTS, CheckInJson::readAddress)));
                case "peers" -> peers = readTexts(json, name, CheckIn.MAX_HINTS, CheckInJson::readAddress);
                default -> json.skipChildren();
            }
        }

        CheckIn.Answer answer() {
            Fingerprint digest = manifest;
            if (digest == null) {
                throw new IllegalArgumentException("answer to a check-in lacks the digest of a manifest");
            }
            return new CheckIn.Answer(digest, missing, holders, peers);
        }

        private static Fingerprint readDigest(String digits) {
            if (digits.length() != DIGEST_DIGITS || !digits.chars().allMatch(HexFormat::isHexDigit)) {
                throw new IllegalArgumentException("digest of a manifest has to be " + DIGEST_DIGITS
                        + " hex digits; this has length " + digits.length());
            }
            return new Fingerprint(
                    HexFormat.fromHexDigitsToLong(digits, 0, DIGEST_DIGITS / 2),
                    HexFormat.fromHexDigitsToLong(digits, DIGEST_DIGITS / 2, DIGEST_DIGITS));
        }
    }

    /** Takes the member whose value the parser is at; may throw what the parser throws. */
    private interface Member {

        void take(String name) throws IOException;
    }

    private static void readObject(JsonParser json, String what, int limit, Member member) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT, what, "an object");
        int count = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            requireRoom(++count, what, limit);
            String name = json.currentName();
            json.nextToken();
            member.take(name);
        }
    }

    private static <T> List<T> readTexts(JsonParser json, String what, int limit, Function<String, T> parse)
            throws IOException {
        require(json.currentToken() == JsonToken.START_ARRAY, what, "a list of texts");
        List<T> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            requireRoom(elements.size() + 1, what, limit);
            elements.add(parse.apply(readText(json, what)));
        }
        return elements;
    }

    /** Keeps what a stranger wrote out of the message, which may end up in a log. */
    private static PeerAddress readAddress(String text) {
        try {
            return PeerAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "check-in has an address that is not one, of length " + text.length(), e);
        }
    }

    private static String readText(JsonParser json, String what) throws IOException {
        require(json.currentToken() == JsonToken.VALUE_STRING, what, "text");
        return json.getText();
    }

    private static void require(boolean holds, String what, String kind) {
        if (!holds) {
            throw new IllegalArgumentException(what + " has to be " + kind);
        }
    }

    private static void requireRoom(int count, String what, int limit) {
        if (count > limit) {
            throw new IllegalArgumentException("check-in has more than " + limit + " " + what);
        }
    }

    private static void writeTexts(JsonGenerator json, String name, List<?> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (Object value : values) {
            json.writeString(value.toString());
        }
        json.writeEndArray();
    }

    private static String hex(Fingerprint fingerprint) {
        HexFormat format = HexFormat.of();
        return format.toHexDigits(fingerprint.high()) + format.toHexDigits(fingerprint.low());
    }

    /** Without the name of an interface, which means nothing elsewhere. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = address instanceof Inet6Address ? text.indexOf('%') : -1;
        return scope < 0 ? text : text.substring(0, scope);
    }

    private static ByteBuffer encode(JsonText.Content content) {
        return ByteBuffer.wrap(JsonText.write(content).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer body, int limit) {
        if (body.remaining() > limit) {
            throw new IllegalArgumentException("check-in is " + body.remaining() + " bytes, limit " + limit);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("check-in is not UTF-8", e);
        }
    }
}
