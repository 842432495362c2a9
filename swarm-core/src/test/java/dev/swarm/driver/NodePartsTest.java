package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePartsTest {

    private static final PeerId PEER = new PeerId("peer");

    private final AtomicInteger looks = new AtomicInteger();

    @TempDir
    Path directory;

    @Test
    void verify_forgedEntries_endsWithTheThirdAndReadsNothingMoreOfThatMember() throws IOException {
        NodeParts parts = parts(signed -> {
            looks.incrementAndGet();
            throw new RefusedEntryException(RefusedEntryException.Reason.BAD_SIGNATURE, "forged");
        });
        List<SignedEntry> frame = entries(900);

        NodeParts.CheckedEntries first = parts.verify(frame, PEER);
        NodeParts.CheckedEntries second = parts.verify(frame, PEER);
        assertThat(looks).hasValue(3);
        assertThat(first.forged()).isEqualTo(3);
        assertThat(second).isEqualTo(new NodeParts.CheckedEntries(List.of(), 0));

        parts.verify(frame, new PeerId("other"));
        assertThat(looks).hasValue(6);
    }

    @Test
    void verify_entriesOfWithdrawnMembers_areNobodysForgeries() throws IOException {
        NodeParts parts = parts(signed -> {
            looks.incrementAndGet();
            throw new RefusedEntryException(RefusedEntryException.Reason.WITHDRAWN, "withdrawn");
        });

        assertThat(parts.verify(entries(900), PEER).forged()).isZero();
        assertThat(looks).hasValue(900);
    }

    private NodeParts parts(EntryVerifier verifier) throws IOException {
        return new NodeParts(
                new PeerId("self"),
                new NodeParts.NodeClocks(() -> 0, InstantSource.system()),
                BlobCache.open(directory),
                DiskGate.of(path -> new DiskGate.Space("disk", 1_000, 500), 10),
                verifier,
                Runnable::run,
                null);
    }

    private static List<SignedEntry> entries(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ModelledEntries.active("author", i, i).signed())
                .toList();
    }
}
