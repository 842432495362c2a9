package dev.swarm.benchmarks.rig;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads, and where their failures are told. */
public final class Daemons {

    private Daemons() {}

    /** Starts a thread. */
    public static void start(String name, Runnable task) {
        daemon(name, task).start();
    }

    /** Makes threads with numbered names. */
    public static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> daemon(name + "-" + number.incrementAndGet(), task);
    }

    /** Tells on standard error, which the parent process shows. */
    public static void report(String what, Exception failure) {
        System.err.println(what + ": " + failure);
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
