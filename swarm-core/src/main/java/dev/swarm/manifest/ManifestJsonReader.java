package dev.swarm.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one {@link ManifestJson} document, whose checksum is right. For one use. */
final class ManifestJsonReader {

    private static final int MAX_TEXT = 64 * 1024;
    private static final int MAX_DEPTH = 16;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_TEXT)
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .build();

    private final Map<String, String> members = new HashMap<>();
    private final List<ManifestView.Row> rows = new ArrayList<>();

    ManifestView read(byte[] document) {
        try (JsonParser json = FACTORY.createParser(document)) {
            readDocument(json);
        } catch (IOException e) {
            throw broken(e);
        }
        if (!ManifestJson.FORMAT.equals(members.get("format"))) {
            throw new IllegalArgumentException("its format is " + Quoted.of(member(members, "format")) + ", has to be "
                    + ManifestJson.FORMAT + "; read it with the version that wrote it");
        }
        return new ManifestView(
                new FleetId(member(members, "fleet")),
                Long.parseLong(member(members, "version")),
                Fingerprint.of(HexFormat.of().parseHex(member(members, "digest"))),
                clock(members, "purged_up_to"),
                rows);
    }

    /** Tells whether a document is a JSON object at all, with a word on where it is not. */
    static void checkForm(byte[] document) {
        try (JsonParser json = FACTORY.createParser(document)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it does not parse: it is no JSON object");
            }
            json.skipChildren();
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IllegalArgumentException("it does not parse: it ends early or goes on after its end");
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static IllegalArgumentException broken(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return new IllegalArgumentException("it does not parse: " + (end < 0 ? message : message.substring(0, end)), e);
    }

    private void readDocument(JsonParser json) throws IOException {
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            if (json.nextToken() == JsonToken.START_ARRAY && name.equals("entries")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    rows.add(readRow(json));
                }
            } else {
                readMember(json, members);
            }
        }
    }

    private static ManifestView.Row readRow(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        List<ManifestView.Word> authors = new ArrayList<>();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            if (json.nextToken() == JsonToken.START_ARRAY && name.equals("authors")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    authors.add(readWord(json));
                }
            } else {
                readMember(json, fields);
            }
        }
        return row(fields, authors);
    }

    private static ManifestView.Word readWord(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            json.nextToken();
            readMember(json, fields);
        }
        return new ManifestView.Word(
                new PeerId(member(fields, "origin")), state(member(fields, "state")), clock(fields, "clock"));
    }

    /** Keeps texts and numbers; what else there may be is passed over. */
    private static void readMember(JsonParser json, Map<String, String> fields) throws IOException {
        if (json.currentToken().isScalarValue()) {
            fields.put(json.currentName(), json.getText());
        } else {
            json.skipChildren();
        }
    }

    private static ManifestView.Row row(Map<String, String> fields, List<ManifestView.Word> authors) {
        PeerId origin = new PeerId(member(fields, "origin"));
        EntryState ownState = authors.stream()
                .filter(word -> word.author().equals(origin))
                .map(ManifestView.Word::state)
                .findFirst()
                .orElse(EntryState.ACTIVE);
        ManifestEntry entry = ManifestEntry.builder()
                .blob(BlobId.parse(member(fields, "sha256")))
                .author(origin)
                .size(Long.parseLong(member(fields, "size")))
                .root(TreeRoot.of(HexFormat.of().parseHex(member(fields, "root"))))
                .label(new Label(member(fields, "label")))
                .target(TargetSpec.parse(member(fields, "target")))
                .retention(Retention.parse(member(fields, "retention")))
                .channel(member(fields, "channel"))
                .clock(clock(fields, "clock"))
                .state(ownState)
                .build();
        return new ManifestView.Row(entry, state(member(fields, "state")), authors);
    }

    private static EntryState state(String text) {
        return EntryState.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static HybridTimestamp clock(Map<String, String> fields, String name) {
        return new HybridTimestamp(Long.parseUnsignedLong(member(fields, name)));
    }

    private static String member(Map<String, String> fields, String name) {
        @Nullable String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value;
    }
}
