package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.docs.Page;
import dev.swarm.examples.config.NodeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the pages and the files for deployment tell people to do. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path DEPLOY = Path.of("deploy");

    @ParameterizedTest
    @MethodSource("commands")
    void command_onAPage_parses(String line) {
        ShellLines.requireParses(line);
    }

    static List<String> commands() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        List<String> commands = new ArrayList<>();
        for (Path page : pages) {
            ShellLines.ofPage(Files.readString(page)).stream()
                    .filter(ShellLines::isOurs)
                    .forEach(commands::add);
        }
        return commands;
    }

    @Test
    void test_namedOnAPage_isThere() throws IOException {
        Set<String> there;
        try (Stream<Path> files =
                Files.find(ROOT, 14, (file, attributes) -> file.toString().matches(".*/src/test/.*(Test|IT)\\.java"))) {
            there = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        Set<String> named = new TreeSet<>();
        for (Page page : Page.all()) {
            Pattern.compile("`(\\w+(?:Test|IT))`")
                    .matcher(page.text())
                    .results()
                    .forEach(name -> named.add(name.group(1)));
        }

        assertThat(named).hasSizeGreaterThan(40);
        assertThat(there).containsAll(named);
    }

    @Test
    void page_ofTheDocumentation_isLinkedByTheReadme() throws IOException {
        String readme = Page.of("README.md").text();

        assertThat(Page.all())
                .allSatisfy(page -> assertThat(readme).contains(page.name().replace("README.md", "")));
        for (Page page : Page.all()) {
            Path directory = page.name().equals("README.md") ? ROOT : ROOT.resolve("docs");
            Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(page.text()).results().forEach(link -> assertThat(
                            directory.resolve(link.group(1)))
                    .as(page.name())
                    .exists());
        }
    }

    @Test
    void unit_startsANodeWithFlagsThatParse() throws IOException {
        String unit = Files.readString(DEPLOY.resolve("swarm.service")).replace("\\\n", " ");
        Matcher start = Pattern.compile("(?m)^ExecStart=(.*)$").matcher(unit);

        assertThat(start.find()).isTrue();
        ShellLines.requireParses(start.group(1));
    }

    @Test
    void unit_isUnderstoodBySystemdToTheLastLine(@TempDir Path directory) throws Exception {
        Path tool = Path.of("/usr/bin/systemd-analyze");
        Assumptions.assumeTrue(Files.isExecutable(tool), "there is no systemd-analyze");
        Path unit = directory.resolve("swarm.service");
        Files.writeString(
                unit,
                Files.readString(DEPLOY.resolve("swarm.service"))
                        .replaceFirst("ExecStart=\\S+", "ExecStart=/bin/true")
                        .replaceAll("(User|Group)=swarm", "$1=root"));

        Process verify = new ProcessBuilder(tool.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("swarm.service");
        assertThat(verify.waitFor()).isZero();
    }

    @Test
    void daemonSet_startsANodeWithFlagsThatParse() throws IOException {
        String manifest = Files.readString(DEPLOY.resolve("daemonset.yaml"));
        List<String> words = new ArrayList<>();
        Matcher arguments = Pattern.compile("(?s)args:\\n(.*?)\\n {10}[a-z]").matcher(manifest);
        assertThat(arguments.find()).isTrue();
        arguments.group(1).lines().forEach(line -> words.add(line.strip().replaceFirst("^- ", "")));

        ShellLines.requireParses("swarm " + String.join(" ", words));
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build()).loadAllFromString(manifest).forEach(documents::add);
        assertThat(documents).hasSize(2);
    }

    @Test
    void configuration_onEveryPageAndInEveryFile_canBeUsed() throws IOException {
        NodeFile.read(DEPLOY.resolve("swarm.yaml"));
        Matcher inMap = Pattern.compile("(?s)swarm.yaml: \\|\\n(.*?)\\n---")
                .matcher(Files.readString(DEPLOY.resolve("daemonset.yaml")));
        assertThat(inMap.find()).isTrue();
        NodeFile.parse("daemonset.yaml", inMap.group(1).replaceAll("(?m)^ {4}", ""));
        Matcher blocks = Pattern.compile("(?s)```yaml\\n(.*?)```")
                .matcher(Files.readString(ROOT.resolve("docs").resolve("operating.md")));
        int found = 0;
        while (blocks.find()) {
            NodeFile.parse("operating.md", blocks.group(1));
            found++;
        }
        assertThat(found).isPositive();
    }

    @Test
    void troubleshooting_namesEveryCheckOfTheDoctor() throws IOException {
        String page = Files.readString(ROOT.resolve("docs").resolve("troubleshooting.md"));

        for (String check : List.of(
                "node",
                "version",
                "tcp",
                "multicast",
                "udp",
                "address",
                "peers",
                "name",
                "clock",
                "deny-list",
                "store",
                "state-files",
                "certificate",
                "config",
                "gates",
                "descriptors",
                "disk",
                "seeds",
                "leftovers")) {
            assertThat(page).contains("`" + check + "`");
        }
    }
}
