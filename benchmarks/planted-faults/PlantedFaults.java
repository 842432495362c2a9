import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Plants faults one at a time, each in a copy of its file, and runs the tests that are to notice. The classes of the tree come from
 * the class path; the faulty one comes before them. Run by {@code benchmarks/bin/planted-faults}.
 */
public final class PlantedFaults {

    /** A fault that makes a test run for ever is noticed as well. */
    private static final int MOST_SECONDS = 600;

    private PlantedFaults() {}

    /** One fault: text that its file has once, what stands there instead, and the tests that are to fail. */
    record Fault(String id, Path file, String before, String after, String tests) {}

    /** What became of it. */
    record Outcome(Fault fault, String word, boolean noticed, double seconds) {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("--tests")) {
            runTests(List.of(args[1].split(",")));
            return;
        }
        Path tree = Path.of(args[0]);
        int jobs = Integer.parseInt(args[1]);
        int sample = Integer.parseInt(args[2]);
        List<Fault> faults = read(tree, tree.resolve("benchmarks/planted-faults/faults.txt"));
        if (!allFit(faults)) {
            System.exit(2);
        }
        List<String> ids = List.of(args).subList(3, args.length);
        if (!ids.isEmpty()) {
            faults.removeIf(fault -> ids.stream().noneMatch(fault.id()::equals));
        }
        if (sample > 0) {
            Collections.shuffle(faults, new Random(sample));
            faults = faults.subList(0, Math.min(6, faults.size()));
        }
        if (faults.isEmpty()) {
            System.out.println("no such fault");
            System.exit(2);
        }
        System.exit(plant(faults, jobs));
    }

    /** Whether each has a place in its file: none is to be forgotten because the tree went on, whichever are planted today. */
    private static boolean allFit(List<Fault> faults) throws IOException {
        boolean fit = true;
        for (Fault fault : faults) {
            String source = Files.exists(fault.file()) ? Files.readString(fault.file()) : "";
            int at = source.indexOf(fault.before());
            if (at < 0 || source.indexOf(fault.before(), at + 1) >= 0) {
                System.out.println(fault.id() + ": " + fault.file() + " does not have this once: " + fault.before());
                fit = false;
            }
        }
        return fit;
    }

    private static int plant(List<Fault> faults, int jobs) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(jobs);
        int survivors = 0;
        try {
            List<Future<Outcome>> results = new ArrayList<>();
            for (Fault fault : faults) {
                results.add(workers.submit(() -> plant(fault)));
            }
            for (Future<Outcome> result : results) {
                Outcome outcome = result.get();
                survivors += outcome.noticed() ? 0 : 1;
                System.out.printf(
                        Locale.ROOT, "%-9s %-44s %5.1f s  %s%n",
                        outcome.noticed() ? "killed" : "SURVIVED",
                        outcome.fault().id(),
                        outcome.seconds(),
                        outcome.word());
            }
        } finally {
            workers.shutdownNow();
        }
        System.out.printf(Locale.ROOT, "%d faults, %d survived%n", faults.size(), survivors);
        return survivors == 0 ? 0 : 1;
    }

    private static List<Fault> read(Path tree, Path table) throws IOException {
        Map<String, Fault> faults = new LinkedHashMap<>();
        String id = "";
        String file = "";
        String before = "";
        String after = "";
        for (String line : Files.readAllLines(table)) {
            if (line.startsWith("== ")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("in ")) {
                file = line.substring(3).strip();
            } else if (line.startsWith("- ")) {
                before = text(line.substring(2));
            } else if (line.startsWith("+")) {
                after = line.length() > 2 ? text(line.substring(2)) : "";
            } else if (line.startsWith("by ")) {
                Fault fault = new Fault(id, tree.resolve(file), before, after, line.substring(3).replace(" ", ""));
                if (faults.put(id, fault) != null) {
                    throw new IOException("two faults are called " + id);
                }
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IOException("what is this line of " + table + ": " + line);
            }
        }
        return new ArrayList<>(faults.values());
    }

    private static String text(String written) {
        return written.replace("\\\\", "\0").replace("\\n", "\n").replace('\0', '\\');
    }

    private static Outcome plant(Fault fault) throws Exception {
        long start = System.nanoTime();
        Path work = Files.createTempDirectory("planted-fault-");
        try {
            String word = plantIn(work, fault);
            boolean noticed = !word.isEmpty();
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Outcome(fault, noticed ? word : "none of " + fault.tests() + " fails", noticed, seconds);
        } finally {
            try (Stream<Path> all = Files.walk(work)) {
                all.sorted(Collections.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    /** How the fault was noticed; empty if it was not. */
    private static String plantIn(Path work, Fault fault) throws Exception {
        String source = Files.readString(fault.file());
        int at = source.indexOf(fault.before());
        Path faulty = work.resolve(fault.file().getFileName());
        Files.writeString(
                faulty, source.substring(0, at) + fault.after() + source.substring(at + fault.before().length()));
        Path classes = Files.createDirectory(work.resolve("classes"));
        String path = System.getProperty("java.class.path");
        Path log = work.resolve("javac.log");
        int compiled;
        try (var out = Files.newOutputStream(log)) {
            compiled = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            out,
                            out,
                            "-nowarn",
                            "-proc:none",
                            "-parameters",
                            "-cp",
                            path,
                            "-d",
                            classes.toString(),
                            faulty.toString());
        }
        if (compiled != 0) {
            throw new IOException(fault.id() + " does not compile: " + Files.readString(log));
        }
        return runIn(work, classes + File.pathSeparator + path, fault.tests());
    }

    private static String runIn(Path work, String path, String tests) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx600m",
                        "-Dswarm.seeds=0-300",
                        "-Djava.io.tmpdir=" + Files.createDirectory(work.resolve("tmp")),
                        "-cp",
                        path,
                        "PlantedFaults",
                        "--tests",
                        tests)
                .directory(work.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(work.resolve("out").toFile())
                .start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return "ran for over " + MOST_SECONDS + " s";
        }
        if (process.exitValue() == 0) {
            return "";
        }
        try (BufferedReader out = Files.newBufferedReader(work.resolve("out"))) {
            return out.lines()
                    .filter(line -> line.startsWith("FAILED "))
                    .findFirst()
                    .map(line -> line.substring(7))
                    .orElseThrow(() -> new IOException("the tests did not run: " + tests));
        }
    }

    private static void runTests(List<String> classes) {
        Launcher launcher = LauncherFactory.create();
        for (String name : classes) {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectClass(name))
                    .build();
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            launcher.execute(request, listener);
            TestExecutionSummary summary = listener.getSummary();
            if (summary.getTestsFoundCount() == 0) {
                throw new IllegalStateException("no test in " + name);
            }
            if (!summary.getFailures().isEmpty()) {
                TestExecutionSummary.Failure first = summary.getFailures().get(0);
                System.out.println("FAILED " + name.substring(name.lastIndexOf('.') + 1) + " "
                        + first.getTestIdentifier().getLegacyReportingName());
                first.getException().printStackTrace(new PrintWriter(System.out, true));
                System.exit(1);
            }
        }
        System.exit(0);
    }
}
