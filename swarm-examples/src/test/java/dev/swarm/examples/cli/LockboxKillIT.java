package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three machines of one person, of which one is killed again and again: while files are dropped or pushed, while a machine joins or
 * leaves, while the host withdraws its consent.
 *
 * <p>It takes minutes, so it runs with {@code -Phardening}, 200 kills then, or with {@code -Dswarm.kills=}.
 */
@Tag("hardening")
class LockboxKillIT {

    private static final int KILLS = Integer.getInteger(
            "swarm.kills", System.getProperty("swarm.hardening.default", "").isEmpty() ? 0 : 200);
    private static final long SEED = Long.getLong("swarm.seed", 8L);
    private static final int SWEEP_SECONDS = 90;
    private static final int SETTLE_SECONDS = 240;
    private static final int POLL_MILLIS = 2;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<String, String> texts = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<KillableMachine> members = new ArrayList<>();
    private NodeProcesses nodes;
    private KillableMachine guest;
    private int round;
    private int kills;
    private int names;

    /** What goes on when a machine is killed. */
    private enum Scene {
        DROP,
        PUSH,
        LEAVE,
        SCRUB,
        JOIN
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        if (nodes != null) {
            nodes.stop();
        }
    }

    @Test
    void machines_killedAgainAndAgain_loseNoFileAndShowNone() throws Exception {
        assumeThat(KILLS).as("kills asked for").isPositive();
        startThree();
        try {
            for (round = 0; kills < KILLS; round++) {
                play(Scene.values()[round % Scene.values().length]);
                System.out.println("seed " + SEED + ", round " + round + ", " + kills + " kills");
            }
            guest.join(members.get(0));
            if (!members.contains(guest)) {
                members.add(guest);
            }
            settle();
            check();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed " + SEED + ", round " + round + ", kill " + kills + ": " + e.getMessage(), e);
        } finally {
            System.out.println("seed " + SEED + ", " + kills + " kills, " + texts.size() + " files");
            counts.forEach((what, count) -> System.out.println(what + ": " + count));
        }
    }

    private void startThree() throws Exception {
        nodes = new NodeProcesses(directory);
        Path passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
        for (String host : List.of("a", "b", "c")) {
            members.add(new KillableMachine(nodes, host, passphrase, members));
        }
        guest = members.get(2);
        members.get(0).init();
        for (KillableMachine machine : members.subList(1, members.size())) {
            machine.join(members.get(0));
            machine.unlock();
        }
        settle();
    }

    private void play(Scene scene) throws Exception {
        switch (scene) {
            case DROP -> dropAndKill();
            case PUSH -> pushAndKill();
            case LEAVE -> leaveAndKill();
            case JOIN -> joinAndKill();
            case SCRUB -> scrubAndKill();
        }
    }

    private void dropAndKill() throws Exception {
        KillableMachine victim = any();
        List<String> dropped = dropSome(victim);
        if (random.nextInt(5) == 0) {
            pause(random.nextInt(4_000));
        } else {
            awaitUpTo(8, () -> !victim.leftovers().isEmpty() || existsAge(victim, dropped));
            pause(random.nextInt(60));
        }
        killAndStart(Scene.DROP, victim);
    }

    private void pushAndKill() throws Exception {
        KillableMachine source = any();
        KillableMachine victim = any();
        List<String> dropped = dropSome(source);
        awaitUpTo(8, () -> existsAge(source, dropped));
        pause(random.nextInt(500));
        killAndStart(Scene.PUSH, victim);
    }

    private void leaveAndKill() throws Exception {
        for (KillableMachine each : members) {
            each.unlock();
        }
        KillableMachine victim = any();
        if (victim == guest) {
            CompletableFuture<NodeProcesses.Answer> leaving =
                    CompletableFuture.supplyAsync(() -> guest.puddle("leave"));
            pause(random.nextInt(200));
            kill(Scene.LEAVE, victim);
            leaving.join();
            victim.start(members);
        } else {
            guest.leave();
            pause(random.nextInt(1_500));
            killAndStart(Scene.LEAVE, victim);
        }
        guest.leave();
        members.remove(guest);
    }

    private void joinAndKill() throws Exception {
        KillableMachine from = any();
        for (KillableMachine each : members) {
            each.unlock();
        }
        members.add(guest);
        KillableMachine victim = any();
        if (random.nextInt(3) == 0) {
            CompletableFuture<NodeProcesses.Answer> joining = CompletableFuture.supplyAsync(() -> joinOnce(from));
            pause(random.nextInt(300));
            kill(Scene.JOIN, victim);
            joining.join();
            victim.start(members);
            guest.join(from);
            guest.unlock();
        } else {
            guest.join(from);
            guest.unlock();
            pause(random.nextInt(1_500));
            killAndStart(Scene.JOIN, victim);
        }
    }

    private NodeProcesses.Answer joinOnce(KillableMachine from) {
        NodeProcesses.Answer pair = from.puddle("pair");
        String code = pair.out().replaceAll("(?s)code (\\S+)\n.*", "$1");
        return guest.puddle("join", "--from", from.address(), "--code", code);
    }

