package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.TextTable;
import dev.swarm.lockbox.Lockbox;
import dev.swarm.trait.JsonText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A person's directory that is encrypted on all their machines. */
@Command(
        name = "lockbox",
        description = "Your directory ~/lockbox, encrypted on all your machines and the same on all of them.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm lockbox status")
final class LockboxCommand extends VerbGroup {

    private static final String STDOUT = "-";
    private static final int ANY_PERMISSION = 0777;
    private static final int OWNER_ALONE = 0600;

    LockboxCommand() {}

    /** Shows the lockbox. */
    @Command(
            name = "status",
            description = "Show how your lockbox stands here and on your other machines.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox status --json")
    int status(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        show(output, session.call(request("status")));
        return 0;
    }

    /** Shows the files. */
    @Command(
            name = "list",
            description = "Show the files of your lockbox and which of your machines lack them.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox list")
    int list(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        List<Map<?, ?>> files = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            Map<String, @Nullable Object> answer = session.call(request("list").with("after", after));
            List<Map<?, ?>> page = rows(answer.get("files"));
            files.addAll(page);
            more = Boolean.TRUE.equals(answer.get("more")) && !page.isEmpty();
            after = page.isEmpty()
                    ? after
                    : String.valueOf(page.get(page.size() - 1).get("path"));
        }
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, Map.of("files", files)));
            return 0;
        }
        TextTable table = new TextTable("FILE", "SIZE", "LACKED BY");
        for (Map<?, ?> file : files) {
            String lackedBy = hosts(file.get("lacked_by"));
            table.row(
                    Printable.of(String.valueOf(file.get("path"))),
                    file.get("size") instanceof Long size ? HumanText.bytes(size) : "",
                    Boolean.TRUE.equals(file.get("here")) ? lackedBy : ("this machine " + lackedBy).strip());
        }
        table.print(output.writer());
        return 0;
    }

    /** Encrypts a file into the lockbox. */
    @Command(
            name = "encrypt",
            description = "Encrypt a file into your lockbox. The file stays; nothing of it is written unencrypted.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox encrypt tax.pdf --as letters/tax.pdf")
    int encrypt(
            @Parameters(paramLabel = "F", description = "The file.") Path file,
            @Option(names = "--as", paramLabel = "NAME", description = "Its path in the lockbox. Default: its name.")
                    @Nullable
                    String as,
            @Option(names = "--force", description = "Replace what has that name.") boolean force,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        InputFile.require(file);
        SessionRequest request = request("encrypt")
                .with("name", as == null ? String.valueOf(file.toAbsolutePath().getFileName()) : as)
                .with("replace", force)
                .with("mode", mode(file))
                .with("modified_ns", Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
        try (InputStream source = Files.newInputStream(file)) {
            Map<String, @Nullable Object> answer = session.exchange(request, source, OutputStream.nullOutputStream());
            output.print(answer, "encrypted " + Printable.of(String.valueOf(answer.get("path"))));
        }
        return 0;
    }

    /** Decrypts a file. */
    @Command(
            name = "decrypt",
            description = "Decrypt a file of your lockbox. Needs the key: swarm puddle unlock.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox decrypt letters/tax.pdf -o tax.pdf")
    int decrypt(
            @Parameters(paramLabel = "NAME", description = "Its path, or its name if only one has it.") String name,
            @Option(
                            names = "-o",
                            paramLabel = "F",
                            required = true,
                            description = "The file to write, for its owner alone; '-' for standard output.")
                    String target,
            @Option(names = "--force", description = "Replace F.") boolean force,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        SessionRequest request = request("decrypt").with("name", name);
        receive(
                session,
                request,
                target,
                force,
                output,
                answer -> "decrypted " + Printable.of(String.valueOf(answer.get("path"))) + " to " + target);
        return 0;
    }

    /** Writes this machine's key. */
    @Command(
            name = "key",
            description = {
                "Write this machine's key to a file, with which 'age -d -i F' opens your files without swarm.",
                "The file is not encrypted: keep it where only you get at it, or use it and delete it."
            },
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox key -o age.key")
    int key(
            @Option(
                            names = "-o",
                            paramLabel = "F",
                            required = true,
                            description = "The file to write, for its owner alone; '-' for standard output.")
                    String target,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        receive(session, request("key"), target, false, output, answer -> "wrote " + target);
        return 0;
    }

    /** Ends the session. */
    @Command(
            name = "lock",
            description = "Wipe your keys from memory; the same as swarm puddle lock.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox lock")
    int lock(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        output.print(session.call(request("lock")), "locked");
        return 0;
    }

    /** Shows the machines. */
    @Command(
            name = "members",
            description = "Show the machines to which your lockbox is encrypted.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox members")
    int members(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        Map<String, @Nullable Object> answer = session.call(request("members"));
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, answer));
            return 0;
        }
        TextTable table = new TextTable("HOST", "KEY");
        for (Map<?, ?> member : rows(answer.get("members"))) {
            String self = Boolean.TRUE.equals(member.get("self")) ? " (this machine)" : "";
            table.row(
                    Printable.of(String.valueOf(member.get("host"))) + self,
                    Boolean.TRUE.equals(member.get("key")) ? "yes" : "none yet: unlock your identity there");
        }
        table.print(output.writer());
        return 0;
    }

    /** Takes a machine out. */
    @Command(
            name = "evict",
            description = "Take a lost machine out of yours, and encrypt anew what it could read. Needs the key.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox evict laptop.example")
    int evict(
            @Parameters(paramLabel = "HOST", description = "The machine.") String host,
            @Mixin SessionOption session,
            @Mixin Output output)
            throws IOException {
        output.print(session.call(request("evict").with("host", host)), "evicted " + Printable.of(host));
        return 0;
    }

    /** Encrypts everything anew. */
    @Command(
            name = "reencrypt",
            description = {
                "Encrypt every file anew with another key; 'status' shows how far it is.",
                "After an eviction that happens by itself. Needs the key."
            },
            mixinStandardHelpOptions = true,
            footer = "Example: swarm lockbox reencrypt")
    int reencrypt(@Mixin SessionOption session, @Mixin Output output) throws IOException {
        Map<String, @Nullable Object> answer = session.call(request("reencrypt"));
        output.print(answer, "encrypting " + answer.get("renewing") + " files anew");
        return 0;
    }

    /** Writes what the node sends to a file, and says so; or to standard output, and nothing beside it. */
    private static void receive(
            SessionOption session,
            SessionRequest request,
            String target,
            boolean replace,
            Output output,
            Function<Map<String, @Nullable Object>, String> done)
            throws IOException {
        if (target.equals(STDOUT)) {
            try (OutputStream stdout = new FileOutputStream(FileDescriptor.out)) {
                session.exchange(request, InputStream.nullInputStream(), stdout);
            }
            return;
        }
        Map<String, @Nullable Object> answer = NewPrivateFile.write(
                Path.of(target), replace, stream -> session.exchange(request, InputStream.nullInputStream(), stream));
        output.print(answer, done.apply(answer));
    }

    private static SessionRequest request(String what) {
        return SessionRequest.to(Lockbox.NAME, what);
    }

    private static long mode(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                        && Files.getAttribute(file, "unix:mode") instanceof Integer mode
                ? mode & ANY_PERMISSION
                : OWNER_ALONE;
    }

    private static void show(Output output, Map<String, @Nullable Object> answer) {
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, answer));
            return;
        }
        TextTable table = new TextTable("USER", String.valueOf(answer.get("user")));
        table.row("session", Boolean.TRUE.equals(answer.get("unlocked")) ? "unlocked" : "locked");
        table.row("files", answer.get("files") + ", " + answer.get("missing") + " not here yet");
        table.row("encrypted to", answer.get("recipients") + " machines");
        if (!Long.valueOf(0).equals(answer.get("renewing"))) {
            table.row("getting other keys", answer.get("renewing") + " files, " + answer.get("renewed") + " done");
        }
        for (String what : List.of("waiting", "failed", "skipped")) {
            reasons(table, what, answer.get(what));
        }
        for (Map<?, ?> device : rows(answer.get("devices"))) {
            Object trouble = device.get("trouble");
            String state = Boolean.TRUE.equals(device.get("in_sync"))
                    ? "in sync"
                    : "".equals(trouble) ? "lacks " + device.get("missing") + " files" : String.valueOf(trouble);
            table.row(Printable.of(String.valueOf(device.get("host"))), state);
        }
        table.print(output.writer());
    }

    private static void reasons(TextTable table, String what, @Nullable Object told) {
        if (told instanceof Map<?, ?> map && !Long.valueOf(0).equals(map.get("count"))) {
            table.row(what, String.valueOf(map.get("count")));
            if (map.get("first") instanceof Map<?, ?> first) {
                first.forEach((path, reason) ->
                        table.row("  " + Printable.of(String.valueOf(path)), Printable.of(String.valueOf(reason))));
            }
        }
    }

    private static List<Map<?, ?>> rows(@Nullable Object value) {
        List<Map<?, ?>> rows = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> row) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static String hosts(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).map(Printable::of).collect(Collectors.joining(" "))
                : "";
    }
}
