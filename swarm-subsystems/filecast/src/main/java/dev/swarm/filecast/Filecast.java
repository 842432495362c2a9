package dev.swarm.filecast;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.lifecycle.SeedFile;
import dev.swarm.lifecycle.SeedLedger;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that an operator pushes to matching nodes: what lies in {@code seed/} with a {@code .swarm} beside it is published, what
 * others publish for this node is fetched and linked under {@code files/}. Safe for many threads.
 */
public final class Filecast implements Subsystem {

    /** The subsystem's name. */
    public static final String NAME = "filecast";

    private static final Logger log = LoggerFactory.getLogger(Filecast.class);

    private final Object lock = new Object();
    private final SeedLedger ledger = new SeedLedger();
    private @Nullable SubsystemContext context;
    private @Nullable SeedDirectory seeds;

    Filecast() {}

    /**
     * What was distributed.
     *
     * @param blob its id
     * @param label its name
     * @param size its size in bytes
     */
    public record Distributed(BlobId blob, String label, long size) {}

    @Override
    public void start(SubsystemContext newContext) {
        synchronized (lock) {
            context = newContext;
            seeds = new SeedDirectory(newContext.dataDirectory().resolve("seed"));
        }
        newContext.offerTrait("swarm_seeds", this::trait);
        linkHeld(newContext);
    }

    @Override
    public boolean assignsByTarget() {
        return true;
    }

    /**
     * Copies a file into the seed directory, hashing it on the way, writes its {@code .swarm} and publishes it. A seed of the
     * same name is replaced. Blocks for one reading and one writing of the file.
     *
     * @param file what to distribute
     * @param name the name under which receivers find it
     * @param terms for whom and until when
     * @throws IOException if the file cannot be read or the seed directory not written
     * @throws SwarmException if this node may not publish, or there is too little room
     * @throws IllegalArgumentException if the name cannot be a label
     */
    public Distributed distribute(Path file, String name, SeedTerms terms) throws IOException {
        SubsystemContext node = running();
        Label label = Label.of(name);
        BlobCache.Seeded seeded = node.blobs().copySeed(file, label);
        synchronized (lock) {
            directory().writeTerms(name, terms);
            scan(node, Map.of(name, seeded.id()));
            String problem = ledger.broken().get(name);
            if (problem != null) {
                throw new SwarmException(SwarmException.Reason.FORBIDDEN, "cannot distribute " + file + ": " + problem);
            }
        }
        return new Distributed(seeded.id(), name, seeded.layout().size());
    }

    @Override
    public void onCycle() {
        synchronized (lock) {
            try {
                scan(running(), Map.of());
            } catch (IOException e) {
                log.warn("cannot look through the seed directory: {}", e.toString());
            }
        }
    }

    @Override
    public void onComplete(BlobView blob) {
        link(running(), blob);
    }

    @Override
    public void onRevoked(BlobView blob) {
        SubsystemContext node = running();
        synchronized (lock) {
            try {
                node.blobs().unlink(blob.label(), blob.blob());
                for (String name : ledger.revoked(blob.blob())) {
                    directory().removeTerms(name);
                }
            } catch (IOException e) {
                log.warn("cannot clean up after blob {}: {}", blob.blob(), e.toString());
            }
        }
    }

    @Override
    public void close() {}

    private void scan(SubsystemContext node, Map<String, BlobId> hashed) throws IOException {
        for (SeedLedger.Step step : ledger.scan(directory().list())) {
            take(node, step, hashed);
        }
    }

    private void take(SubsystemContext node, SeedLedger.Step step, Map<String, BlobId> hashed) {
        if (step instanceof SeedLedger.Hash hash) {
            hash(node, hash, hashed);
        } else if (step instanceof SeedLedger.Publish publish) {
            publish(node, publish);
        } else if (step instanceof SeedLedger.Revoke revoke) {
            revoke(node, revoke);
        } else {
            throw new AssertionError(step);
        }
    }

