package dev.swarm.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one {@link ManifestJson} document. For one use. */
final class ManifestJsonReader {

    private static final int MAX_TEXT = 64 * 1024;
    private static final int MAX_DEPTH = 16;

    /** Problems named one by one; of more, only the number is told. */
    private static final int MAX_PROBLEMS = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_TEXT)
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .build();

    private final Map<String, AuthorCertificate> certificates = new HashMap<>();
    private final List<String> entries = new ArrayList<>();
    private final List<String> proofs = new ArrayList<>();
    private final Map<BlobId, HybridTimestamp> buriedBlobs = new HashMap<>();
    private final Map<EntryKey, HybridTimestamp> buriedEntries = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int unnamedProblems;
    private long version;
    private HybridTimestamp horizon = HybridTimestamp.ZERO;

    ManifestJson.Reading read(InputStream source) throws IOException {
        try (JsonParser json = FACTORY.createParser(source)) {
            readDocument(json);
        } catch (JsonProcessingException e) {
            problem("the document ends or breaks at line "
                    + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()) + ": " + e.getOriginalMessage());
        } catch (CharConversionException e) {
            problem("it is no text: " + e.getMessage());
        }
        List<SignedEntry> readEntries = decodeAll("entry", entries);
        List<SignedEntry> readProofs = decodeAll("proof", proofs);
        if (unnamedProblems > 0) {
            problems.add("manifest document: " + unnamedProblems + " more problems");
        }
        return new ManifestJson.Reading(
                new ManifestImage(version, readEntries, readProofs, buriedBlobs, buriedEntries, horizon), problems);
    }

    private void readDocument(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            problem("it is no JSON object");
            return;
        }
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            switch (field) {
                case "version" -> readVersion(json, token);
                case "horizon" -> readHorizon(json, token);
                case "certificates" -> forEach(json, token, () -> readCertificate(json));
                case "markers" -> forEach(json, token, () -> readMarker(json));
                case "proofs" -> forEach(json, token, () -> readRecord(json, proofs));
                case "entries" -> forEach(json, token, () -> readEntry(json));
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            problem("something follows its end");
        }
    }

    private void readVersion(JsonParser json, @Nullable JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            version = Math.max(0, json.getLongValue());
        } else {
            problem("version is no whole number");
            json.skipChildren();
        }
    }

    private void readHorizon(JsonParser json, @Nullable JsonToken token) throws IOException {
        HybridTimestamp read = token == JsonToken.VALUE_STRING ? clock(json.getText()) : null;
        if (read == null) {
            problem("horizon is no clock");
            json.skipChildren();
        } else {
            horizon = read;
        }
    }

    private void readCertificate(JsonParser json) throws IOException {
        byte[] der = base64("certificate", json);
        if (der == null) {
            return;
        }
        try {
            AuthorCertificate certificate = AuthorCertificate.of(der);
            certificates.put(certificate.fingerprint(), certificate);
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
        }
    }

    private void readMarker(JsonParser json) throws IOException {
        Map<String, String> fields = readTexts(json);
        HybridTimestamp clock = clock(fields.getOrDefault("clock", ""));
        String sha256 = fields.getOrDefault("sha256", "");
        if (clock == null || !BlobId.isHex(sha256)) {
            problem("a marker of " + Quoted.of(sha256) + " needs sha256 and clock");
            return;
        }
        BlobId blob = BlobId.parse(sha256);
        String origin = fields.get("origin");
        if (origin == null) {
            buriedBlobs.merge(blob, clock, HybridTimestamp::max);
            return;
        }
        try {
            buriedEntries.merge(new EntryKey(blob, new PeerId(origin)), clock, HybridTimestamp::max);
        } catch (IllegalArgumentException e) {
            problem("a marker of " + blob + ": " + e.getMessage());
        }
    }

    private void readEntry(JsonParser json) throws IOException {
        Map<String, String> fields = readTexts(json);
        String record = fields.get("record");
        if (record == null) {
            problem("entry " + Quoted.of(fields.getOrDefault("sha256", "")) + " has no record");
        } else {
            entries.add(record);
        }
    }

    private void readRecord(JsonParser json, List<String> target) throws IOException {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            target.add(json.getText());
        } else {
            problem("a record is no text");
            json.skipChildren();
        }
    }

    /** The text fields of an object; others are skipped. */
    private Map<String, String> readTexts(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        if (!json.hasToken(JsonToken.START_OBJECT)) {
            json.skipChildren();
            return fields;
        }
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                fields.put(field, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return fields;
    }

    private void forEach(JsonParser json, @Nullable JsonToken token, Element element) throws IOException {
        if (token != JsonToken.START_ARRAY) {
            problem(json.currentName() + " is no list");
            json.skipChildren();
            return;
        }
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY && next != null; next = json.nextToken()) {
            element.read();
        }
    }

    private byte @Nullable [] base64(String what, JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            return base64(what, json.getText());
        }
        problem("a " + what + " is no text");
        json.skipChildren();
        return null;
    }

    private byte @Nullable [] base64(String what, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            problem("a " + what + " is no base64: " + e.getMessage());
            return null;
        }
    }

    private List<SignedEntry> decodeAll(String what, List<String> records) {
        List<SignedEntry> decoded = new ArrayList<>(records.size());
        for (String record : records) {
            byte[] bytes = base64(what, record);
            if (bytes == null) {
                continue;
            }
            try {
                decoded.add(SignedEntry.decode(bytes, certificates::get));
            } catch (IllegalArgumentException e) {
                problem(what + " " + Quoted.of(record) + ": " + e.getMessage());
            }
        }
        return decoded;
    }

    private void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add("manifest document: " + what);
        } else {
            unnamedProblems++;
        }
    }

    private static @Nullable HybridTimestamp clock(String digits) {
        try {
            return new HybridTimestamp(Long.parseUnsignedLong(digits));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Reads one element of a list, at whose first token the parser stands. */
    @FunctionalInterface
    private interface Element {
        void read() throws IOException;
    }
}
