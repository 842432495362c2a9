package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.SeedOptions;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.AuthorCertificate;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a label from elsewhere leads nowhere but into {@code files/}. */
class HostileLabelsIT {

    private static final List<String> HOSTILE = List.of(
            "../escape",
            "..",
            ".",
            ".hidden",
            "a/b",
            "a\\b",
            "/etc/cron.d/x",
            "a\nb",
            "a\u001b[2J",
            "NUL",
            "x.swarm",
            "");

    @TempDir
    Path directory;

    @Test
    void label_thatLeadsElsewhere_isRefusedAtTheOrigin() throws Exception {
        Path file = Files.writeString(directory.resolve("content"), "content");
        try (Fleet fleet = new Fleet(directory, 1)) {
            Filecast filecast = fleet.node(0).subsystem(Filecast.class);
            for (String label : HOSTILE) {
                assertThatIllegalArgumentException()
                        .as(label)
                        .isThrownBy(() -> filecast.distribute(file, label, SeedTerms.of("*", "7d")));
                assertThatIllegalArgumentException().as(label).isThrownBy(() -> fleet.node(0)
                        .seed(file, SeedOptions.to("*").withLabel(label)));
            }

            assertThat(fleet.node(0).blobs()).isEmpty();
            assertThat(fleet.data(0).resolve("seed")).isEmptyDirectory();
            assertThat(fleet.data(0).resolve("escape")).doesNotExist();
        }
    }

    @Test
    void label_thatLeadsElsewhere_signedByAMember_isRefusedAtTheReceiver() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            NodeCredentials author = fleet.member("author.example");
            for (String label : List.of(
                    "../escape",
                    "/etc/x.txt",
                    ".bash_rc.x",
                    "CON.abcdef",
                    "a\u0000bcdefghi",
                    "abcde.swarm",
                    "dots..")) {
                assertThat(offer(fleet, author, forged(author, label)))
                        .as(label)
                        .isEqualTo(400);
            }
            assertThat(fleet.node(0).blobs()).isEmpty();

            assertThat(offer(fleet, author, forged(author, "harmless"))).isEqualTo(200);
            TestWait.until(() -> fleet.node(0).blobs().size() == 1);
        }
    }

    private static int offer(Fleet fleet, NodeCredentials author, byte[] frame) throws Exception {
        try (RawMember member = new RawMember(author, fleet.node(0).address())) {
            return member.post("/manifest/sync", frame.length, "Content-Type: application/octet-stream", frame)
                    .status();
        }
    }

    /** A frame with one entry, properly signed by its author, whose label no {@link Label} would take. */
    private static byte[] forged(NodeCredentials author, String label) throws GeneralSecurityException {
        byte[] wanted = label.getBytes(StandardCharsets.UTF_8);
        byte[] stand = "s".repeat(wanted.length).getBytes(StandardCharsets.UTF_8);
        AuthorCertificate certificate = AuthorCertificate.of(author.certificate());
        ManifestEntry entry = entry(new String(stand, StandardCharsets.UTF_8));
        FleetId fleet = FleetId.of(author.authority());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(author.key());
        signature.update(replaced(SignedEntry.signedBytes(entry, certificate, fleet), stand, wanted));
        SignedEntry signed = new SignedEntry(entry, certificate, signature.sign());
        ByteBuffer encoded = new SyncFrame(List.of(), List.of(), List.of(signed), false).encode();
        byte[] content = new byte[encoded.remaining() - Integer.BYTES];
        encoded.get(content);
        content = replaced(content, stand, wanted);
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return ByteBuffer.allocate(content.length + Integer.BYTES)
                .put(content)
                .putInt((int) checksum.getValue())
                .array();
    }

    private static ManifestEntry entry(String label) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(new byte[] {1}));
        BlobCache.Seeded blob = hasher.finish();
        return ManifestEntry.builder()
                .blob(blob.id())
                .author(new PeerId("author.example"))
                .size(1)
                .root(blob.tree().root())
                .label(new Label(label))
                .target(TargetSpec.ALL)
                .state(EntryState.ACTIVE)
                .clock(HybridTimestamp.of(System.currentTimeMillis(), 0))
                .build();
    }

    private static byte[] replaced(byte[] bytes, byte[] from, byte[] to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(new String(from, StandardCharsets.ISO_8859_1));
        byte[] copy = bytes.clone();
        System.arraycopy(to, 0, copy, at, to.length);
        return copy;
    }
}
