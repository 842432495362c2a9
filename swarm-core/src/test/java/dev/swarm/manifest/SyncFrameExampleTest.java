package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.KeyRange;
import dev.swarm.crdt.RangeClaim;
import dev.swarm.crdt.ReconcileIndex;
import dev.swarm.crdt.Reconciler;
import dev.swarm.docs.Page;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncFrameExampleTest {

    private static final AuthorCertificate CERTIFICATE =
            AuthorCertificate.of("certificate".getBytes(StandardCharsets.US_ASCII));

    @Test
    void example_ofTheDocument_isWhatIsWritten() throws IOException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(BlobId.of(filled(0x22)))
                .author(new PeerId("web-01"))
                .size(5)
                .root(TreeRoot.of(filled(0x33)))
                .label(new Label("app.bin"))
                .target(TargetSpec.ALL)
                .clock(Fixtures.at(Fixtures.NOW))
                .build();
        SignedEntry signed = new SignedEntry(entry, CERTIFICATE, new byte[] {(byte) 0xab, (byte) 0xcd});
        ReconcileIndex index = new ReconcileIndex();
        index.put(signed.version());
        SyncFrame listing = claiming(new Reconciler(index).open());
        SyncFrame summing = claiming(List.of(index.summarize(KeyRange.ALL)));
        SyncFrame wanting = new SyncFrame(List.of(), List.of(signed.version().key()), List.of(), false);
        String example = "entry" + hex(EntryCodec.encode(entry))
                + "key" + signed.version().key()
                + "content" + HexFormat.of().toHexDigits(signed.version().content())
                + "digest" + index.fingerprint()
                + "listing" + hex(listing)
                + "summing" + hex(summing)
                + "wanting" + hex(wanting)
                + "bringing" + hex(new SyncFrame(List.of(), List.of(), List.of(signed), false))
                + "finished" + hex(SyncFrame.FINISHED);

        assertThat(Page.of("docs/protocol.md")
                        .triedBy(SyncFrameExampleTest.class, 0)
                        .replaceAll("\\s", ""))
                .isEqualTo(example);
    }

    private static SyncFrame claiming(List<RangeClaim> claims) {
        return new SyncFrame(claims, List.of(), List.of(), false);
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String hex(SyncFrame frame) {
        ByteBuffer encoded = frame.encode();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return hex(bytes);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
