package dev.swarm.driver;

import dev.swarm.Bandwidth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a transport's download rate at the share of the line that was asked for, as the line changes. Thread-safe. */
final class DownloadLimit {

    private static final Logger log = LoggerFactory.getLogger(DownloadLimit.class);
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final long BYTES_PER_MEGABIT = 125_000;

    private final LongConsumer transport;
    private final Object lock = new Object();
    private Bandwidth bandwidth;
    private long rate;

    /** Sets nothing yet; {@code transport} takes bytes per second, 0 for no limit. */
    DownloadLimit(Bandwidth bandwidth, LongConsumer transport) {
        this.bandwidth = bandwidth;
        this.transport = transport;
    }

    /** Asks for another share or rate, on the line that carries {@code address}. Reads the system's files. */
    void set(Bandwidth wanted, InetAddress address) {
        synchronized (lock) {
            bandwidth = wanted;
        }
        refresh(address);
    }

    /** Looks at the line that carries {@code address} again. Reads the system's files. */
    void refresh(InetAddress address) {
        OptionalLong line = lineSpeed(address);
        synchronized (lock) {
            long next = bandwidth.on(line);
            if (next != rate) {
                rate = next;
                transport.accept(next);
                log.info("downloads take {} ({})", next == 0 ? "what they can get" : next + " bytes/s", bandwidth);
            }
        }
    }

    /** Nominal speed in bytes per second, where Linux tells it; virtual interfaces often have none. */
    private static OptionalLong lineSpeed(InetAddress address) {
        try {
            NetworkInterface carrier = NetworkInterface.getByInetAddress(address);
            if (carrier == null || carrier.isLoopback()) {
                return OptionalLong.empty();
            }
            Path file = INTERFACES.resolve(carrier.getName()).resolve("speed");
            long megabits = Long.parseLong(Files.readString(file).strip());
            return megabits > 0 ? OptionalLong.of(megabits * BYTES_PER_MEGABIT) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            log.trace("speed of the interface with {} is not known", address, e);
            return OptionalLong.empty();
        }
    }
}
