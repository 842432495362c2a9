package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.BlobView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a distribution is made of: the seed, for whom it is, and that bytes stay what they are named by. */
class DistributingIT {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void distribute_aFile_isReadOnceAndLiesInSeedWithItsTerms() throws Exception {
        Path io = Path.of("/proc/self/io");
        Assumptions.assumeTrue(Files.isReadable(io), "this system does not count what a process reads");
        byte[] content = Seeds.content(1, 32 * MIB);
        Path file = Files.write(directory.resolve("firmware.bin"), content);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            long before = bytesRead(io);

            Filecast.Distributed done =
                    fleet.node(0).subsystem(Filecast.class).distribute(file, "fw-2", SeedTerms.of("*.web.*", "30d"));
            BlobId next = seeds.place(0, "next", Seeds.content(2, 10), "*", "0");
            TestWait.until(() -> Seeds.isActive(fleet.node(0), next));

            assertThat(bytesRead(io) - before).isBetween((long) content.length, content.length * 3L / 2);
            assertThat(done.blob()).isEqualTo(Seeds.idOf(content));
            assertThat(seeds.directory(0).resolve("fw-2")).hasBinaryContent(content);
            assertThat(JsonText.readObject(Files.readString(seeds.directory(0).resolve("fw-2.swarm"))))
                    .containsOnly(Map.entry("target", "*.web.*"), Map.entry("retention", "30d"));
            assertThat(names(seeds.directory(0))).containsExactly("fw-2", "fw-2.swarm", "next", "next.swarm");
        }
    }

    @Test
    void brokenSeeds_ofEveryKind_areReportedAndTheirSiblingsGoOn() throws Exception {
        Map<String, String> terms = new LinkedHashMap<>();
        terms.put("no-json", "{target: *}");
        terms.put("empty", "");
        terms.put("list", "[]");
        terms.put("no-target", "{\"retention\":\"7d\"}");
        terms.put("no-retention", "{\"target\":\"*\"}");
        terms.put("number", "{\"target\":\"*\",\"retention\":7}");
        terms.put("twice", "{\"target\":\"*\",\"target\":\"db\",\"retention\":\"7d\"}");
        terms.put("half-trait", "{\"target\":\"os=\",\"retention\":\"7d\"}");
        terms.put("no-time", "{\"target\":\"*\",\"retention\":\"0d\"}");
        terms.put("too-long", "{\"target\":\"*\",\"retention\":\"7d\"}" + " ".repeat(70_000));
        terms.put("CON", "{\"target\":\"*\",\"retention\":\"7d\"}");
        terms.put("colon:", "{\"target\":\"*\",\"retention\":\"7d\"}");
        Set<String> broken = new TreeSet<>(terms.keySet());
        broken.addAll(List.of("folder", "link", "folder-terms", "pipe-terms"));
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            Path seed = seeds.directory(0);
            for (var each : terms.entrySet()) {
                Files.writeString(seed.resolve(each.getKey()), "content of " + each.getKey());
                Files.writeString(seed.resolve(each.getKey() + ".swarm"), each.getValue());
            }
            Files.createDirectory(seed.resolve("folder"));
            seeds.terms(0, "folder", "*", "7d");
            Files.createSymbolicLink(seed.resolve("link"), Path.of("/etc/passwd"));
            seeds.terms(0, "link", "*", "7d");
            Files.writeString(seed.resolve("folder-terms"), "content");
            Files.createDirectory(seed.resolve("folder-terms.swarm"));
            Files.writeString(seed.resolve("pipe-terms"), "content");
            makePipe(seed.resolve("pipe-terms.swarm"));

            byte[] content = Seeds.content(3, MIB);
            seeds.place(0, "sibling", content, "*", "7d");

            seeds.awaitLinked(1, "sibling", content);
            TestWait.until(() -> Seeds.broken(fleet.node(0)).keySet().equals(broken));
            assertThat(Seeds.broken(fleet.node(0)).values()).noneMatch(String::isBlank);
            assertThat(Seeds.broken(fleet.node(0)).get("no-target")).contains("'target'");
            assertThat(Seeds.broken(fleet.node(0)).get("no-retention")).contains("'retention'");
            assertThat(Seeds.broken(fleet.node(0)).get("pipe-terms")).contains("no regular file");
            assertThat(fleet.node(1).blobs())
                    .singleElement()
                    .satisfies(view -> assertThat(view.label().name()).isEqualTo("sibling"));
            assertThat(seed.resolve("no-json")).hasContent("content of no-json");
        }
    }

    @Test
    void targets_ofEveryForm_assignExactlyWhomTheyName() throws Exception {
        Map<String, List<Integer>> targets = new LinkedHashMap<>();
        targets.put("*", List.of(1, 2, 3));
        targets.put("node-1.example", List.of(1));
        targets.put("NODE-2.Example", List.of(2));
        targets.put("node-?.example,-node-3.example", List.of(1, 2));
        targets.put("-node-1.example", List.of(2, 3));
        targets.put("os.distro=debian", List.of(1));
        targets.put("role=web, role=db", List.of(1, 2));
        targets.put("-role=web", List.of(2, 3));
        targets.put("*,-os.distro=ubuntu", List.of(1, 3));
        targets.put("-node-2*,os.distro=*", List.of(1));
        targets.put("node-3.example,-*", List.of());
        targets.put("*.web.*", List.of());
        targets.put("os.distro=Debian", List.of());
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            fleet.start(1, config -> config.traits(Map.of("os.distro", "debian", "role", "web")));
            fleet.start(2, config -> config.traits(Map.of("os.distro", "ubuntu", "role", "db")));
            fleet.start(3, config -> config);
            List<Set<String>> expected = List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
            int number = 0;
            for (var target : targets.entrySet()) {
                String name = "seed-" + number++;
                seeds.place(0, name, Seeds.content(100 + number, 1_000), target.getKey(), "7d");
                target.getValue().forEach(node -> expected.get(node).add(name));
            }

            for (int node = 1; node < 4; node++) {
                Path files = fleet.data(node).resolve("files");
                Set<String> linked = expected.get(node);
                TestWait.until(() -> names(files).containsAll(linked));
            }
            for (int node = 1; node < 4; node++) {
                int each = node;
                TestWait.until(() -> fleet.node(each).blobs().size() == targets.size());
                assertThat(fleet.node(node).status().transfers()).isEmpty();
                assertThat(names(fleet.data(node).resolve("files"))).isEqualTo(expected.get(node));
                assertThat(fleet.node(node).status().completeBlobs())
                        .isEqualTo(expected.get(node).size());
            }
        }
    }

    @Test
    void traitOfANode_givenLater_assignsItWhatIsPublishedAlready() throws Exception {
        byte[] content = Seeds.content(4, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "role=web", "7d");
            TestWait.until(() -> Seeds.isActive(fleet.node(1), blob));
            assertThat(fleet.node(1).status().transfers()).isEmpty();
            fleet.node(1).close();

            fleet.start(1, config -> config.traits(Map.of("role", "web")));

            seeds.awaitLinked(1, "app.bin", content);
        }
    }

    @Test
    void retentions_ofEveryForm_areTakenForWhatTheyMean() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            Map<String, String> shown = Map.of("7d", "7d", "168h", "7d", "90m", "90m", "45s", "45s", "0", "0");
            Map<BlobId, String> published = new LinkedHashMap<>();
            for (var retention : shown.entrySet()) {
                byte[] content = Seeds.content(retention.getKey().hashCode(), 1_000);
                published.put(
                        seeds.place(0, "for-" + retention.getKey(), content, "*", retention.getKey()),
                        retention.getValue());
            }

            for (var each : published.entrySet()) {
                TestWait.until(() -> Files.exists(seeds.stored(1, each.getKey())));
                assertThat(Seeds.view(fleet.node(1), each.getKey())
                                .winner()
                                .entry()
                                .retention())
                        .hasToString(each.getValue());
            }
        }
    }

    @Test
    void storedCopy_alteredBehindTheNodesBack_isNeverServedAndComesAnew() throws Exception {
        byte[] content = Seeds.content(5, 3 * MIB);
        byte[] chunk = new byte[MIB];
        System.arraycopy(content, MIB, chunk, 0, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            String target = "/blobs/" + blob + "/chunks/1";
            try (RawMember member =
                    new RawMember(fleet.member("other.example"), fleet.node(1).address())) {
                assertThat(member.answer(target).body()).isEqualTo(ByteBuffer.wrap(chunk));
            }

            alter(seeds.stored(1, blob), MIB + 77);

            TestWait.until(() -> {
                requireRightOrNothing(fleet, target, chunk);
                return Files.exists(seeds.stored(1, blob))
                        && Files.mismatch(
                                        seeds.stored(1, blob),
                                        seeds.directory(0).resolve("app.bin"))
                                < 0;
            });
            assertThat(seeds.linked(1, "app.bin")).hasBinaryContent(content);
        }
    }

    @Test
    void storedCopy_rottenWithoutATrace_reachesNobody() throws Exception {
        byte[] content = Seeds.content(6, 8 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            Path copy = seeds.stored(1, blob);
            FileTime time = Files.getLastModifiedTime(copy);
            for (int at = 0; at < content.length; at += 64 * 1024) {
                alter(copy, at);
            }
            Files.setLastModifiedTime(copy, time);

            fleet.start(2);

            seeds.awaitLinked(2, "app.bin", content);
            assertThat(Seeds.sources(fleet.node(2), blob))
                    .containsOnlyKeys(fleet.node(0).address().toString());
        }
    }

    @Test
    void label_ofAnOperator_isNotTakenOverByAPlainNode() throws Exception {
        byte[] official = Seeds.content(7, MIB);
        byte[] other = Seeds.content(8, MIB + 1);
        byte[] newer = Seeds.content(9, MIB + 2);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            fleet.startOperator();
            seeds.place(2, "app.bin", official, "*", "0");
            seeds.awaitLinked(1, "app.bin", official);

            BlobId plain = seeds.place(0, "app.bin", other, "*", "0");
            TestWait.until(() -> Files.exists(seeds.stored(1, plain)));
            seeds.place(0, "later.bin", Seeds.content(10, 10), "*", "0");
            seeds.awaitLinked(1, "later.bin", Seeds.content(10, 10));

            assertThat(seeds.linked(1, "app.bin")).hasBinaryContent(official);
            assertThat(seeds.linked(0, "app.bin")).hasBinaryContent(official);
            seeds.write(2, "app.bin", newer);
            seeds.awaitLinked(1, "app.bin", newer);
            seeds.remove(2, "app.bin");
            seeds.awaitLinked(1, "app.bin", other);
        }
    }

    @Test
    void linkOfALabel_takesThePlaceOfLinksOnlyAndLeadsNowhereElse() throws Exception {
        byte[] content = Seeds.content(11, MIB);
        Path outside = Files.writeString(directory.resolve("outside"), "mine");
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            Files.writeString(seeds.linked(1, "a-file"), "mine");
            Files.createSymbolicLink(seeds.linked(1, "a-link"), outside);
            seeds.place(0, "a-file", Seeds.content(12, 10), "*", "0");
            seeds.place(0, "a-link", content, "*", "0");
            seeds.awaitLinked(1, "a-link", content);
            seeds.place(0, "later", Seeds.content(13, 10), "*", "0");
            seeds.awaitLinked(1, "later", Seeds.content(13, 10));

            assertThat(seeds.linked(1, "a-file")).hasContent("mine");
            assertThat(outside).hasContent("mine");
            assertThat(Files.readSymbolicLink(seeds.linked(1, "a-link")))
                    .isEqualTo(Path.of("..", ".blobs", Seeds.idOf(content).hex()));
        }
    }

    @Test
    void manySeeds_signedTogether_comeEachByItself() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            for (int i = 0; i < 50; i++) {
                seeds.place(0, "part-" + i, Seeds.content(100 + i, 10), "*", "0");
            }
            for (int i = 0; i < 50; i++) {
                seeds.awaitLinked(1, "part-" + i, Seeds.content(100 + i, 10));
            }

            assertThat(fleet.node(1).blobs())
                    .hasSize(50)
                    .anyMatch(view -> view.winner().signed().isOfBatch());
            BlobId gone = Seeds.idOf(Seeds.content(107, 10));
            seeds.remove(0, "part-7");
            TestWait.until(() -> !Seeds.isActive(fleet.node(1), gone));
            assertThat(fleet.node(1).blobs()).filteredOn(BlobView::isActive).hasSize(49);
        }
    }

    private static void requireRightOrNothing(Fleet fleet, String target, byte[] right) throws Exception {
        try (RawMember member =
                new RawMember(fleet.member("other.example"), fleet.node(1).address())) {
            RawMember.Answer answer = member.answer(target);
            if (answer.status() == 200 && answer.body().remaining() == right.length) {
                assertThat(answer.body()).isEqualTo(ByteBuffer.wrap(right));
            }
        } catch (IOException e) {
            assertThat(fleet.node(1).status().host()).isEqualTo(fleet.node(1).id());
        }
    }

    private static void alter(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) ~one.get(0)).flip();
            channel.write(one, at);
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            Set<String> names = new TreeSet<>();
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
            return names;
        }
    }

    private static long bytesRead(Path io) throws IOException {
        return Files.readAllLines(io).stream()
                .filter(line -> line.startsWith("rchar:"))
                .mapToLong(line -> Long.parseLong(line.substring(6).strip()))
                .findFirst()
                .orElseThrow();
    }

    private static void makePipe(Path path) throws Exception {
        Process process = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(process.waitFor()).isZero();
    }
}
