package dev.swarm.manifest;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A {@link ManifestView} as a JSON document for people and their tools. Nothing is restored from it: what a node knows is in its
 * {@link ManifestJournal}.
 *
 * <pre>{@code
 * {"format":"swarm-manifest/1","fleet":"5dbe...","version":12,"digest":"9a0c...","purged_up_to":"0",
 * "entries":[
 * {"sha256":"9faa...","label":"app-v2","size":49283072,"root":"77ab...","target":"*.web.*","retention":"7d",
 *  "channel":"filecast","state":"active","origin":"web-01.example.com","clock":"111853241139200",
 *  "time":"2026-01-01T00:00:00Z",
 *  "authors":[{"origin":"web-01.example.com","state":"active","clock":"111853241139200"}]}
 * ],
 * "checksum":"0b1e..."}
 * }</pre>
 *
 * <p>Each blob is one line. The checksum is the SHA-256 of all bytes before the quotation mark with which the member's name
 * begins. A clock is the packed timestamp in decimal digits, as text, since many readers of JSON keep no more than 53 bits of a
 * number.
 *
 * <p>Stateless.
 */
public final class ManifestJson {

    /** The value of {@code format}. */
    public static final String FORMAT = "swarm-manifest/1";

    private ManifestJson() {}

    /**
     * Writes a view; equal views give the same bytes.
     *
     * @param target stays the caller's
     * @throws IOException if {@code target} fails
     */
    public static void write(ManifestView view, OutputStream target) throws IOException {
        ManifestJsonWriter.write(view, target);
    }

    /**
     * Reads a view. Members that are not known are passed over. An entry's {@link ManifestEntry#endsOthersUpTo} is not in it.
     *
     * @throws IllegalArgumentException if the document is torn or was edited; the message says which
     */
    public static ManifestView read(byte[] document) {
        check(document);
        return new ManifestJsonReader().read(document);
    }

    /**
     * Tells whether a document is as {@link #write} wrote it.
     *
     * @throws IllegalArgumentException if it does not parse, or its checksum is not that of its bytes; the message says which
     */
    public static void check(byte[] document) {
        if (!ViewChecksum.matches(document)) {
            ManifestJsonReader.checkForm(document);
            throw new IllegalArgumentException("its checksum differs: it was edited by hand or is damaged");
        }
    }
}
