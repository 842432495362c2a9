package dev.swarm.examples;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for something that other threads or processes bring about. */
public final class TestWait {

    private static final int LOOKS = 3_000;
    private static final int GAP_MILLIS = 20;

    private TestWait() {}

    /** Looks every 20 ms for a minute; fails if it does not come about. */
    public static void until(Callable<Boolean> condition) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < LOOKS; i++) {
            if (condition.call()) {
                return;
            }
            never.await(GAP_MILLIS, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("did not come about within a minute");
    }
}
