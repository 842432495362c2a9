package dev.swarm.disk;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Adds up what is promised on each file system and takes it off what is free there. Safe for many threads. */
final class ReservingDiskGate implements DiskGate {

    private final SpaceProbe probe;
    private final double minFreePercent;
    private final Object lock = new Object();

    /** Bytes promised and not yet written, by file system. Guarded by lock. */
    private final Map<String, Long> promised = new HashMap<>();

    ReservingDiskGate(SpaceProbe probe, double minFreePercent) {
        if (!(minFreePercent >= 0 && minFreePercent < 100)) {
            throw new IllegalArgumentException(
                    "least free share is " + minFreePercent + " %, has to be at least 0 and below 100");
        }
        this.probe = Objects.requireNonNull(probe, "probe");
        this.minFreePercent = minFreePercent;
    }

    @Override
    public DiskState measure(Path directory) throws IOException {
        Space space = probe.measure(directory);
        long usable;
        synchronized (lock) {
            usable = Math.max(0, space.usableBytes() - promisedOn(space));
        }
        double free = percent(space, usable);
        return new DiskState(space.totalBytes(), usable, free, free > minFreePercent);
    }

    @Override
    public Reservation reserve(Path directory, long bytes, long headroomBytes) throws IOException {
        if (bytes < 0 || headroomBytes < 0) {
            throw new IllegalArgumentException("cannot reserve " + bytes + " bytes with " + headroomBytes + " beside");
        }
        Space space = probe.measure(directory);
        Request request = new Request(directory, bytes, headroomBytes);
        synchronized (lock) {
            requireRoom(space, request, space.usableBytes() - promisedOn(space));
            promise(space.fileSystem(), bytes);
        }
        return new Promise(request, space.fileSystem());
    }

    private void requireRoom(Space space, Request request, long usable) {
        requireFree(space, request.directory, usable, "");
        if (usable - request.headroomBytes < request.bytes) {
            throw refusal(String.format(
                    Locale.ROOT,
                    "insufficient disk space: blob needs %s + %s, %s usable on %s",
                    ByteCount.text(request.bytes),
                    ByteCount.text(request.headroomBytes),
                    ByteCount.text(Math.max(0, usable)),
                    request.directory));
        }
        requireFree(space, request.directory, usable - request.bytes, " after " + ByteCount.text(request.bytes));
    }

    private void requireFree(Space space, Path directory, long usable, String when) {
        double free = percent(space, Math.max(0, usable));
        if (free <= minFreePercent) {
            throw refusal(String.format(
                    Locale.ROOT,
                    "disk pressure: %s free on %s%s, needs more than %s",
                    percentText(free),
                    directory,
                    when,
                    percentText(minFreePercent)));
        }
    }

    /** One decimal, rounded down so that what is too little does not read as enough; none if it is zero. */
    private static String percentText(double percent) {
        long tenths = (long) Math.floor(percent * 10);
        return (tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10) + " %";
    }

    private static double percent(Space space, long usable) {
        return space.totalBytes() <= 0 ? 0 : 100.0 * usable / space.totalBytes();
    }

    private static SwarmException refusal(String message) {
        return new SwarmException(SwarmException.Reason.DISK_PRESSURE, message);
    }

    private long promisedOn(Space space) {
        return promised.getOrDefault(space.fileSystem(), 0L);
    }

    private void promise(String fileSystem, long bytes) {
        long sum = Math.addExact(promised.getOrDefault(fileSystem, 0L), bytes);
        if (sum == 0) {
            promised.remove(fileSystem);
        } else {
            promised.put(fileSystem, sum);
        }
    }

    /** What was asked for. */
    private record Request(Path directory, long bytes, long headroomBytes) {}

    private final class Promise implements Reservation {

        private final Request request;
        private final String fileSystem;

        /** Promised and not yet written. Guarded by lock. */
        private long rest;

        Promise(Request request, String fileSystem) {
            this.request = request;
            this.fileSystem = fileSystem;
            this.rest = request.bytes;
        }

        @Override
        public void written(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("cannot have written " + bytes + " bytes");
            }
            synchronized (lock) {
                giveBack(Math.min(bytes, rest));
            }
        }

        @Override
        public void check() throws IOException {
            Space space = probe.measure(request.directory);
            synchronized (lock) {
                long others = promisedOn(space) - (space.fileSystem().equals(fileSystem) ? rest : 0);
                Request left = new Request(request.directory, rest, request.headroomBytes);
                requireRoom(space, left, space.usableBytes() - others);
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                giveBack(rest);
            }
        }

        private void giveBack(long bytes) {
            rest -= bytes;
            promise(fileSystem, -bytes);
        }
    }
}
