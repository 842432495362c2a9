package dev.swarm.benchmarks.pair;

import java.io.IOException;
import java.nio.file.Path;

/** Both processes of a contestant. Confined to one thread. */
final class Pair implements AutoCloseable {

    private final Contestant contestant;
    private final ChildProcess sender;
    private final ChildProcess receiver;

    private Pair(Contestant contestant, ChildProcess sender, ChildProcess receiver) {
        this.contestant = contestant;
        this.sender = sender;
        this.receiver = receiver;
    }

    static Pair start(PairOptions options, Path directory, Contestant contestant) throws IOException {
        ChildProcess sender = ChildProcess.start(options, directory, contestant, Child.SENDER);
        try {
            return new Pair(
                    contestant,
                    sender,
                    ChildProcess.start(options, directory, contestant, Child.RECEIVER, sender.greeting()));
        } catch (IOException e) {
            sender.close();
            throw e;
        }
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
