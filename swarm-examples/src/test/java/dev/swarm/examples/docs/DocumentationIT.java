package dev.swarm.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.docs.Page;
import dev.swarm.examples.config.NodeFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Every example of every page, tried in the order in which a reader comes upon it. */
class DocumentationIT {

    private static final Path PROJECT = Path.of("..");

    @TempDir
    Path directory;

    static List<Page> pages() throws IOException {
        return Page.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void page_fromItsTopToItsBottom_works(Page page) throws Exception {
        try (PageShell shell = new PageShell(directory)) {
            for (Page.Block block : page.blocks()) {
                for (String first : block.notes("first")) {
                    shell.run(block + ", before it", first);
                }
                attempt(block, shell);
            }
        }
    }

    private void attempt(Page.Block block, PageShell shell) throws Exception {
        Optional<String> source = block.note("source");
        if (source.isPresent()) {
            requirePartOf(Files.readString(PROJECT.resolve(source.get())), block);
            return;
        }
        Optional<String> kept = block.note("save");
        if (kept.isPresent()) {
            shell.save(kept.get(), block.text());
            return;
        }
        switch (block.language()) {
            case "sh" -> {
                if (block.note("run").equals(Optional.of("scripts"))) {
                    block.text().lines().forEach(line -> requireInScripts(block, line));
                } else {
                    shell.run(block.toString(), block.text());
                }
            }
            case "java" -> java(block, shell);
            case "yaml" -> NodeFile.parse(block.page(), block.text());
            case "xml" -> requireModules(block);
            default -> requireTriedElsewhere(block);
        }
    }

    private void java(Page.Block block, PageShell shell) throws Exception {
        Path classes = Files.createTempDirectory(directory, "classes");
        Optional<String> given = block.note("given");
        if (given.isPresent()) {
            JavaFragment.compile(block.toString(), JavaFragment.method(given.get(), block.text()), classes);
        } else {
            JavaFragment.compile(block.toString(), JavaFragment.program(shell.here(block.text())), classes);
            shell.runClass(block.toString(), classes, JavaFragment.NAME);
        }
    }

    /** What is between lines of dots stands in the file as it does on the page, however its lines are broken there. */
    private static void requirePartOf(String file, Page.Block block) {
        String there = file.replaceAll("\\s", "");
        int from = 0;
        for (String part : block.text().split("(?m)^ *\\.\\.\\.$", -1)) {
            int found = there.indexOf(part.replaceAll("\\s", ""), from);
            assertThat(found)
                    .as("%s: in its source comes next%n%s", block, part)
                    .isNotNegative();
            from = found + 1;
        }
    }

    /** What takes minutes is done by the scripts that check the whole project. */
    private static void requireInScripts(Page.Block block, String line) {
        String command = line.replaceFirst("\\s+#.*", "");
        assertThat(Stream.of(".ci/run", "swarm-examples/bin/swarm")
                        .map(PROJECT::resolve)
                        .map(DocumentationIT::read))
                .as("%s: '%s' in a script", block, command)
                .anyMatch(script -> script.contains(command));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Dependencies on modules of this project have the names and the version that it has. */
    private static void requireModules(Page.Block block) throws Exception {
        Document given = parse("<all>" + block.text() + "</all>");
        String version = texts(parse(Files.readString(PROJECT.resolve("pom.xml"))), "version")
                .get(0);
        List<String> modules;
        try (Stream<Path> poms = Files.find(
                PROJECT,
                3,
                (file, attributes) ->
                        file.endsWith("pom.xml") && !file.toString().contains("target"))) {
            modules = poms.map(pom -> pom.toAbsolutePath()
                            .normalize()
                            .getParent()
                            .getFileName()
                            .toString())
                    .map(name -> name.startsWith("swarm-") ? name : "swarm-" + name)
                    .toList();
        }
        assertThat(modules).as(block.toString()).containsAll(texts(given, "artifactId"));
        assertThat(texts(given, "groupId")).containsOnly("dev.swarm");
        assertThat(texts(given, "version")).containsOnly(version);
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<String> texts(Document document, String element) {
        NodeList found = document.getElementsByTagName(element);
        return java.util.stream.IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
    }

    /** A form or a drawing says which test reads it, or that there is nothing to read. */
    private static void requireTriedElsewhere(Page.Block block) throws IOException {
        assertThat(block.language()).as("language of %s", block).isEqualTo("text");
        if (block.note("drawing").isPresent()) {
            return;
        }
        String test = block.note("tried by").orElseThrow(() -> new AssertionError(block + " is tried by nothing"));
        try (Stream<Path> tests = Files.find(PROJECT, 12, (file, attributes) -> file.endsWith(test + ".java"))) {
            assertThat(tests.map(DocumentationIT::read))
                    .as("%s is tried by %s", block, test)
                    .anyMatch(source -> source.contains(block.page()));
        }
    }
}
