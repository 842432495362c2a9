package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.control.Caller;
import dev.swarm.examples.control.ControlVerb;
import dev.swarm.examples.fleet.FleetStatus;
import dev.swarm.examples.fleet.Publishers;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a running node does for the command. */
final class NodeVerbs {

    private NodeVerbs() {}

    static Map<String, ControlVerb> of(SwarmNode node) {
        return Map.of(
                "distribute", (request, caller) -> distribute(node, request, caller),
                "revoke", (request, caller) -> end(node, request, node::revoke),
                "ban", (request, caller) -> end(node, request, node::ban),
                "cleanup", (request, caller) -> cleanUp(node),
                "puddle-evict", (request, caller) -> PuddleVerbs.evictAsOperator(node, request),
                "purge", (request, caller) -> new LinkedHashMap<>(Map.of("purged", (long) node.purge())),
                "status",
                        (request, caller) -> FleetStatus.of(node, BlobId.parse(string(request, "sha256")))
                                .toMap());
    }

    private static Map<String, @Nullable Object> distribute(
            SwarmNode node, Map<String, @Nullable Object> request, Caller caller) throws IOException {
        Filecast filecast = node.subsystem(Filecast.class);
        if (filecast == null) {
            throw new SwarmException(
                    Reason.FORBIDDEN, "filecast is not open on " + node.id() + "; open its gate for this host");
        }
        SeedTerms terms = new SeedTerms(
                TargetSpec.parse(string(request, "target")), Retention.parse(string(request, "retention")));
        Filecast.Distributed done =
                filecast.distribute(Path.of(string(request, "file")), string(request, "label"), terms, caller::isGone);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("sha256", done.blob().hex());
        answer.put("label", done.label());
        answer.put("size", done.size());
        return answer;
    }

    private static Map<String, @Nullable Object> cleanUp(SwarmNode node) throws IOException {
        Path root = node.dataDirectory().toAbsolutePath().normalize();
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put(
                "removed",
                node.cleanUp().stream()
                        .map(path -> root.relativize(path).toString())
                        .toList());
        return answer;
    }

    private static Map<String, @Nullable Object> end(
            SwarmNode node, Map<String, @Nullable Object> request, Consumer<BlobId> how) {
        BlobId blob = BlobId.parse(string(request, "sha256"));
        how.accept(blob);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("sha256", blob.hex());
        answer.put("still_published_by", Publishers.of(node, blob));
        return answer;
    }

    private static String string(Map<String, @Nullable Object> request, String name) {
        if (request.get(name) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException("the request has no '" + name + "'");
    }
}
