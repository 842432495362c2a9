package dev.swarm.benchmarks.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.swarm.benchmarks.rig.BareEngines;
import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.ChildProcess;
import dev.swarm.benchmarks.rig.Usage;
import dev.swarm.benchmarks.rig.Vitals;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The process of one end. Answers each line on standard input with one on standard output and ends with its input:
 * {@code prepare N}, {@code mark}, {@code fetch} (answers nanoseconds), {@code report} (answers a {@link Usage}) and
 * {@code settle}.
 */
final class Child {

    static final String SENDER = "sender";
    static final String RECEIVER = "receiver";

    private final Path directory;
    private final Contestant contestant;
    private final Content content;
    private final NodeCredentials credentials;

    private Child(Path directory, Contestant contestant, String role) throws IOException {
        this.directory = directory;
        this.contestant = contestant;
        this.content = Content.open(directory);
        this.credentials = BenchmarkFleet.open(directory).credentials(role);
    }

    /** Arguments: directory, contestant, role, and for the receiver the sender's address. */
    public static void main(String[] args) throws IOException {
        String role = args[2];
        Child child = new Child(Path.of(args[0]), Contestant.of(args[1]), role);
        Path pauses = pauseLog(child.directory, child.contestant, role);
        if (role.equals(SENDER)) {
            try (Sender sender = child.sender()) {
                System.out.println(ChildProcess.READY + sender.address());
                answer(null, new Vitals(pauses, sender.address().port()));
            }
        } else {
            try (Receiver receiver = child.receiver(PeerAddress.parse(args[3]))) {
                System.out.println(ChildProcess.READY);
                answer(receiver, new Vitals(pauses, 0));
            }
        }
    }

    static Path pauseLog(Path directory, Contestant contestant, String role) {
        return directory.resolve(contestant.label() + "-" + role + ".gc");
    }

    private static void answer(@Nullable Receiver receiver, Vitals vitals) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "mark" -> {
                    vitals.mark();
                    System.out.println("marked");
                }
                case "report" -> System.out.println(vitals.sinceMark().encode());
                default -> System.out.println(receive(receiver, words));
            }
        }
    }

    private static String receive(@Nullable Receiver receiver, String[] words) throws IOException {
        if (receiver == null) {
            throw new IOException("a sender knows no " + words[0]);
        }
        switch (words[0]) {
            case "prepare" -> receiver.prepare(Integer.parseInt(words[1]));
            case "fetch" -> {
                long start = System.nanoTime();
                receiver.fetch();
                return Long.toString(System.nanoTime() - start);
            }
            case "settle" -> receiver.settle();
            default -> throw new IOException("a receiver knows no " + words[0]);
        }
        return "done";
    }

    private Sender sender() throws IOException {
        return switch (contestant) {
            case BARE_TLS -> new BareSender(new BareEngines(credentials), null);
            case BARE_LOOP -> new BareSender(new BareEngines(credentials), FileChannel.open(content.file()));
            case TRANSPORT_RAW -> new TransportSender(credentials, null, content.size());
            case TRANSPORT -> new TransportSender(credentials, FileChannel.open(content.file()), content.size());
            case NODE -> new NodeSender(credentials, content, directory.resolve("node-sender"));
        };
    }

    private Receiver receiver(PeerAddress sender) throws IOException {
        return switch (contestant) {
            case BARE_TLS -> new BareReceiver(new BareEngines(credentials), sender, content.layout(), null);
            case BARE_LOOP -> new BareReceiver(new BareEngines(credentials), sender, content.layout(), target());
            case TRANSPORT_RAW -> new TransportReceiver(credentials, sender, content.layout(), null);
            case TRANSPORT -> new TransportReceiver(credentials, sender, content.layout(), target());
            case NODE -> new NodeReceiver(credentials, sender, content.id(), directory.resolve("node-receiver"));
        };
    }

    private LeafFile target() throws IOException {
        return new LeafFile(content, directory.resolve(contestant.label() + "-target"));
    }
}
