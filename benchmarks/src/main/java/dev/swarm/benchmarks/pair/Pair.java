package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.ChildProcess;
import dev.swarm.benchmarks.rig.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Both processes of a contestant. Confined to one thread. */
final class Pair implements AutoCloseable {

    private static final int HEAP_MIB = 128;

    private final Contestant contestant;
    private final ChildProcess sender;
    private final ChildProcess receiver;

    private Pair(Contestant contestant, ChildProcess sender, ChildProcess receiver) {
        this.contestant = contestant;
        this.sender = sender;
        this.receiver = receiver;
    }

    static Pair start(PairOptions options, Path directory, Contestant contestant) throws IOException {
        ChildProcess sender = child(options, directory, contestant, Child.SENDER);
        try {
            return new Pair(
                    contestant, sender, child(options, directory, contestant, Child.RECEIVER, sender.greeting()));
        } catch (IOException e) {
            sender.close();
            throw e;
        }
    }

    private static ChildProcess child(
            PairOptions options, Path directory, Contestant contestant, String... roleAndAddress) throws IOException {
        String role = roleAndAddress[0];
        String name = contestant.label() + "-" + role;
        List<String> jvm = new ArrayList<>(options.jvmOptions());
        jvm.addAll(ChildProcess.recording(options.recordings(), name));
        List<String> main = new ArrayList<>(List.of(Child.class.getName(), directory.toString(), contestant.label()));
        main.addAll(List.of(roleAndAddress));
        return ChildProcess.start(name, HEAP_MIB, Child.pauseLog(directory, contestant, role), jvm, main);
    }

    Contestant contestant() {
        return contestant;
    }

    /** Moves the content once. */
    Round run(int connections) throws IOException {
        receiver.ask("prepare " + connections);
        sender.ask("mark");
        receiver.ask("mark");
        long nanos = Long.parseLong(receiver.ask("fetch"));
        Usage sent = Usage.parse(sender.ask("report"));
        Usage received = Usage.parse(receiver.ask("report"));
        receiver.ask("settle");
        return new Round(nanos, sent, received);
    }

    @Override
    public void close() {
        receiver.close();
        sender.close();
    }
}
