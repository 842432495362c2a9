package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.examples.view.TextTable;
import dev.swarm.puddle.Puddle;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A person's identity across their machines. */
@Command(
        name = "puddle",
        description = "Your identity across your machines.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm puddle status")
final class PuddleCommand extends VerbGroup {

    PuddleCommand() {}

    /** Makes an identity. */
    @Command(
            name = "init",
            description = "Make your identity. Done once, on one machine; others join it.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle init --recovery")
    int init(
            @Option(names = "--recovery", description = "Also make a recovery key, to be printed and put away.")
                    boolean recovery,
            @Mixin SessionOption session,
            @Mixin PassphraseOption passphrase,
            @Mixin Output output)
            throws IOException {
        Path unused = session.socket();
        Map<String, @Nullable Object> answer =
                session.callAndWipe(request("init").with("recovery", recovery), passphrase.readNew("New passphrase: "));
        output.print(answer, "identity " + answer.get("id") + " of " + answer.get("user"));
        if (!output.isJson() && answer.get("recovery_key") != null) {
            output.writer().println("recovery key " + answer.get("recovery_key"));
            output.writer().println("It opens the identity without the passphrase, and is shown this once: print it.");
        }
        return 0;
    }

    /** Shows the identity. */
    @Command(
            name = "status",
            description = "Show your identity and your machines.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle status --json")
    int status(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        show(output, session.call(request("status")));
        return 0;
    }

    /** Begins a session. */
    @Command(
            name = "unlock",
            description = "Take your key into memory, until it is not used for 15 minutes.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle unlock")
    int unlock(@Mixin SessionOption session, @Mixin PassphraseOption passphrase, @Mixin Output output)
            throws IOException {
        output.print(session.callAndWipe(request("unlock"), passphrase.read("Passphrase: ")), "unlocked");
        return 0;
    }

    /** Ends a session. */
    @Command(
            name = "lock",
            description = "Wipe your key from memory.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle lock")
    int lock(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        output.print(session.call(request("lock")), "locked");
        return 0;
    }

    /** Opens a pairing code. */
    @Command(
            name = "pair",
            description = "Show a code with which another machine of yours joins: once, within five minutes.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle pair")
    int pair(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        Map<String, @Nullable Object> answer = session.call(request("pair"));
        output.print(
                answer,
                "code " + answer.get("code") + "\nOn the other machine, within five minutes: swarm puddle join --from "
                        + answer.get("listen") + " --code " + answer.get("code"));
        return 0;
    }

    /** Takes an identity over. */
    @Command(
            name = "join",
            description = "Take your identity over from a machine that shows a code.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle join --from 10.0.1.2:1531 --code ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ")
    int join(
            @Option(names = "--from", required = true, paramLabel = "H:P", description = "Where that machine listens.")
                    String from,
            @Option(names = "--code", required = true, paramLabel = "C", description = "The code it shows.")
                    String code,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        Map<String, @Nullable Object> answer =
                session.call(request("join").with("from", from).with("code", code));
        output.print(answer, "joined " + answer.get("id") + "; unlock it with 'swarm puddle unlock'");
        return 0;
    }

    /** Claims a name. */
    @Command(
            name = "name",
            description = "Claim a name for yourself. If someone else claims it too, it means nobody.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle name ann")
    int name(
            @Parameters(paramLabel = "NAME", description = "Small letters, digits, '.', '-', '_'.") String name,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        Map<String, @Nullable Object> answer = session.call(request("name").with("name", name));
        boolean ambiguous = Boolean.TRUE.equals(answer.get("ambiguous"));
        output.print(answer, "named " + name + (ambiguous ? ", which someone else claims too: it means nobody" : ""));
        return 0;
    }

    /** Says whom a name means. */
    @Command(
            name = "resolve",
            description = "Show the user id that a name means.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle resolve ann")
    int resolve(
            @Parameters(paramLabel = "NAME", description = "A claimed name.") String name,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        Map<String, @Nullable Object> answer = session.call(request("resolve").with("name", name));
        output.print(answer, String.valueOf(answer.get("id")));
        return 0;
    }

    /** Leaves. */
    @Command(
            name = "leave",
            description = "Remove your identity from this machine and tell the others. Needs the key.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle leave")
    int leave(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        output.print(session.call(request("leave")), "left");
        return 0;
    }

    /** Takes a machine out. */
    @Command(
            name = "evict",
            description = "Take a lost machine out of yours; or, on an operator's node, out of any user's.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle evict laptop.example")
    int evict(
            @Parameters(paramLabel = "HOST", description = "The machine.") String host,
            @Option(names = "--of", paramLabel = "ID", description = "As the operator: the user id.") @Nullable
                    String of,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        SessionRequest request = request("evict").with("host", host);
        if (of != null) {
            request.with("verb", "puddle-evict");
            request.with("user", of);
        }
        Map<String, @Nullable Object> answer =
                of == null ? session.call(request) : Control.call(session.controlSocket(), request.members());
        output.print(answer, "evicted " + Printable.of(host));
        return 0;
    }

    /** Sets another passphrase by the recovery key. */
    @Command(
            name = "recover",
            description = "Set another passphrase with the recovery key.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm puddle recover")
    int recover(
            @Option(
                            names = "--recovery-key-file",
                            paramLabel = "F",
                            description = "File whose first line is the recovery key. Default: ask on the terminal.")
                    @Nullable
                    Path keyFile,
            @Mixin SessionOption session,
            @Mixin PassphraseOption passphrase,
            @Mixin Output output)
            throws IOException {
        char[] key = keyFile == null ? PassphraseOption.ask("Recovery key: ") : PassphraseOption.firstLine(keyFile);
        char[] chosen = passphrase.readNew("New passphrase: ");
        char[] both = Arrays.copyOf(key, key.length + 1 + chosen.length);
        both[key.length] = '\n';
        System.arraycopy(chosen, 0, both, key.length + 1, chosen.length);
        Arrays.fill(key, '\0');
        Arrays.fill(chosen, '\0');
        output.print(session.callAndWipe(request("recover"), both), "recovered and unlocked");
        return 0;
    }

    private static SessionRequest request(String what) {
        return SessionRequest.to(Puddle.NAME, what);
    }

    private static void show(Output output, Map<String, @Nullable Object> answer) {
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, answer));
            return;
        }
        TextTable table = new TextTable("USER", String.valueOf(answer.get("user")));
        table.row("id", String.valueOf(answer.get("id")));
        table.row("session", Boolean.TRUE.equals(answer.get("unlocked")) ? "unlocked" : "locked");
        table.row("pairing code", Boolean.TRUE.equals(answer.get("pairing")) ? "open" : "none");
        table.row("recovery key", Boolean.TRUE.equals(answer.get("recovery")) ? "made" : "none");
        Object name = answer.get("name");
        String ambiguous = Boolean.TRUE.equals(answer.get("ambiguous")) ? " (ambiguous: someone else claims it)" : "";
        table.row("name", name == null ? "none" : name + ambiguous);
        table.row(
                "devices",
                answer.get("devices") instanceof List<?> devices
                        ? devices.stream().map(String::valueOf).collect(Collectors.joining(" "))
                        : "");
        table.print(output.writer());
    }
}
