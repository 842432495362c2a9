package dev.swarm.examples.noticeboard;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Notices that every node shows under {@code /notices/<name>}: the files that lie in {@code notices/} of any of them. */
public final class NoticeBoard implements Subsystem {

    static final String NAME = "noticeboard";
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_NOTICES = 100;

    private @Nullable SubsystemContext context;

    /** What was hashed at the last look, by name, size and time of change. */
    private Map<String, BlobId> hashed = Map.of();

    @Override
    public void start(SubsystemContext node) {
        context = node;
        Path directory = directory(node);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        node.storesIn(user -> directory);
        new NoticeRoutes(node, directory).serve();
    }

    @Override
    public boolean assignsByTarget() {
        return true;
    }

    @Override
    public void onCycle() {
        SubsystemContext node = Objects.requireNonNull(context, "not started");
        Set<BlobId> published = new HashSet<>();
        node.entries().stream()
                .filter(view -> view.activeEntryOf(node.self()) != null)
                .forEach(view -> published.add(view.blob()));
        Map<String, BlobId> seen = new TreeMap<>();
        try {
            for (Path notice : notices(directory(node))) {
                String state = notice + "/" + Files.size(notice) + "/" + Files.getLastModifiedTime(notice);
                BlobId before = hashed.get(state);
                BlobId blob =
                        before != null ? before : node.blobs().addSeed(notice).id();
                if (!seen.containsValue(blob) && !published.remove(blob)) {
                    node.publish(blob, notice.getFileName().toString(), TargetSpec.ALL, Retention.DEFAULT);
                }
                seen.put(state, blob);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hashed = seen;
        published.forEach(node::revoke);
    }

    private static List<Path> notices(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(NoticeBoard::isNotice)
                    .sorted()
                    .limit(MAX_NOTICES)
                    .toList();
        }
    }

    private static boolean isNotice(Path file) {
        return !file.getFileName().toString().startsWith(".")
                && Files.isRegularFile(file)
                && file.toFile().length() <= MAX_BYTES;
    }

    private static Path directory(SubsystemContext node) {
        return node.dataDirectory().resolve("notices");
    }

    /** The node takes back what was offered to others; what is stored stays. */
    @Override
    public void close() {}
}
