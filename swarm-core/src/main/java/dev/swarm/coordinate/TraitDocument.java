package dev.swarm.coordinate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.swarm.blob.BlobId;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One trait of a node as it reports it: the text of a JSON object, and the blobs that it says to hold some of. Immutable. */
public final class TraitDocument {

    /** The trait that tells of blobs. */
    public static final String OF_BLOBS = "swarm";

    /** Blobs that count of one node: more than a busy node distributes at once. */
    static final int MAX_BLOBS = 1_024;

    private final byte[] utf8;
    private final TraitDigest digest;
    private final List<BlobId> blobs;

    private TraitDocument(byte[] utf8, TraitDigest digest, List<BlobId> blobs) {
        this.utf8 = utf8;
        this.digest = digest;
        this.blobs = blobs;
    }

    /**
     * The document with this text.
     *
     * @param trait the trait's name
     * @throws IllegalArgumentException if the text is no JSON object
     */
    public static TraitDocument of(String trait, String text) {
        Set<BlobId> blobs = new LinkedHashSet<>();
        JsonText.readMembers(text, (name, json) -> {
            if (trait.equals(OF_BLOBS) && name.equals("blobs") && json.currentToken() == JsonToken.START_ARRAY) {
                readElements(json, blobs);
            } else if (trait.equals(OF_BLOBS)
                    && name.equals("downloading")
                    && json.currentToken() == JsonToken.START_OBJECT) {
                readNames(json, blobs);
            } else {
                json.skipChildren();
            }
        });
        return new TraitDocument(text.getBytes(StandardCharsets.UTF_8), TraitDigest.of(text), List.copyOf(blobs));
    }

    /** What tells it from other versions. */
    public TraitDigest digest() {
        return digest;
    }

    /** Its length in UTF-8. */
    int bytes() {
        return utf8.length;
    }

    /** The blobs that its node has, or is receiving, the first 1,024 of them; none if it is another trait. */
    List<BlobId> blobs() {
        return blobs;
    }

    /** The JSON text, a new string each time. */
    public String text() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TraitDocument document
                && document.digest.equals(digest)
                && document.blobs.equals(blobs);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "trait of " + utf8.length + " bytes, " + digest;
    }

    private static void readElements(JsonParser json, Set<BlobId> blobs) throws IOException {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                add(json.getText(), blobs);
            }
            json.skipChildren();
        }
    }

    private static void readNames(JsonParser json, Set<BlobId> blobs) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            add(json.currentName(), blobs);
            json.nextToken();
            json.skipChildren();
        }
    }

    private static void add(String hex, Set<BlobId> blobs) {
        if (blobs.size() < MAX_BLOBS && BlobId.isHex(hex)) {
            blobs.add(BlobId.parse(hex));
        }
    }
}
