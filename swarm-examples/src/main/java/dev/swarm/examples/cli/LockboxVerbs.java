package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.SwarmNode;
import dev.swarm.examples.control.SessionContent;
import dev.swarm.lockbox.Lockbox;
import dev.swarm.lockbox.Lockboxes;
import dev.swarm.peer.PeerId;
import dev.swarm.puddle.Puddle;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** What a running node does with the lockbox of the user at the other end of a session socket. */
final class LockboxVerbs {

    static final String SEALED = ".age";

    /** Names in one answer, and about how many characters they have at most: a line takes a mebibyte. */
    private static final int MAX_LISTED = 1_000;

    private static final int MAX_LISTED_CHARACTERS = 100_000;
    private static final int MAX_TOLD = 100;

    private LockboxVerbs() {}

    /** Does what the member {@code what} of a request says. */
    static Map<String, @Nullable Object> run(
            SwarmNode node, UserName user, Map<String, @Nullable Object> request, SessionContent content)
            throws IOException {
        Lockboxes boxes = lockboxes(node);
        switch (string(request, "what")) {
            case "status" -> {
                return status(node, user, boxes.status(user));
            }
            case "list" -> {
                return list(boxes.list(user), string(request, "after"));
            }
            case "encrypt" -> {
                return encrypt(boxes, user, request, content);
            }
            case "decrypt" -> {
                return decrypt(boxes, user, string(request, "name"), content);
            }
            case "key" -> {
                return key(boxes, user, content);
            }
            case "members" -> {
                return members(node, boxes.members(user));
            }
            case "lock" -> lock(node, user);
            case "reencrypt" -> boxes.reencrypt(user);
            case "evict" -> boxes.evict(user, new PeerId(string(request, "host")));
            default ->
                throw new IllegalArgumentException(
                        "the node does not know 'lockbox " + request.get("what") + "'; is it of another version?");
        }
        return status(node, user, boxes.status(user));
    }

    private static Map<String, @Nullable Object> encrypt(
            Lockboxes boxes, UserName user, Map<String, @Nullable Object> request, SessionContent content)
            throws IOException {
        String path = string(request, "name") + SEALED;
        boolean replace = Boolean.TRUE.equals(request.get("replace"));
        Lockboxes.PlainFile was =
                new Lockboxes.PlainFile((int) number(request, "mode"), number(request, "modified_ns"));
        boxes.encrypt(user, path, was, replace, content.input());
        return new LinkedHashMap<>(Map.of("path", path));
    }

    private static Map<String, @Nullable Object> key(Lockboxes boxes, UserName user, SessionContent content)
            throws IOException {
        char[] key = boxes.key(user);
        byte[] line = new byte[key.length + 1];
        for (int i = 0; i < key.length; i++) {
            line[i] = (byte) key[i];
        }
        line[key.length] = '\n';
        try {
            content.output().write(line);
        } finally {
            Arrays.fill(key, '\0');
            Arrays.fill(line, (byte) 0);
        }
        return new LinkedHashMap<>();
    }

    private static Map<String, @Nullable Object> decrypt(
            Lockboxes boxes, UserName user, String name, SessionContent content) throws IOException {
        String path = resolve(boxes.list(user), name);
        Lockboxes.PlainFile was = boxes.decrypt(user, path, content.output());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("path", path);
        answer.put("mode", (long) was.mode());
        answer.put("modified_ns", was.modifiedNanos());
        return answer;
    }

    /** A path, with or without its ending; or else the last name of one path alone. */
    private static String resolve(List<Lockboxes.FileStatus> files, String name) {
        List<String> paths = files.stream().map(Lockboxes.FileStatus::path).toList();
        for (String exact : List.of(name, name + SEALED)) {
            if (paths.contains(exact)) {
                return exact;
            }
        }
        List<String> named = paths.stream()
                .filter(path -> path.endsWith("/" + name) || path.endsWith("/" + name + SEALED))
                .toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        throw new SwarmException(
                Reason.NOT_FOUND,
                named.isEmpty()
                        ? "the lockbox has no file '" + name + "'; 'swarm lockbox list' shows those that it has"
                        : "'" + name + "' is ambiguous: " + named.size() + " files of the lockbox have that name, "
                                + named.get(0) + " and " + named.get(1) + " among them; give the path");
    }

    private static Map<String, @Nullable Object> list(List<Lockboxes.FileStatus> files, String after) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        int characters = 0;
        boolean more = false;
        for (Lockboxes.FileStatus file : files) {
            if (file.path().compareTo(after) <= 0) {
                continue;
            }
            if (rows.size() == MAX_LISTED || characters > MAX_LISTED_CHARACTERS) {
                more = true;
                break;
            }
            characters += file.path().length();
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("path", file.path());
            row.put("size", file.size());
            row.put("here", file.here());
            row.put("lacked_by", file.lackedBy().stream().map(PeerId::host).toList());
            rows.add(row);
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("files", rows);
        answer.put("more", more);
        return answer;
    }

    private static Map<String, @Nullable Object> members(SwarmNode node, List<Lockboxes.Member> members) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Lockboxes.Member member : members) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("host", member.host().host());
            row.put("self", member.host().equals(node.id()));
            row.put("key", member.hasKey());
            rows.add(row);
        }
        return new LinkedHashMap<>(Map.of("members", rows));
    }

    private static Map<String, @Nullable Object> status(SwarmNode node, UserName user, Lockboxes.BoxStatus status) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("user", user.name());
        answer.put("host", node.id().host());
        answer.put("unlocked", status.unlocked());
        answer.put("files", (long) status.files());
        answer.put("deleted", (long) status.deleted());
        answer.put("missing", (long) status.missing());
        answer.put("recipients", (long) status.recipients());
        answer.put("renewed", (long) status.renewed());
        answer.put("renewing", (long) status.renewing());
        answer.put("waiting", told(status.waiting()));
        answer.put("failed", told(status.failed()));
        answer.put("skipped", told(status.skipped()));
        List<Map<String, @Nullable Object>> devices = new ArrayList<>();
        for (Lockboxes.DeviceStatus device : status.devices()) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("host", device.host().host());
            row.put("in_sync", device.inSync());
            row.put("missing", (long) device.missing());
            row.put("trouble", device.trouble());
            devices.add(row);
        }
        answer.put("devices", devices);
        return answer;
    }

    /** A number and, of the paths, the first with their reasons. */
    private static Map<String, @Nullable Object> told(NavigableMap<String, String> reasons) {
        Map<String, @Nullable Object> first = new LinkedHashMap<>();
        reasons.entrySet().stream().limit(MAX_TOLD).forEach(each -> first.put(each.getKey(), each.getValue()));
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("count", (long) reasons.size());
        told.put("first", first);
        return told;
    }

    private static void lock(SwarmNode node, UserName user) {
        Puddle puddle = node.subsystem(Puddle.class);
        if (puddle != null) {
            puddle.lock(user);
        }
    }

    private static Lockboxes lockboxes(SwarmNode node) {
        Lockbox lockbox = node.subsystem(Lockbox.class);
        if (lockbox == null) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "lockbox is not open on " + node.id() + "; open its gate, lockbox.enabled, for this host");
        }
        return lockbox.lockboxes();
    }

    private static String string(Map<String, @Nullable Object> request, String name) {
        if (request.get(name) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException("the request has no '" + name + "'");
    }

    private static long number(Map<String, @Nullable Object> request, String name) {
        if (request.get(name) instanceof Long value) {
            return value;
        }
        throw new IllegalArgumentException("the request has no '" + name + "'");
    }
}
