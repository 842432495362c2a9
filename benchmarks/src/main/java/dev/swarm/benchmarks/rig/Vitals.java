package dev.swarm.benchmarks.rig;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what this process takes, from one mark to the next. Knows Linux's {@code /proc}; elsewhere memory and connections are 0.
 * Confined to one thread.
 */
public final class Vitals {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_PEAK = Path.of("/proc/self/clear_refs");
    private static final List<Path> SOCKETS = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern PAUSE = Pattern.compile("Pause .* (\\d+\\.\\d+)ms$");
    private static final String ESTABLISHED = "01";

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private final Path pauses;
    private final int listeningPort;
    private long cpuNanos;
    private long allocatedBytes;
    private long pausesRead;

    /**
     * Vitals of this process.
     *
     * @param pauses what {@code -Xlog:gc} writes
     * @param listeningPort whose connections are counted, or 0
     */
    public Vitals(Path pauses, int listeningPort) {
        this.pauses = pauses;
        this.listeningPort = listeningPort;
    }

    /** Starts anew. */
    public void mark() throws IOException {
        pausesRead = Files.size(pauses);
        if (Files.isWritable(CLEAR_PEAK)) {
            Files.writeString(CLEAR_PEAK, "5");
        }
        allocatedBytes = allocated();
        cpuNanos = system.getProcessCpuTime();
    }

    /** What was taken since {@link #mark}. */
    public Usage sinceMark() throws IOException {
        long cpu = system.getProcessCpuTime() - cpuNanos;
        long allocated = allocated() - allocatedBytes;
        return new Usage(cpu, allocated, longestPause(), peakRss(), listeningPort == 0 ? 0 : connections());
    }

    /** From Java 21 on of all threads; before, of those that are alive. */
    private long allocated() {
        try {
            Object total =
                    ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
            return ((Number) total).longValue();
        } catch (ReflectiveOperationException e) {
            long sum = 0;
            for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
                sum += Math.max(0, bytes);
            }
            return sum;
        }
    }

    private long longestPause() throws IOException {
        byte[] log = Files.readAllBytes(pauses);
        String news = new String(log, (int) pausesRead, (int) (log.length - pausesRead), US_ASCII);
        double longest = 0;
        for (String line : news.lines().toList()) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                longest = Math.max(longest, Double.parseDouble(pause.group(1)));
            }
        }
        return Math.round(longest * 1_000);
    }

    private static long peakRss() throws IOException {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        Matcher peak = PEAK.matcher(Files.readString(STATUS));
        return peak.find() ? Long.parseLong(peak.group(1)) * 1024 : 0;
    }

    private int connections() throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", listeningPort);
        int count = 0;
        for (Path table : SOCKETS) {
            if (Files.exists(table)) {
                for (String line : Files.readAllLines(table, US_ASCII)) {
                    String[] columns = line.strip().split("\\s+", 5);
                    boolean ours = columns[1].endsWith(suffix) && columns[3].equals(ESTABLISHED);
                    count += ours ? 1 : 0;
                }
            }
        }
        return count;
    }
}
