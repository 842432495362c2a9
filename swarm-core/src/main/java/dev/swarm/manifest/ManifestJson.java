package dev.swarm.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The manifest as a JSON document: readable for people, with the signed records for the node.
 *
 * <pre>{@code
 * { "version": 12, "horizon": "0",
 *   "entries": [ { "sha256": "9faa...", "label": "app-v2", "size": 49283072, "target": "*.web.*", "retention": "7d",
 *                  "state": "active", "channel": "filecast", "origin": "web-01.example.com",
 *                  "clock": "111853241139200", "time": "2026-01-01T00:00:00Z", "root": "77ab...",
 *                  "record": "<base64>" } ],
 *   "proofs": [ "<base64>" ],
 *   "markers": [ { "sha256": "0c1d...", "clock": "111853241139200" },
 *                { "sha256": "0c1d...", "clock": "111853241139200", "origin": "web-02.example.com" } ],
 *   "certificates": [ "<base64>" ] }
 * }</pre>
 *
 * <p>Reading takes an entry from its {@code record} alone; the fields beside it are for the reader's eyes. A clock is the
 * packed timestamp in decimal digits, as text, since many readers of JSON keep no more than 53 bits of a number.
 *
 * <p>Stateless; streams are read and written to their end and stay the caller's.
 */
public final class ManifestJson {

    private ManifestJson() {}

    /**
     * Writes a manifest.
     *
     * @throws IOException if {@code target} fails
     */
    public static void write(ManifestImage image, OutputStream target) throws IOException {
        ManifestJsonWriter.write(image, target);
    }

    /**
     * Reads a manifest as far as it can be read.
     *
     * @return what could be read, and one problem for each part that could not; a document that ends early or is no JSON is
     *     one problem, and what stands before it counts
     * @throws IOException if {@code source} fails
     */
    public static Reading read(InputStream source) throws IOException {
        return new ManifestJsonReader().read(source);
    }

    /**
     * What a document holds. Immutable.
     *
     * @param image what could be read; nothing of it is verified
     * @param problems what could not, one message each
     */
    public record Reading(ManifestImage image, List<String> problems) {

        /** Copies the problems. */
        public Reading {
            problems = List.copyOf(problems);
        }
    }
}