    /** Consent ends after a kill, is not given again until all is gone, or is given again too soon. */
    private void scrubAndKill() throws Exception {
        settle();
        KillableMachine victim = any();
        int way = random.nextInt(3);
        String late = "";
        if (way == 0) {
            KillableMachine other = members.get((members.indexOf(victim) + 1) % members.size());
            List<String> dropped = dropSome(other);
            awaitUpTo(8, () -> existsAge(other, dropped));
            pause(random.nextInt(300));
            kill(Scene.SCRUB, victim);
            victim.allow(false);
        } else {
            late = drop(victim, 40);
            int before = victim.sealed();
            victim.allow(false);
            awaitUpTo(8, () -> victim.sealed() < before);
            pause(random.nextInt(40));
            kill(Scene.SCRUB, victim);
            count(Scene.SCRUB, before == victim.sealed() ? "no file was gone" : "some files were gone");
            victim.allow(way == 2);
        }
        victim.start(members);
        if (random.nextBoolean()) {
            pause(random.nextInt(600));
            kill(Scene.SCRUB, victim);
            victim.start(members);
        }
        if (way != 2) {
            awaitUpTo(60, () -> !Files.exists(victim.state().resolve("place")));
            assertThat(victim.files()).allMatch(path -> !path.endsWith(".age"));
            assertThat(victim.leftovers()).isEmpty();
            if (!late.isEmpty()) {
                assertThat(KillableMachine.sha256(
                                Files.readAllBytes(victim.directory().resolve(late))))
                        .isEqualTo(texts.get(late));
            }
            victim.allow(true);
        }
        victim.unlock();
    }

    /** Once, or again while the machine goes on with what it was at. */
    private void killAndStart(Scene scene, KillableMachine victim) throws Exception {
        kill(scene, victim);
        victim.start(members);
        for (int more = random.nextInt(4); more > 0; more--) {
            pause(random.nextInt(3_000));
            kill(scene, victim);
            victim.start(members);
        }
        if (random.nextInt(4) > 0) {
            victim.unlock();
        }
    }

    private void kill(Scene scene, KillableMachine victim) throws Exception {
        victim.kill();
        kills++;
        Set<String> stopped = victim.stopped();
        count(scene, "kills");
        stopped.forEach(what -> count(scene, what));
        if (stopped.isEmpty()) {
            count(scene, "nothing to be seen");
        }
        victim.assertThatDraftsAreEncrypted();
    }

    private void count(Scene scene, String what) {
        counts.merge(scene + ", " + what, 1, Integer::sum);
    }

    private KillableMachine any() {
        return members.get(random.nextInt(members.size()));
    }

    private List<String> dropSome(KillableMachine machine) throws IOException {
        List<String> dropped = new ArrayList<>();
        int number = random.nextInt(2, 9);
        for (int i = 0; i < number; i++) {
            int kind = random.nextInt(20);
            dropped.add(
                    drop(machine, kind == 0 ? random.nextInt(4 << 20) : random.nextInt(kind < 5 ? 300_000 : 9_000)));
        }
        return dropped;
    }

    /** Under a new name, or over one that a machine has encrypted already. */
    private String drop(KillableMachine machine, int size) throws IOException {
        byte[] text = new byte[size];
        random.nextBytes(text);
        byte[] marker = KillableMachine.MARKER.getBytes(StandardCharsets.US_ASCII);
        if (size > marker.length) {
            System.arraycopy(marker, 0, text, 0, marker.length);
        }
        String[] places = {"", "d/", "d/e e/", "\u00fc/-x/", "line\nfeed/"};
        String name = places[random.nextInt(places.length)] + names++;
        List<String> known = List.copyOf(texts.keySet());
        if (!known.isEmpty() && random.nextInt(8) == 0) {
            String older = known.get(random.nextInt(known.size()));
            name = Files.exists(machine.directory().resolve(older)) ? name : older;
        }
        machine.drop(name, text);
        texts.put(name, KillableMachine.sha256(text));
        return name;
    }

    private static boolean existsAge(KillableMachine machine, List<String> dropped) {
        return dropped.stream()
                .anyMatch(name -> Files.exists(machine.directory().resolve(name + ".age")));
    }

    /** Waits until all machines have the same and nothing to do. A drop on each has those talk that had given up. */
    private void settle() throws Exception {
        for (KillableMachine machine : members) {
            machine.unlock();
            drop(machine, 10);
        }
        List<String> unrest = new ArrayList<>();
        boolean quiet = awaitUpTo(SETTLE_SECONDS, () -> {
            unrest.clear();
            for (KillableMachine machine : members) {
                String why = machine.unrest(members.size() - 1);
                if (!why.isEmpty()) {
                    unrest.add(why);
                    return false;
                }
            }
            return true;
        });
        assertThat(quiet).as("at rest; " + unrest).isTrue();
    }

    private void check() throws Exception {
        Map<String, String> first = members.get(0).digests();
        assertThat(first.keySet()).allMatch(path -> path.endsWith(".age"));
        for (KillableMachine machine : members) {
            assertThat(machine.digests()).as(machine.host).isEqualTo(first);
            // What came and was replaced before it had its place goes with the look at everything, every thirty
            // seconds.
            awaitUpTo(SWEEP_SECONDS, () -> machine.leftovers().isEmpty());
            assertThat(machine.leftovers()).as(machine.host).isEmpty();
            Map<String, String> opened = machine.texts(directory.resolve("key"));
            Map<String, String> lost = new TreeMap<>(texts);
            lost.values().removeAll(new HashSet<>(opened.values()));
            assertThat(lost).as("lost on " + machine.host).isEmpty();
            Set<String> names = new TreeSet<>(opened.keySet());
            names.removeIf(path -> texts.containsKey(path.substring(0, path.length() - ".age".length())));
            counts.put("names beside those that were dropped, on " + machine.host, names.size());
            names.stream().limit(20).forEach(System.out::println);
        }
        for (KillableMachine machine : members) {
            machine.kill();
        }
        try (var all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(KillableMachine.MARKER);
            }
        }
    }

    private static void pause(int millis) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        assertThat(never).isFalse();
    }

    /** Whether it came about. */
    private static boolean awaitUpTo(int seconds, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(POLL_MILLIS);
        }
        return true;
    }
}
