package dev.swarm.examples.cli;

import dev.swarm.examples.config.NodeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a configuration file has changed, each cycle and at SIGHUP, on a thread of its own. A file that cannot be used
 * changes nothing and is told of once.
 */
final class ConfigWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);

    private final Path file;
    private final Use use;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "swarm-config");
        daemon.setDaemon(true);
        return daemon;
    });
    private volatile @Nullable String inForce;
    private volatile @Nullable String complaint;

    /** Takes a configuration into force. */
    @FunctionalInterface
    interface Use {

        /** Takes it over, or throws and changes nothing. */
        void accept(NodeFile content) throws IOException;
    }

    ConfigWatch(Path file, Use use) {
        this.file = file;
        this.use = use;
    }

    /**
     * Takes the file into force for the first time and looks at it from then on.
     *
     * @throws IllegalArgumentException if something in it cannot be used
     */
    void start(Duration cycle) throws IOException {
        HangUpSignal.onEach(() -> thread.execute(this::lookAtSignal));
        take(NodeFile.content(file));
        Future<?> unused =
                thread.scheduleWithFixedDelay(this::look, cycle.toMillis(), cycle.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookAtSignal() {
        log.info("SIGHUP: looking at {}", file);
        complaint = null;
        look();
    }

    /** Takes the file over if it is another than the one in force. */
    void look() {
        try {
            String content = NodeFile.content(file);
            if (!content.equals(inForce)) {
                take(content);
                log.info("{} is in force as it was changed", file);
            }
            complaint = null;
        } catch (IOException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(complaint)) {
                complaint = problem;
                log.warn("{}; what was in force before stays so", problem);
            }
        }
    }

    private void take(String content) throws IOException {
        use.accept(NodeFile.parse(file.toString(), content));
        inForce = content;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
