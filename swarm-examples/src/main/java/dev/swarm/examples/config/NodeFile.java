package dev.swarm.examples.config;

import dev.swarm.SwarmConfig;
import dev.swarm.manifest.Gate;
import dev.swarm.peer.PeerAddress;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a configuration file says of a node: the {@code swarm:} section of a YAML file. Immutable. */
public final class NodeFile {

    /** What an operator pushes; open unless its gate says otherwise. */
    private static final String FILECAST = "filecast";

    private static final String PAYLOAD = "payload";
    private static final String PUDDLE = "puddle";
    private static final String LOCKBOX = "lockbox";

    /** What belongs to users; closed unless a gate opens it. */
    private static final List<String> PER_USER = List.of(PUDDLE, LOCKBOX, "gitback", "longdrawer", "curator");

    private static final String SECTION = "swarm";
    private static final int MAX_PORT = 65_535;
    private static final String PATTERNS = "write a list of host patterns in quotes, as [\"*.web.example\", \"-db-*\"]";

    private final Gate enabled;
    private final Gate seeding;
    private final Map<String, Gate> gates;
    private final int port;
    private final @Nullable Double maxBandwidthPercent;
    private final @Nullable InetAddress announceAddress;
    private final @Nullable Map<String, Path> users;

    private NodeFile(Section section) {
        this.enabled = Objects.requireNonNullElse(section.gate("enabled"), Gate.ALL);
        this.seeding = Objects.requireNonNullElse(section.gate("seeding"), Gate.ALL);
        this.port = (int) section.number("port", 1, MAX_PORT, SwarmConfig.DEFAULT_PORT);
        this.maxBandwidthPercent = section.has("max_bandwidth_percent")
                ? section.number("max_bandwidth_percent", 1, 100, SwarmConfig.DEFAULT_MAX_BANDWIDTH_PERCENT)
                : null;
        this.announceAddress = section.address("announce_address");
        this.users = section.has("users") ? section.section("users").paths() : null;
        this.gates = gates(section);
        section.requireNothingElse();
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if something in it cannot be used, naming file, line, key, value and remedy
     * @throws IOException if it cannot be read
     */
    public static NodeFile read(Path file) throws IOException {
        return parse(file.toString(), content(file));
    }

    /** The text of a file, as far as a configuration may be long. */
    public static String content(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "configuration file " + file + " is no regular file; name one, as it is read again and again");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(4 * YamlReader.MAX_CHARACTERS + 1);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no configuration file " + file, e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ":1: the file is not UTF-8 text; save it as that", e);
        }
    }

    /**
     * Reads the text of a file.
     *
     * @param name the file's, for messages
     * @throws IllegalArgumentException as {@link #read} does
     */
    public static NodeFile parse(String name, String text) {
        try {
            YamlNode root = YamlReader.read(text);
            YamlNode.Member section =
                    root instanceof YamlNode.Mapping all ? all.members().get(SECTION) : null;
            if (section == null) {
                throw new YamlProblem(root.line(), "there is no 'swarm:' section in " + root.shown() + "; write one");
            }
            return new NodeFile(new Section(SECTION, section.value()));
        } catch (YamlProblem e) {
            throw new IllegalArgumentException(name + ":" + e.line() + ": " + e.getMessage(), e);
        }
    }

    /** Which hosts run a node at all. */
    public Gate enabled() {
        return enabled;
    }

    /** Which hosts may publish. */
    public Gate seeding() {
        return seeding;
    }

    /**
     * The gate of every subsystem that the file may name. Without a gate of their own filecast is open, lockbox is as puddle is,
     * and what belongs to users is closed.
     */
    public Map<String, Gate> gates() {
        return gates;
    }

    /** The port to listen on. */
    public int port() {
        return port;
    }

    /** The share of the line that downloads may take, or null for the default. */
    public @Nullable Double maxBandwidthPercent() {
        return maxBandwidthPercent;
    }

    /** The address to tell others, or null. */
    public @Nullable InetAddress announceAddress() {
        return announceAddress;
    }

    /** The homes of the users that plugins may act for, by name; null if the file says nothing of users. */
    public @Nullable Map<String, Path> users() {
        return users;
    }

    private static Map<String, Gate> gates(Section section) {
        Map<String, Gate> gates = new LinkedHashMap<>();
        if (section.has(FILECAST) && section.has(PAYLOAD)) {
            throw section.problem(PAYLOAD, "is another name of 'filecast', which is there too; write one of them");
        }
        gates.put(FILECAST, subsystem(section, section.has(PAYLOAD) ? PAYLOAD : FILECAST, Gate.ALL));
        for (String name : PER_USER) {
            Gate otherwise = name.equals(LOCKBOX) ? Objects.requireNonNull(gates.get(PUDDLE)) : Gate.NONE;
            gates.put(name, subsystem(section, name, otherwise));
        }
        return Map.copyOf(gates);
    }

    private static Gate subsystem(Section section, String name, Gate otherwise) {
        if (!section.has(name)) {
            return otherwise;
        }
        Section own = section.section(name);
        Gate gate = own.gate("enabled");
        own.requireNothingElse();
        return Objects.requireNonNullElse(gate, otherwise);
    }

    /** A section that is read key by key; what nobody asked for is unknown. Confined to one thread. */
    private static final class Section {

        private final String path;
        private final Map<String, YamlNode.Member> members;
        private final Set<String> known = new TreeSet<>();

        Section(String path, YamlNode node) {
            this.path = path;
            if (!(node instanceof YamlNode.Mapping mapping)) {
                throw new YamlProblem(
                        node.line(), path + " is " + node.shown() + "; write a section of keys with values");
            }
            this.members = mapping.members();
        }

        boolean has(String key) {
            known.add(key);
            return members.containsKey(key);
        }

        YamlProblem problem(String key, String why) {
            return new YamlProblem(Objects.requireNonNull(members.get(key)).line(), path + "." + key + " " + why);
        }

        Section section(String key) {
            return new Section(
                    path + "." + key, Objects.requireNonNull(members.get(key)).value());
        }

        @Nullable
        Gate gate(String key) {
            if (!has(key)) {
                return null;
            }
            YamlNode node = Objects.requireNonNull(members.get(key)).value();
            if (!(node instanceof YamlNode.Sequence list)) {
                throw problem(key, "is " + node.shown() + "; " + PATTERNS);
            }
            List<String> patterns = new ArrayList<>();
            for (YamlNode item : list.items()) {
                patterns.add(pattern(key, item));
            }
            try {
                return Gate.of(patterns);
            } catch (IllegalArgumentException e) {
                throw problem(key, "cannot be used: " + e.getMessage());
            }
        }

        private String pattern(String key, YamlNode item) {
            if (!(item instanceof YamlNode.Scalar scalar)) {
                throw new YamlProblem(item.line(), path + "." + key + " holds " + item.shown() + "; " + PATTERNS);
            }
            try {
                Gate.of(List.of(scalar.text()));
            } catch (IllegalArgumentException e) {
                throw new YamlProblem(item.line(), path + "." + key + ": " + e.getMessage());
            }
            return scalar.text();
        }

        double number(String key, int least, int most, double otherwise) {
            if (!has(key)) {
                return otherwise;
            }
            YamlNode node = Objects.requireNonNull(members.get(key)).value();
            if (node instanceof YamlNode.Scalar scalar && scalar.text().matches("\\d{1,9}")) {
                int value = Integer.parseInt(scalar.text());
                if (value >= least && value <= most) {
                    return value;
                }
            }
            throw problem(key, "is " + node.shown() + "; write a whole number from " + least + " to " + most);
        }

        @Nullable
        InetAddress address(String key) {
            if (!has(key)) {
                return null;
            }
            YamlNode node = Objects.requireNonNull(members.get(key)).value();
            if (node instanceof YamlNode.Scalar scalar) {
                String text = scalar.text();
                try {
                    return PeerAddress.parse((text.contains(":") ? "[" + text + "]" : text) + ":1")
                            .ip();
                } catch (IllegalArgumentException e) {
                    throw problem(key, "is " + node.shown() + "; write an IP address, as 10.0.1.2 or 2001:db8::1");
                }
            }
            throw problem(key, "is " + node.shown() + "; write an IP address, as 10.0.1.2 or 2001:db8::1");
        }

        /** Every member as a user's name with an absolute path. */
        Map<String, Path> paths() {
            Map<String, Path> paths = new LinkedHashMap<>();
            members.forEach((name, member) -> {
                if (!(member.value() instanceof YamlNode.Scalar scalar)
                        || !Path.of(scalar.text()).isAbsolute()) {
                    throw problem(
                            name, "is " + member.value().shown() + "; write the user's home directory, as /home/ann");
                }
                try {
                    paths.put(new UserName(name).name(), Path.of(scalar.text()));
                } catch (IllegalArgumentException e) {
                    throw problem(name, "is no user: " + e.getMessage());
                }
            });
            return Map.copyOf(paths);
        }

        void requireNothingElse() {
            for (String key : members.keySet()) {
                if (!known.contains(key)) {
                    throw problem(key, "is not known; known are " + String.join(", ", known));
                }
            }
        }
    }
}