    private void hash(SubsystemContext node, SeedLedger.Hash step, Map<String, BlobId> hashed) {
        SeedFile file = step.file();
        try {
            Label.of(file.name());
            BlobId blob = identify(node, file, hashed);
            for (SeedLedger.Step next : ledger.hashed(file, step.terms(), blob)) {
                take(node, next, hashed);
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("seed {} is broken: {}", file.name(), e.getMessage());
            ledger.failed(file.name(), String.valueOf(e.getMessage()));
        }
    }

    private BlobId identify(SubsystemContext node, SeedFile file, Map<String, BlobId> hashed) throws IOException {
        BlobId fresh = hashed.get(file.name());
        if (fresh != null) {
            return fresh;
        }
        Path path = directory().resolve(file.name());
        for (BlobView view : node.entries()) {
            ManifestEntry own = ownEntry(node, view);
            boolean same = own != null && own.label().name().equals(file.name()) && own.size() == file.size();
            if (same && node.blobs().relinkSeed(path, view.blob())) {
                return view.blob();
            }
        }
        return node.blobs().addSeed(path).id();
    }

    private void publish(SubsystemContext node, SeedLedger.Publish step) {
        try {
            if (!isPublished(node, step)) {
                node.publish(
                        step.blob(),
                        step.name(),
                        step.terms().target(),
                        step.terms().retention());
                log.info(
                        "seeding {} as {} for {}",
                        step.name(),
                        step.blob(),
                        step.terms().target());
            }
            node.blobs().link(Label.of(step.name()), step.blob());
        } catch (SwarmException | IOException e) {
            log.warn("cannot publish seed {}: {}", step.name(), e.getMessage());
            ledger.failed(step.name(), String.valueOf(e.getMessage()));
        }
    }

    private static boolean isPublished(SubsystemContext node, SeedLedger.Publish step) {
        for (BlobView view : node.entries()) {
            ManifestEntry own = ownEntry(node, view);
            if (own != null && view.blob().equals(step.blob()) && view.isActive()) {
                return own.label().name().equals(step.name())
                        && own.target().equals(step.terms().target())
                        && own.retention().equals(step.terms().retention());
            }
        }
        return false;
    }

    private static void revoke(SubsystemContext node, SeedLedger.Revoke step) {
        try {
            node.revoke(step.blob());
            log.info("seed {} is gone; revoked {}", step.name(), step.blob());
        } catch (SwarmException e) {
            log.debug("seed {} was not active: {}", step.name(), e.getMessage());
        }
    }

    private static @Nullable ManifestEntry ownEntry(SubsystemContext node, BlobView view) {
        for (VerifiedEntry entry : view.activeEntries()) {
            if (entry.entry().author().equals(node.self())) {
                return entry.entry();
            }
        }
        return null;
    }

    private static void linkHeld(SubsystemContext node) {
        for (BlobView view : node.entries()) {
            if (view.isActive() && isHeld(node, view)) {
                link(node, view);
            }
        }
    }

    private static boolean isHeld(SubsystemContext node, BlobView view) {
        try {
            BlobCache.Holding holding = node.blobs().holding(view.blob());
            return holding != null && holding.complete();
        } catch (IOException e) {
            log.warn("cannot look for blob {}: {}", view.blob(), e.toString());
            return false;
        }
    }

    /** Links a blob under its label, unless a blob with a better claim to the label is here. */
    private static void link(SubsystemContext node, BlobView blob) {
        Label label = blob.label();
        boolean best = node.entries().stream()
                .filter(other -> other.isActive() && other.label().equals(label))
                .max(Comparator.<BlobView, Boolean>comparing(
                                other -> other.winner().isByOperator())
                        .thenComparing(other -> other.winner().entry().clock()))
                .map(other -> other.blob().equals(blob.blob()))
                .orElse(false);
        if (best) {
            try {
                node.blobs().link(label, blob.blob());
            } catch (IOException e) {
                log.warn("cannot link {} to blob {}: {}", label, blob.blob(), e.toString());
            }
        }
    }

    private String trait() {
        SubsystemContext node = running();
        Map<String, String> broken;
        synchronized (lock) {
            broken = ledger.broken();
        }
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("seeds");
            for (BlobView view : node.entries()) {
                ManifestEntry own = ownEntry(node, view);
                if (own != null && view.isActive()) {
                    json.writeStartObject();
                    json.writeStringField("sha256", view.blob().hex());
                    json.writeStringField("label", own.label().name());
                    json.writeNumberField("size", own.size());
                    json.writeStringField("target", own.target().toString());
                    json.writeStringField("retention", own.retention().toString());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("broken_seeds");
            for (var seed : broken.entrySet()) {
                json.writeStartObject();
                json.writeStringField("filename", seed.getKey());
                json.writeStringField("error", seed.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private SubsystemContext running() {
        synchronized (lock) {
            return Objects.requireNonNull(context, "filecast has not started");
        }
    }

    private SeedDirectory directory() {
        return Objects.requireNonNull(seeds, "filecast has not started");
    }
}
