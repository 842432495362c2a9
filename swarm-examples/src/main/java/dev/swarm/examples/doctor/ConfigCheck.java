package dev.swarm.examples.doctor;

import dev.swarm.examples.config.NodeFile;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Looks at a node's configuration file. */
public final class ConfigCheck {

    /** What the check is called. */
    public static final String NAME = "config";

    private ConfigCheck() {}

    /**
     * Whether a file can be used and lets a host in.
     *
     * @param host whose node it is, or null if that is not known
     */
    public static Check of(Path file, @Nullable String host) {
        try {
            NodeFile read = NodeFile.read(file);
            if (host != null && !read.enabled().allows(new PeerId(host))) {
                return Check.failed(
                        NAME,
                        "swarm.enabled [" + read.enabled() + "] in " + file + " does not let " + host + " in",
                        "let it in, if a node is to run here");
            }
            return Check.passed(NAME, file + " can be used");
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            int end = problem.indexOf("; ");
            return end < 0
                    ? Check.failed(NAME, problem, "correct that line")
                    : Check.failed(NAME, problem.substring(0, end), problem.substring(end + 2));
        } catch (IOException e) {
            return Check.failed(NAME, file + " cannot be read: " + e.getMessage(), "see the disk, and who may read it");
        }
    }
}
