package dev.swarm.examples;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What an operator does in the seed directory of a node, and what can be seen of it elsewhere. */
final class Seeds {

    private final Fleet fleet;

    Seeds(Fleet fleet) {
        this.fleet = fleet;
    }

    static byte[] content(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static BlobId idOf(byte[] content) {
        try {
            return BlobId.of(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path directory(int node) {
        return fleet.data(node).resolve("seed");
    }

    /** Places a file and its {@code .swarm}, as {@code cp} and an editor would. */
    BlobId place(int node, String name, byte[] content, String target, String retention) throws IOException {
        write(node, name, content);
        terms(node, name, target, retention);
        return idOf(content);
    }

    /** Replaces a file by another in one step. */
    void write(int node, String name, byte[] content) throws IOException {
        Path whole = Files.write(directory(node).resolve("." + name + ".copying"), content);
        Files.move(whole, directory(node).resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    void terms(int node, String name, String target, String retention) throws IOException {
        Files.writeString(
                directory(node).resolve(name + ".swarm"),
                "{\"target\": \"%s\", \"retention\": \"%s\"}".formatted(target, retention));
    }

    void remove(int node, String name) throws IOException {
        Files.delete(directory(node).resolve(name));
        Files.deleteIfExists(directory(node).resolve(name + ".swarm"));
    }

    Path linked(int node, String label) {
        return fleet.data(node).resolve("files").resolve(label);
    }

    Path stored(int node, BlobId blob) {
        return fleet.data(node).resolve(".blobs").resolve(blob.hex());
    }

    Path partial(int node, BlobId blob) {
        return fleet.data(node).resolve(".blobs").resolve(blob.hex() + ".partial");
    }

    Path buried(int node, BlobId blob) {
        return fleet.data(node).resolve("graveyard").resolve(blob.hex());
    }

    /** Waits until a node has a content under a label. */
    void awaitLinked(int node, String label, byte[] content) throws Exception {
        Path expected = Files.write(fleet.data(node).resolveSibling("expected-" + label), content);
        TestWait.until(() -> {
            try {
                return Files.mismatch(linked(node, label), expected) < 0;
            } catch (NoSuchFileException e) {
                // What it led to is gone, before or after the link was found.
                return false;
            }
        });
    }

    void awaitGone(int node, BlobId blob) throws Exception {
        TestWait.until(() -> Files.notExists(stored(node, blob)) && Files.notExists(partial(node, blob)));
    }

    static BlobView view(SwarmNode node, BlobId blob) {
        return node.blobs().stream()
                .filter(view -> view.blob().equals(blob))
                .findFirst()
                .orElseThrow();
    }

    static boolean isActive(SwarmNode node, BlobId blob) {
        return node.blobs().stream().anyMatch(view -> view.blob().equals(blob) && view.isActive());
    }

    /** Chunks by source, as the trait tells; empty if nothing is told of the blob. */
    static Map<String, Integer> sources(SwarmNode node, BlobId blob) {
        Object all = JsonText.readObject(node.trait("swarm")).get("chunk_sources");
        Map<String, Integer> sources = new TreeMap<>();
        if (((Map<?, ?>) all).get(blob.hex()) instanceof Map<?, ?> told) {
            told.forEach((source, chunks) -> sources.put(String.valueOf(source), ((Number) chunks).intValue()));
        }
        return sources;
    }

    /** The files that a node reports as broken, by name, with the reasons. */
    static Map<String, String> broken(SwarmNode node) {
        String trait = node.trait("swarm_seeds");
        Map<String, String> broken = new TreeMap<>();
        if (trait == null) {
            return broken;
        }
        for (Object seed : (List<?>) JsonText.readObject(trait).get("broken_seeds")) {
            Map<?, ?> members = (Map<?, ?>) seed;
            broken.put(String.valueOf(members.get("filename")), String.valueOf(members.get("error")));
        }
        return broken;
    }
}
